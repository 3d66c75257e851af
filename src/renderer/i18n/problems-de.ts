import type { PhraseWords } from '../../shared/phrases.ts';
import type { ProblemWords } from './translation.ts';

/** The problems in German. */
export const problems: ProblemWords = {
  // The address
  'url-invalid': {
    sentence: '„{input}“ ist keine Webadresse.',
    advice: 'Fügen Sie die vollständige Adresse des Servers ein, beginnend mit https://.',
  },
  'url-scheme-refused': {
    sentence: 'Gatehouse öffnet keine Adressen mit {scheme}.',
    advice:
      'Verwenden Sie eine Adresse mit https://. Unverschlüsseltes http:// geht nur für Server auf diesem Computer.',
  },
  'url-has-credentials': {
    sentence: 'Die Adresse enthält einen Benutzernamen oder ein Passwort.',
    advice: 'Entfernen Sie den Teil vor dem @-Zeichen. Gatehouse meldet sich über Ihren Browser an.',
  },
  'url-has-fragment': {
    sentence:
      'Die Adresse enthält ein Fragment (den Teil nach #), was bei der Adresse eines MCP-Servers nie vorkommt.',
    advice: 'Entfernen Sie das # und was darauf folgt.',
  },
  'server-already-added': {
    sentence: 'Dieser Server ist schon als „{name}“ in Ihrer Liste.',
    advice: 'Öffnen Sie ihn, um ein weiteres Konto hinzuzufügen.',
  },
  'server-unknown': {
    sentence: 'Dieser Server ist nicht mehr in Ihrer Liste.',
    advice: 'Fügen Sie ihn wieder hinzu, wenn Sie ihn noch brauchen.',
  },
  'key-refused': {
    sentence: '{host} nimmt den gesendeten Schlüssel nicht an ({headers}).',
    advice: 'Geben Sie in den Einstellungen des Servers einen anderen ein.',
  },
  'key-beside-accounts': {
    sentence: '„{name}“ hat Konten; deren Token gehen im Header Authorization.',
    advice: 'Melden Sie sie zuerst ab oder verwenden Sie einen anderen Header.',
  },
  'too-many-headers': {
    sentence: 'Ein Server kann höchstens {limit} eigene Header haben.',
    advice: 'Entfernen Sie zuerst einen.',
  },
  'command-changed': {
    sentence: 'Der Befehl von „{name}“ hat sich geändert, nachdem er Ihnen gezeigt wurde.',
    advice: 'Nichts wurde gestartet. Sehen Sie ihn sich noch einmal an.',
  },
  'secret-value-missing': {
    sentence: 'Der geheime Wert von {name} ist nicht mehr im Tresor.',
    advice: 'Geben Sie ihn in den Einstellungen des Servers neu ein.',
  },
  'program-not-found': {
    sentence: 'Das Programm „{program}“ wurde auf diesem Computer nicht gefunden.',
    advice:
      'Installieren Sie es oder geben Sie seinen vollständigen Pfad in den Einstellungen des Servers ein.',
  },
  'program-not-started': {
    sentence: 'Das Programm „{program}“ konnte nicht gestartet werden ({reason}).',
    advice: 'Prüfen Sie, ob es ausgeführt werden darf, und versuchen Sie es dann erneut.',
  },
  'program-not-mcp': {
    sentence: 'Das Programm von „{name}“ läuft, antwortet aber nicht wie ein MCP-Server ({what}).',
    advice: 'Prüfen Sie seine Argumente; manche Programme brauchen eines, etwa „stdio“.',
  },
  'program-needs-shell': {
    sentence: 'Windows führt „{program}“ nur über eine Shell aus, und Gatehouse startet Programme ohne.',
    advice:
      'Geben Sie stattdessen das Programm dahinter ein, zum Beispiel node.exe mit dem Pfad des Skripts.',
  },
  'folder-not-found': {
    sentence: 'Den Ordner {folder} gibt es nicht, oder der Pfad ist nicht vollständig.',
    advice: 'Geben Sie in den Einstellungen des Servers einen anderen Arbeitsordner ein.',
  },
  'command-ended': {
    sentence: 'Das Programm von „{name}“ hat sich selbst beendet ({how}).',
    advice: 'Gatehouse startet es von selbst neu. Was es zuletzt ausgab, steht auf seiner Seite.',
  },
  'command-keeps-ending': {
    sentence:
      'Das Programm von „{name}“ hat sich {times}-mal hintereinander beendet ({how}), deshalb lässt Gatehouse es ruhen.',
    advice:
      'Was es zuletzt ausgab, steht auf seiner Seite. Starten Sie es neu, sobald die Ursache behoben ist.',
  },
  'message-too-long': {
    sentence:
      'Das Programm von „{name}“ schrieb mehr als {limit} in einer Nachricht, deshalb hat Gatehouse es beendet.',
    advice: 'Fragen Sie nach weniger auf einmal. Gatehouse startet es von selbst neu.',
  },
  'command-not-approved': {
    sentence: '„{name}“ startet ein Programm auf diesem Computer, das Sie noch nicht erlaubt haben.',
    advice: 'Sehen Sie sich den Befehl an und erlauben Sie ihn, wenn Sie ihm vertrauen. Vorher läuft nichts.',
  },
  'server-without-accounts': {
    sentence: '„{name}“ ist ein Programm auf diesem Computer; niemand meldet sich dort an.',
    advice: 'Verwenden Sie es ohne Konto.',
  },
  'import-file-unreadable': {
    sentence: 'Die Datei {path} kann nicht gelesen werden ({reason}).',
    advice:
      'Prüfen Sie, ob Sie sie lesen dürfen, und sehen Sie dann noch einmal nach. Gatehouse ändert sie nie.',
  },
  'import-file-invalid': {
    sentence: 'Die Datei {path} ist nicht das JSON, das ihr Programm lesen würde.',
    advice:
      'Bringen Sie sie in jenem Programm in Ordnung und sehen Sie dann noch einmal nach. Gatehouse ändert sie nie.',
  },
  'import-file-too-large': {
    sentence: 'Die Datei {path} ist zu groß, um hier gelesen zu werden.',
    advice: 'Kopieren Sie einen Server daraus und fügen Sie ihn ein, wenn Sie einen Server hinzufügen.',
  },
  'import-entry-gone': {
    sentence: 'Dieser Server steht nicht mehr in der Datei, in der er gefunden wurde.',
    advice: 'Sehen Sie noch einmal nach.',
  },
  'import-entry-refused': {
    sentence: '„{name}“ lässt sich nicht so übernehmen, wie es ist.',
    advice: 'Fügen Sie den Server von Hand hinzu.',
  },
  'import-value-refused': {
    sentence: 'Was Sie für {name} eingegeben haben, kann dort kein Wert sein.',
    advice: 'Geben Sie eine Zeile aus einfachen Zeichen ein.',
  },
  'answer-cut': {
    sentence: '{host} brach ab, bevor die Antwort vollständig war.',
    advice: 'Was gefragt wurde, kann trotzdem geschehen sein; sehen Sie nach, bevor Sie noch einmal fragen.',
  },
  // Managed computers
  'policy-broken': {
    sentence: 'Die Richtliniendatei dieses Computers, {path}, ist nicht verwendbar ({reason}).',
    advice:
      'Bis die Verwaltung dieses Computers sie in Ordnung bringt, wird nichts hinzugefügt, angemeldet oder verbunden.',
  },
  'policy-server-refused': {
    sentence: '{by} erlaubt den Server {host} nicht.',
    advice: 'Fragen Sie die Verwaltung dieses Computers, wenn Sie ihn brauchen.',
  },
  'policy-issuer-refused': {
    sentence: '{by} erlaubt keine Anmeldung bei {host}.',
    advice: 'Fragen Sie die Verwaltung dieses Computers, wenn Sie sie brauchen.',
  },
  'policy-commands-refused': {
    sentence: '{by} erlaubt keine Programme auf diesem Computer als Server.',
    advice: 'Fragen Sie die Verwaltung dieses Computers, wenn Sie eines brauchen.',
  },
  'policy-program-refused': {
    sentence: '{by} erlaubt das Programm „{program}“ nicht als Server.',
    advice: 'Nur die dort genannten Programme sind erlaubt, mit vollständigem Pfad eingegeben.',
  },
  'policy-locked': {
    sentence: '{what} ist durch die Richtlinie dieses Computers festgelegt und bleibt so ({by}).',
    advice: 'Fragen Sie die Verwaltung dieses Computers.',
  },
  // The network
  'host-not-found': {
    sentence: 'Der Name {host} wurde nicht gefunden.',
    advice: 'Prüfen Sie die Schreibweise der Adresse und Ihre Internetverbindung.',
  },
  'connection-refused': {
    sentence: '{host} hat die Verbindung abgelehnt.',
    advice: 'Der Server ist vielleicht aus oder startet gerade. Versuchen Sie es gleich noch einmal.',
  },
  'network-unreachable': {
    sentence: '{host} war nicht zu erreichen.',
    advice:
      'Prüfen Sie Ihre Internetverbindung und versuchen Sie es dann erneut. Nichts ist verloren gegangen.',
  },
  'client-certificate-needed': {
    sentence: '{host} will ein Zertifikat von Ihnen sehen und bekam keines, das es annimmt.',
    advice: 'Schließen Sie Gatehouse und starten Sie es neu, um ein anderes zu wählen.',
  },
  'proxy-failed': {
    sentence: 'Der Proxy dieses Systems ließ Gatehouse nicht zu {host} durch.',
    advice: 'Prüfen Sie die Proxy-Einstellungen Ihres Systems oder fragen Sie den Betreiber des Proxys.',
  },
  'certificate-invalid': {
    sentence: 'Das Zertifikat von {host} ist nicht gültig: {reason}.',
    advice:
      'Fahren Sie erst fort, wenn der Betreiber des Servers es in Ordnung gebracht hat. Gatehouse übergeht diese Prüfung nie.',
  },
  'answer-timeout': {
    sentence: '{host} hat nicht innerhalb von {seconds} Sekunden geantwortet.',
    advice: 'Der Server ist vielleicht überlastet. Versuchen Sie es gleich noch einmal.',
  },
  'answer-too-large': {
    sentence: '{host} schickte eine Antwort, die größer ist als die {limit}, die Gatehouse annimmt.',
    advice: 'Melden Sie das dem Betreiber des Servers; die Aufzeichnung zeigt, welche Adresse es war.',
  },
  'answer-malformed': {
    sentence: '{host} schickte eine Antwort, die Gatehouse nicht lesen kann ({what}).',
    advice: 'Melden Sie das dem Betreiber des Servers; die Aufzeichnung zeigt, welche Adresse es war.',
  },
  'redirect-refused': {
    sentence: '{host} leitete eine Anfrage zu {target} um, wohin Gatehouse nicht folgt.',
    advice:
      'Prüfen Sie die Adresse des Servers. Eine Umleitung zu einer anderen Website könnte Ihre Anmeldung verraten.',
  },
  'private-address-refused': {
    sentence: 'Ein öffentlicher Server verwies Gatehouse auf {host}, eine Adresse in Ihrem eigenen Netz.',
    advice: 'Gatehouse ist nicht dorthin gegangen. Melden Sie das dem Betreiber des Servers.',
  },
  'not-mcp': {
    sentence: '{host} antwortete, aber nicht wie ein MCP-Server ({what}).',
    advice: 'Prüfen Sie den Pfad der Adresse; viele Server verwenden /mcp oder /sse.',
  },
  'server-error': {
    sentence: '{host} antwortete mit einem eigenen Fehler ({status}).',
    advice: 'Versuchen Sie es gleich noch einmal. Ihr Konto ist davon nicht berührt.',
  },
  // Discovery
  'resource-metadata-unusable': {
    sentence: '{host} sagt, wo seine Metadaten sind, aber sie waren nicht verwendbar: {reason}.',
    advice: 'Melden Sie das dem Betreiber des Servers; die Aufzeichnung zeigt, welche Adresse es war.',
  },
  'issuer-mismatch': {
    sentence: 'Der Autorisierungsserver nennt sich {found}, gefragt wurde aber {expected}.',
    advice:
      'Das könnte ein Angriff oder eine Fehlkonfiguration sein, deshalb hat Gatehouse angehalten. Wenn Sie ihm vertrauen, nennen Sie den Aussteller in den Einstellungen des Servers.',
  },
  'issuer-pin-mismatch': {
    sentence: 'Der Server nennt {found} als Aussteller, seine Einstellungen erlauben aber nur {expected}.',
    advice:
      'Ändern Sie den erlaubten Aussteller in den Einstellungen des Servers, wenn der Umzug erwartet ist.',
  },
  'issuer-moved': {
    sentence: 'Dieser Server verwendet jetzt den Aussteller {found} statt {expected}.',
    advice:
      'Ihr altes Konto bleibt erhalten, wird dort aber nicht verwendet. Melden Sie sich beim neuen Aussteller an, wenn Sie ihm vertrauen.',
  },
  'issuer-incomplete': {
    sentence: 'Beim Autorisierungsserver {host} fehlt etwas, das er veröffentlichen müsste: {what}.',
    advice: 'Ohne das ist keine Anmeldung möglich. Melden Sie es seinem Betreiber.',
  },
  'resource-mismatch': {
    sentence: 'Der Server beschreibt sich als {found}, was {expected} nicht einschließt.',
    advice:
      'Ein Token für eine Adresse darf nicht an einer anderen verwendet werden. Prüfen Sie die Adresse oder fragen Sie den Hersteller des Servers.',
  },
  'resource-scheme-mismatch': {
    sentence: 'Der Server beschreibt sich mit http ({found}), obwohl er über https erreicht wird.',
    advice:
      'Wahrscheinlich steht er hinter einem Proxy, von dem er nichts weiß. Sein Hersteller muss die öffentliche Adresse einstellen.',
  },
  'resource-loopback-mismatch': {
    sentence:
      'Der Server beschreibt sich als {found}, Sie erreichen ihn aber als {expected}: zwei Namen dieses Computers.',
    advice: 'Verwenden Sie die Adresse, die der Server nennt.',
  },
  's256-missing': {
    sentence: 'Der Autorisierungsserver {host} sagt nicht, dass er PKCE mit S256 unterstützt.',
    advice:
      'Ohne das könnten andere einen gestohlenen Code verwenden. Wenn Sie wissen, dass er es kann, sagen Sie es in den Einstellungen des Servers.',
  },
  'endpoint-refused': {
    sentence: '{endpoint} des Autorisierungsservers ist unter {found}, was Gatehouse nicht verwendet.',
    advice:
      'Erlaubt sind nur https-Adressen (http nur auf diesem Computer). Melden Sie das seinem Betreiber.',
  },
  // Registration
  'registration-not-offered': {
    sentence: 'Der Autorisierungsserver {host} lässt Apps sich nicht selbst registrieren.',
    advice:
      'Bitten Sie seinen Betreiber um eine Client-ID und geben Sie sie in den Einstellungen des Servers ein.',
  },
  'registration-refused': {
    sentence: 'Der Autorisierungsserver {host} lehnte es ab, Gatehouse zu registrieren ({error}).',
    advice:
      'Bitten Sie seinen Betreiber um eine Client-ID und geben Sie sie in den Einstellungen des Servers ein.',
  },
  'registration-issuer-mismatch': {
    sentence:
      'Die Client-ID in den Einstellungen dieses Servers gehört zu {expected}, der Server verwendet jetzt aber {found}.',
    advice: 'Geben Sie eine Client-ID für den neuen Aussteller ein oder erlauben Sie nur den alten.',
  },
  'client-unknown': {
    sentence: 'Der Autorisierungsserver {host} kennt die Registrierung von Gatehouse nicht mehr.',
    advice: 'Melden Sie sich neu an; Gatehouse registriert sich dann neu.',
  },
  'client-authentication-unsupported': {
    sentence:
      'Der Autorisierungsserver {host} verlangt eine Art der Client-Authentifizierung, die Gatehouse hier nicht verwenden kann ({methods}).',
    advice: 'Geben Sie in den Einstellungen des Servers eine Client-ID und ein Client-Secret ein.',
  },
  'dpop-unsupported': {
    sentence:
      'Token von {host} müssen an einen Schlüssel gebunden sein (DPoP), auf eine Art, die Gatehouse nicht kennt ({algorithms}).',
    advice: 'Melden Sie das dem Betreiber des Servers.',
  },
  // Consent
  'consent-denied': {
    sentence: 'Sie oder {host} haben die Bitte um Zustimmung abgelehnt.',
    advice: 'Nichts wurde gespeichert. Melden Sie sich neu an, wann immer Sie möchten.',
  },
  'authorization-refused': {
    sentence: '{host} hat die Anmeldung beendet: {error}.',
    advice: 'Melden Sie sich neu an; bleibt es dabei, findet der Hersteller den Grund unter „Aktivität“.',
  },
  'browser-timeout': {
    sentence: 'Der Browser kam nicht innerhalb von {minutes} Minuten zurück.',
    advice:
      'Melden Sie sich neu an. Wenn Ihr Browser einen Fehler zeigte, lohnt sich ein Blick in „Aktivität“.',
  },
  'browser-not-opened': {
    sentence: 'Der Browser des Systems konnte nicht geöffnet werden.',
    advice: 'Kopieren Sie den Link und öffnen Sie ihn selbst in einem Browser.',
  },
  'callback-unknown': {
    sentence: 'Eine Antwort auf eine Anmeldung kam an, auf die niemand wartet.',
    advice:
      'Sie wurde verworfen. Wenn Sie sich gerade angemeldet haben, beginnen Sie die Anmeldung beim Server neu.',
  },
  'callback-invalid': {
    sentence: 'Das ist nicht die Adresse, auf der Ihr Browser endete ({what}).',
    advice: 'Kopieren Sie die ganze Adresse aus der Adresszeile des Browsers und fügen Sie sie neu ein.',
  },
  'response-issuer-mismatch': {
    sentence:
      'Die Antwort auf die Anmeldung kam von einem anderen Aussteller als dem gefragten ({expected}).',
    advice:
      'Gatehouse hat sie verworfen: So könnte ein Aussteller einen Code stehlen, der für einen anderen bestimmt ist. Melden Sie es dem Betreiber des Servers.',
  },
  'response-issuer-missing': {
    sentence: 'Die Antwort auf die Anmeldung nennt ihren Aussteller nicht, obwohl {expected} das verspricht.',
    advice: 'Gatehouse hat sie verworfen. Melden Sie das dem Betreiber des Ausstellers.',
  },
  'redirect-uri-refused': {
    sentence: '{host} hat die Rückkehradresse abgelehnt.',
    advice: 'Wählen Sie in den Einstellungen des Servers Loopback oder einen festen Port.',
  },
  'loopback-port-busy': {
    sentence: 'Port {port} auf diesem Computer wird von einem anderen Programm verwendet.',
    advice:
      'Schließen Sie dieses Programm oder wählen Sie in den Einstellungen des Servers einen anderen Port.',
  },
  // Tokens
  'machine-secret-missing': {
    sentence: 'Für die Anmeldung bei {host} fehlt: {what}.',
    advice:
      'Geben Sie es in den Einstellungen des Servers ein, oder lassen Sie es von der Verwaltung dieses Computers bereitstellen.',
  },
  'token-refused': {
    sentence: '{host} lehnte es ab, ein Token auszugeben ({error}).',
    advice: 'Melden Sie sich neu an; bleibt es dabei, findet der Hersteller den Grund unter „Aktivität“.',
  },
  'grant-revoked': {
    sentence: '{host} sagt, dass diese Anmeldung nicht mehr gilt.',
    advice: 'Melden Sie sich neu an. Ihre Einstellungen bleiben erhalten.',
  },
  'grant-expired': {
    sentence: 'Diese Anmeldung ist abgelaufen, und der Aussteller bot keinen Weg, sie zu erneuern.',
    advice: 'Melden Sie sich neu an. Ihre Einstellungen bleiben erhalten.',
  },
  'refresh-not-offered': {
    sentence: '{host} bietet keinen Weg, diese Anmeldung zu erneuern.',
    advice: 'Sie gilt, bis der Server sie beendet; melden Sie sich dann neu an.',
  },
  'refresh-delayed': {
    sentence: '{host} konnte das Token gerade nicht erneuern ({reason}).',
    advice: 'Gatehouse behält das Konto und versucht es von selbst erneut.',
  },
  'token-not-accepted': {
    sentence: '{host} lehnt ein Token ab, das gerade dafür ausgestellt wurde.',
    advice:
      'Der Server und sein Aussteller sind sich nicht einig. Melden Sie sich neu an; bleibt es dabei, melden Sie es mit der Aufzeichnung.',
  },
  'scope-insufficient': {
    sentence: '{host} will mehr, als Sie erlaubt haben: {scopes}.',
    advice: 'Erlauben Sie mehr, wenn Sie das verwenden wollen; sonst funktioniert Ihr Konto wie bisher.',
  },
  'scope-declined': {
    sentence: '{tool} braucht Berechtigungen, die Sie abgelehnt haben: {scopes}.',
    advice:
      'Erlauben Sie mehr, wenn Sie es sich anders überlegt haben; von selbst fragt Gatehouse nicht noch einmal.',
  },
  'step-up-limit': {
    sentence: '{host} hat innerhalb einer Stunde {times}-mal nach mehr Berechtigungen gefragt.',
    advice: 'Gatehouse fragt vorerst nicht mehr. Erlauben Sie selbst mehr, wenn Sie dem Server vertrauen.',
  },
  'sign-in-needed': {
    sentence: '{host} verlangt, dass Sie sich anmelden.',
    advice: 'Melden Sie sich im Browser an.',
  },
  'account-unknown': {
    sentence: 'Dieses Konto gibt es hier nicht mehr.',
    advice: 'Melden Sie sich an, um es wieder hinzuzufügen.',
  },
  // Storage
  'secrets-unreadable': {
    sentence: 'Die gespeicherte Anmeldung von „{label}“ lässt sich auf diesem Computer nicht entschlüsseln.',
    advice: 'Die Datei wurde beiseitegelegt, sonst ist nichts betroffen. Melden Sie sich neu an.',
  },
  'secrets-locked': {
    sentence:
      'Der Schlüsselspeicher ist gesperrt, deshalb ist die Anmeldung von „{label}“ gerade nicht lesbar.',
    advice:
      'Entsperren Sie den Schlüsselspeicher Ihres Systems und versuchen Sie es dann erneut. Nichts ist verloren gegangen.',
  },
  'secrets-not-stored': {
    sentence: 'Die neue Anmeldung konnte nicht auf die Festplatte geschrieben werden ({reason}).',
    advice: 'Schaffen Sie Platz oder prüfen Sie die Zugriffsrechte und versuchen Sie es dann erneut.',
  },
  'secrets-not-deleted': {
    sentence: 'Die gespeicherte Anmeldung konnte nicht von der Festplatte gelöscht werden ({reason}).',
    advice:
      'Beim Aussteller wird sie beendet, wo das möglich ist. Prüfen Sie die Zugriffsrechte des Ordners und melden Sie sich dann noch einmal ab.',
  },
  'changes-not-stored': {
    sentence: 'Die letzte Änderung konnte nicht in {file} geschrieben werden ({reason}).',
    advice:
      'Sie gilt, bis Gatehouse geschlossen wird. Schaffen Sie Platz oder prüfen Sie die Zugriffsrechte; die nächste Änderung versucht es erneut.',
  },
  'file-not-saved': {
    sentence: 'Die Datei konnte nicht geschrieben werden ({reason}).',
    advice: 'Wählen Sie einen anderen Ordner oder schaffen Sie Platz und speichern Sie noch einmal.',
  },
  'file-not-read': {
    sentence: 'Die Datei {file} konnte nicht gelesen werden ({reason}).',
    advice:
      'Sie bleibt, wie sie ist, und nichts wird in sie geschrieben. Prüfen Sie ihre Zugriffsrechte und die Festplatte und starten Sie Gatehouse dann neu.',
  },
  'file-set-aside': {
    sentence: 'Die Datei {file} war nicht lesbar und wurde beiseitegelegt.',
    advice: 'Sie wurde nicht überschrieben. Neben dem Original finden Sie sie als {copy}.',
  },
  // Calls
  'connection-lost': {
    sentence: 'Die Verbindung zu {host} ist abgebrochen.',
    advice: 'Gatehouse verbindet von selbst neu; oder versuchen Sie es jetzt.',
  },
  'server-disabled': {
    sentence: 'Dieser Server ist ausgeschaltet.',
    advice: 'Schalten Sie ihn ein, um ihn zu verwenden.',
  },
  'call-timeout': {
    sentence: 'Das Tool {tool} wurde nicht innerhalb von {seconds} Sekunden fertig.',
    advice: 'Versuchen Sie es erneut oder erhöhen Sie das Zeitlimit in den Einstellungen des Servers.',
  },
  'call-refused': {
    sentence: 'Der Server hat den Aufruf von {tool} abgelehnt: {message}.',
    advice: 'Prüfen Sie die Argumente.',
  },
  'request-refused': {
    sentence: '{host} hat die Anfrage abgelehnt: {message}.',
    advice: 'Versuchen Sie es erneut. Bleibt es dabei, sollte der Autor des Servers davon erfahren.',
  },
  'tool-unknown': {
    sentence: 'Der Server bietet kein Tool namens {tool} mehr an.',
    advice: 'Sehen Sie die Liste noch einmal an; Server können ändern, was sie anbieten.',
  },
  'resource-refused': {
    sentence: 'Der Server hat es abgelehnt, die Ressource {uri} herzugeben: {message}.',
    advice: 'Vielleicht gibt es sie nicht mehr, oder nicht für dieses Konto.',
  },
  'resource-address-invalid': {
    sentence: 'Aus {template} ergibt sich mit diesen Werten keine Adresse einer Ressource.',
    advice: 'Füllen Sie die Werte aus, die die Vorlage braucht.',
  },
  'resource-not-followed': {
    sentence: 'Der Server meldet keine Änderungen von {uri}.',
    advice: 'Lesen Sie sie neu, wann immer Sie es wissen wollen.',
  },
  'too-many-subscriptions': {
    sentence: 'Gatehouse verfolgt höchstens {limit} Ressourcen eines Servers gleichzeitig.',
    advice: 'Hören Sie zuerst auf, eine davon zu verfolgen.',
  },
  'prompt-refused': {
    sentence: 'Der Server hat den Prompt {prompt} abgelehnt: {message}.',
    advice: 'Prüfen Sie die Argumente.',
  },
  'question-gone': {
    sentence: 'Diese Frage ist nicht mehr offen.',
    advice:
      'Der Server hat sie zurückgenommen, oder die Verbindung ist beendet. Beginnen Sie beim Aufruf neu.',
  },
  'too-many-sign-ins': {
    sentence: 'Zu viele Anmeldungen sind gleichzeitig offen.',
    advice: 'Schließen Sie zuerst eine davon ab oder brechen Sie sie ab.',
  },
  'update-check-failed': {
    sentence: 'Gatehouse konnte nicht herausfinden, ob es eine neuere Version gibt.',
    advice: 'Morgen wird wieder gefragt; oder fragen Sie jetzt.',
  },
  'update-download-failed': {
    sentence: 'Die neuere Version war nicht zu laden oder stammt nicht vom Hersteller.',
    advice: 'Nichts wurde installiert. Versuchen Sie es später erneut.',
  },
  internal: {
    sentence: 'Gatehouse ist an etwas gescheitert, das gelingen sollte.',
    advice: 'Versuchen Sie es erneut. Die Aufzeichnung unter „Aktivität“ ist einen Fehlerbericht wert.',
  },
};

