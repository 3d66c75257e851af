import type { ShellWords } from './words.ts';

export const de: ShellWords = {
  status: {
    noServers: 'Noch keine Server',
    onlyConnected: 'Verbunden',
    allConnected: (servers) => `Alle ${servers} Server verbunden`,
    someConnected: (connected, servers) => `${connected} von ${servers} Servern verbunden`,
  },
  tray: {
    toolTip: (app, status, needy) => {
      const need = needy === 0 ? '' : needy === 1 ? ', 1 braucht Sie' : `, ${needy} brauchen Sie`;
      return `${app}: ${status.charAt(0).toLowerCase()}${status.slice(1)}${need}`;
    },
    needy: (server, why) => `${server}: ${why}`,
    why: { 'sign-in': 'anmelden', 'more-scope': 'will mehr Berechtigungen', failed: 'nicht verbunden' },
    more: (count) => `${count} weitere …`,
    open: (app) => `${app} öffnen`,
    reconnect: 'Neu verbinden',
    quit: (app) => `${app} beenden`,
  },
  notice: {
    one: (server, account) => ({
      title: `Bei ${server} neu anmelden`,
      body: `Die Anmeldung von ${account} gilt nicht mehr.`,
    }),
    several: (accounts, servers, more) => ({
      title: `${accounts} Konten müssen neu angemeldet werden`,
      body: `${servers.join(', ')}${more > 0 ? ` und ${more} weitere` : ''}`,
    }),
  },
  closing: {
    question: (app) => `Soll ${app} weiterlaufen?`,
    detail:
      'Es bleibt dann im Infobereich, hält Ihre Anmeldungen frisch und meldet sich, wenn eine davon Sie braucht. Das lässt sich in den Einstellungen ändern.',
    keepRunning: 'Weiterlaufen',
    quit: 'Beenden',
    cancel: 'Abbrechen',
  },
  menu: {
    file: ['Ablage', '&Datei'],
    edit: ['Bearbeiten', '&Bearbeiten'],
    view: ['Darstellung', '&Ansicht'],
    window: ['Fenster', '&Fenster'],
    help: ['Hilfe', '&Hilfe'],
    addServer: ['Server hinzufügen …', 'Server &hinzufügen …'],
    importServers: ['Server übernehmen …', 'Server überneh&men …'],
    palette: ['Suchen und Ausführen …', 'Suchen und Aus&führen …'],
    reconnect: ['Server neu verbinden', 'Server &neu verbinden'],
    settings: ['Einstellungen …', '&Einstellungen'],
    accounts: ['Konten', '&Konten'],
    activity: ['Aktivität', 'Ak&tivität'],
    about: (app) => [`Über ${app}`, `&Über ${app}`],
    homepage: (app) => [`${app} im Web`, `${app} im &Web`],
    hide: (app) => `${app} ausblenden`,
    hideOthers: 'Andere ausblenden',
    unhide: 'Alle einblenden',
    services: 'Dienste',
    quit: (app) => ({ mac: `${app} beenden`, windows: '&Beenden', linux: '&Beenden' }),
    close: 'Fenster schließen',
    minimize: 'Im Dock ablegen',
    zoom: 'Zoomen',
    front: 'Alle nach vorne bringen',
    undo: ['Widerrufen', '&Rückgängig'],
    redo: ['Wiederholen', '&Wiederholen'],
    cut: ['Ausschneiden', '&Ausschneiden'],
    copy: ['Kopieren', '&Kopieren'],
    paste: ['Einsetzen', '&Einfügen'],
    selectAll: ['Alles auswählen', 'A&lles auswählen'],
    resetZoom: ['Originalgröße', '&Originalgröße'],
    zoomIn: ['Vergrößern', 'Ver&größern'],
    zoomOut: ['Verkleinern', '&Verkleinern'],
    fullScreen: ['Vollbild ein/aus', 'Voll&bild'],
  },
};