/** What is filled into them in German. */
export const phrases: PhraseWords = {
  'it has expired': 'es ist abgelaufen',
  'it belongs to another name': 'es gehört zu einem anderen Namen',
  'it is signed by itself': 'es hat sich selbst signiert',
  'it was revoked': 'es wurde widerrufen',
  'nobody this computer trusts has signed it': 'niemand, dem dieser Computer vertraut, hat es signiert',
  'a secure connection was not possible': 'eine sichere Verbindung war nicht möglich',
  'another address': 'einer anderen Adresse',
  'unreadable answer': 'unlesbare Antwort',
  'an authorization endpoint': 'ein Authorization Endpoint',
  'a token endpoint': 'ein Token Endpoint',
  'its metadata': 'seine Metadaten',
  'its token answer': 'seine Token-Antwort',
  'its introspection answer': 'seine Introspection-Antwort',
  'a token answer without a usable token': 'eine Token-Antwort ohne brauchbares Token',
  'a pushed request without request_uri': 'eine gepushte Anfrage ohne request_uri',
  'a registration without client_id': 'eine Registrierung ohne client_id',
  'no identity assertion': 'keine Identity Assertion',
  'a DPoP token nobody asked for': 'ein DPoP-Token, nach dem niemand gefragt hat',
  'it is too long': 'sie ist zu lang',
  'it has no code': 'sie enthält keinen Code',
  'it is no answer to a code request': 'sie ist keine Antwort auf eine Code-Anfrage',
  'the clipboard is empty': 'die Zwischenablage ist leer',
  'it is not an address': 'das ist keine Adresse',
  '{name} appears twice': '{name} kommt zweimal vor',
  'identity token': 'Identitätstoken',
  'workload token': 'Workload-Token',
  'This setting': 'Diese Einstellung',
  'The policy of this computer': 'Die Richtlinie dieses Computers',
  'an unreadable file is in its place': 'an der Stelle liegt eine unlesbare Datei',
  'encryption failed': 'die Verschlüsselung schlug fehl',
  'the client’s secret can’t be read': 'das Client-Secret ist nicht lesbar',
  'Gatehouse is closing': 'Gatehouse wird gerade geschlossen',
  'it is empty now': 'sie ist jetzt leer',
  'its origin is': 'sein Ursprung wird',
  'the one of your settings is': 'der aus Ihren Einstellungen wird',
  'The server publishes no resource metadata; {taken} taken as the issuer.':
    'Der Server veröffentlicht keine Ressourcen-Metadaten; {taken} als Aussteller genommen.',
  'The server’s metadata could not be used ({reason}); {taken} taken as the issuer.':
    'Die Metadaten des Servers waren nicht verwendbar ({reason}); {taken} als Aussteller genommen.',
  'The server names no issuer; {taken} taken.': 'Der Server nennt keinen Aussteller; {taken} genommen.',
  'The issuer calls itself {name}; your settings trust that.':
    'Der Aussteller nennt sich {name}; Ihre Einstellungen vertrauen dem.',
  'Server and issuer write the issuer differently (a slash at the end).':
    'Server und Aussteller schreiben den Aussteller verschieden (ein Schrägstrich am Ende).',
  'Your settings leave the resource parameter out.':
    'Ihre Einstellungen lassen den Parameter „resource“ weg.',
  'Your settings fix the resource: {value}.': 'Ihre Einstellungen legen die Ressource fest: {value}.',
  'Your settings name the scopes to ask for.':
    'Ihre Einstellungen nennen die Berechtigungen, nach denen gefragt wird.',
  'The issuer publishes no metadata; PKCE with S256 is sent all the same.':
    'Der Aussteller veröffentlicht keine Metadaten; PKCE mit S256 wird trotzdem gesendet.',
  'The issuer does not list S256; your settings say that it supports it.':
    'Der Aussteller führt S256 nicht auf; laut Ihren Einstellungen unterstützt er es.',
};
