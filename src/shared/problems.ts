/** What the person can do about a problem; the interface turns it into the button that does it. */
export type Remedy =
  | 'retry'
  | 'sign-in'
  | 'reconnect'
  | 'edit-url'
  | 'edit-settings'
  | 'enter-client-id'
  | 'use-loopback'
  | 'grant-more'
  | 'unlock-key-store'
  | 'show-activity'
  | 'approve-command'
  | 'none';

export interface ProblemDescription {
  /** One sentence, `{name}` stands for a parameter. */
  readonly sentence: string;
  /** What to do next, one sentence. */
  readonly advice: string;
  readonly remedy: Remedy;
  readonly severity: 'error' | 'warning' | 'information';
}

const described = <const T extends Record<string, ProblemDescription>>(catalogue: T): T => catalogue;

/**
 * Every failure a person can meet. Sentences say what happened and why; the technical name is in
 * {@link Problem.detail}, one click deeper.
 */
export const problemCatalogue = described({
  // The address
  'url-invalid': {
    sentence: '“{input}” is not a web address.',
    advice: 'Paste the full address of the server, starting with https://.',
    remedy: 'edit-url',
    severity: 'error',
  },
  'url-scheme-refused': {
    sentence: 'Gatehouse does not open {scheme} addresses.',
    advice: 'Use an https:// address. Plain http:// works only for servers on this computer.',
    remedy: 'edit-url',
    severity: 'error',
  },
  'url-has-credentials': {
    sentence: 'The address contains a user name or password.',
    advice: 'Remove the part before the @ sign. Gatehouse signs in through your browser instead.',
    remedy: 'edit-url',
    severity: 'error',
  },
  'url-has-fragment': {
    sentence: 'The address contains a fragment (the part after #), which an MCP server address never has.',
    advice: 'Remove the # and what follows it.',
    remedy: 'edit-url',
    severity: 'error',
  },
  'server-already-added': {
    sentence: 'This server is already in your list as “{name}”.',
    advice: 'Open it to add another account.',
    remedy: 'none',
    severity: 'information',
  },
  'server-unknown': {
    sentence: 'This server is no longer in your list.',
    advice: 'Add it again if you still need it.',
    remedy: 'none',
    severity: 'error',
  },
  'key-refused': {
    sentence: '{host} does not accept the key it was sent ({headers}).',
    advice: 'Enter another one in the server’s settings.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  'key-beside-accounts': {
    sentence: '“{name}” has accounts; their tokens go in the Authorization header.',
    advice: 'Sign them out first, or use another header.',
    remedy: 'none',
    severity: 'error',
  },
  'too-many-headers': {
    sentence: 'A server can have {limit} headers of its own at most.',
    advice: 'Remove one first.',
    remedy: 'none',
    severity: 'error',
  },
  'command-changed': {
    sentence: 'The command of “{name}” changed after it was shown to you.',
    advice: 'Nothing was started. Look at it again.',
    remedy: 'approve-command',
    severity: 'warning',
  },
  'import-file-unreadable': {
    sentence: 'The file {path} can’t be read ({reason}).',
    advice: 'Check that you may read it, then look again. Gatehouse never changes it.',
    remedy: 'retry',
    severity: 'warning',
  },
  'import-file-invalid': {
    sentence: 'The file {path} is not the JSON its program would read.',
    advice: 'Mend it in that program, then look again. Gatehouse never changes it.',
    remedy: 'retry',
    severity: 'warning',
  },
  'import-file-too-large': {
    sentence: 'The file {path} is too large to be read here.',
    advice: 'Copy one server out of it and paste it when you add a server.',
    remedy: 'none',
    severity: 'warning',
  },
  'import-entry-gone': {
    sentence: 'This server is no longer in the file it was found in.',
    advice: 'Look again.',
    remedy: 'retry',
    severity: 'error',
  },
  'import-entry-refused': {
    sentence: '“{name}” can’t be taken over as it is.',
    advice: 'Add it by hand.',
    remedy: 'none',
    severity: 'error',
  },
  'import-value-refused': {
    sentence: 'What you entered for {name} can’t be a value there.',
    advice: 'Enter one line of plain characters.',
    remedy: 'none',
    severity: 'error',
  },
  'secret-value-missing': {
    sentence: 'The secret value of {name} is not in the vault any more.',
    advice: 'Enter it again in the server’s settings.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  'program-not-found': {
    sentence: 'The program “{program}” was not found on this computer.',
    advice: 'Install it, or enter its full path in the server’s settings.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  'program-not-started': {
    sentence: 'The program “{program}” could not be started ({reason}).',
    advice: 'Check that it may be run, then try again.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  'program-not-mcp': {
    sentence: 'The program of “{name}” runs, but does not answer as an MCP server ({what}).',
    advice: 'Check its arguments; some programs need one, such as “stdio”.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  'program-needs-shell': {
    sentence: 'Windows runs “{program}” through a shell only, and Gatehouse starts programs without one.',
    advice: 'Enter the program behind it instead, for example node.exe with the path of the script.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  'folder-not-found': {
    sentence: 'The folder {folder} does not exist, or is not a full path.',
    advice: 'Enter another working folder in the server’s settings.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  'command-ended': {
    sentence: 'The program of “{name}” ended by itself ({how}).',
    advice: 'Gatehouse starts it again by itself. What it wrote last is shown on its page.',
    remedy: 'reconnect',
    severity: 'warning',
  },
  'command-keeps-ending': {
    sentence: 'The program of “{name}” ended {times} times in a row ({how}), so Gatehouse leaves it alone.',
    advice: 'What it wrote last is shown on its page. Start it again once the cause is mended.',
    remedy: 'reconnect',
    severity: 'error',
  },
  'message-too-long': {
    sentence: 'The program of “{name}” wrote more than {limit} in one message, so Gatehouse ended it.',
    advice: 'Ask for less at once. Gatehouse starts it again by itself.',
    remedy: 'reconnect',
    severity: 'warning',
  },
  'command-not-approved': {
    sentence: '“{name}” runs a program on this computer that you have not approved yet.',
    advice: 'Look at the command, then approve it if you trust it. Nothing runs before.',
    remedy: 'approve-command',
    severity: 'information',
  },
  'server-without-accounts': {
    sentence: '“{name}” is a program on this computer; nobody signs in to it.',
    advice: 'Use it without an account.',
    remedy: 'none',
    severity: 'information',
  },
  // Managed computers
  'policy-broken': {
    sentence: 'The policy file of this computer, {path}, can’t be used ({reason}).',
    advice: 'Until whoever manages this computer mends it, nothing is added, signed in or connected.',
    remedy: 'none',
    severity: 'error',
  },
  'policy-server-refused': {
    sentence: '{by} does not allow the server {host}.',
    advice: 'Ask whoever manages this computer if you need it.',
    remedy: 'none',
    severity: 'error',
  },
  'policy-issuer-refused': {
    sentence: '{by} does not allow signing in at {host}.',
    advice: 'Ask whoever manages this computer if you need it.',
    remedy: 'none',
    severity: 'error',
  },
  'policy-commands-refused': {
    sentence: '{by} does not allow programs on this computer as servers.',
    advice: 'Ask whoever manages this computer if you need one.',
    remedy: 'none',
    severity: 'error',
  },
  'policy-program-refused': {
    sentence: '{by} does not allow the program “{program}” as a server.',
    advice: 'Only programs it names may be used, entered with their full path.',
    remedy: 'none',
    severity: 'error',
  },
  'policy-locked': {
    sentence: '{what} is set by the policy of this computer and stays as it is ({by}).',
    advice: 'Ask whoever manages this computer.',
    remedy: 'none',
    severity: 'information',
  },
  // The network
  'host-not-found': {
    sentence: 'The name {host} could not be found.',
    advice: 'Check the spelling of the address and your internet connection.',
    remedy: 'edit-url',
    severity: 'error',
  },
  'connection-refused': {
    sentence: '{host} refused the connection.',
    advice: 'The server may be down or starting. Try again in a moment.',
    remedy: 'retry',
    severity: 'error',
  },
  'network-unreachable': {
    sentence: '{host} could not be reached.',
    advice: 'Check your internet connection, then try again. Nothing was lost.',
    remedy: 'retry',
    severity: 'error',
  },
  'client-certificate-needed': {
    sentence: '{host} wants to see a certificate of yours, and got none it accepts.',
    advice: 'Close Gatehouse and start it again to choose another one.',
    remedy: 'none',
    severity: 'error',
  },
  'proxy-failed': {
    sentence: 'The proxy of this system did not let Gatehouse through to {host}.',
    advice: 'Check the proxy settings of your system, or ask whoever runs the proxy.',
    remedy: 'retry',
    severity: 'error',
  },
  'certificate-invalid': {
    sentence: 'The certificate of {host} is not valid: {reason}.',
    advice: 'Do not continue unless whoever runs the server has mended it. Gatehouse never skips this check.',
    remedy: 'retry',
    severity: 'error',
  },
  'answer-timeout': {
    sentence: '{host} did not answer within {seconds} seconds.',
    advice: 'The server may be overloaded. Try again in a moment.',
    remedy: 'retry',
    severity: 'error',
  },
  'answer-too-large': {
    sentence: '{host} sent an answer larger than the {limit} Gatehouse accepts.',
    advice: 'Report this to whoever runs the server; the trace shows which address it was.',
    remedy: 'show-activity',
    severity: 'error',
  },
  'answer-malformed': {
    sentence: '{host} sent an answer Gatehouse can’t read ({what}).',
    advice: 'Report this to whoever runs the server; the trace shows which address it was.',
    remedy: 'show-activity',
    severity: 'error',
  },
  'answer-cut': {
    sentence: '{host} broke off before its answer was complete.',
    advice: 'What was asked may have been done all the same; look before you ask again.',
    remedy: 'none',
    severity: 'warning',
  },
  'redirect-refused': {
    sentence: '{host} redirected a request to {target}, which Gatehouse does not follow.',
    advice: 'Check the address of the server. A redirect to another site could leak your sign-in.',
    remedy: 'edit-url',
    severity: 'error',
  },
  'private-address-refused': {
    sentence: 'A public server pointed Gatehouse to {host}, an address inside your own network.',
    advice: 'Gatehouse did not go there. Report this to whoever runs the server.',
    remedy: 'show-activity',
    severity: 'error',
  },
  'not-mcp': {
    sentence: '{host} answered, but not as an MCP server ({what}).',
    advice: 'Check the path of the address; many servers use /mcp or /sse.',
    remedy: 'edit-url',
    severity: 'error',
  },
  'server-error': {
    sentence: '{host} answered with an error of its own ({status}).',
    advice: 'Try again in a moment. Your account is untouched.',
    remedy: 'retry',
    severity: 'error',
  },
  // Discovery
  'resource-metadata-unusable': {
    sentence: '{host} says where its metadata is, but it could not be used: {reason}.',
    advice: 'Report this to whoever runs the server; the trace shows which address it was.',
    remedy: 'show-activity',
    severity: 'error',
  },
  'issuer-mismatch': {
    sentence: 'The authorization server calls itself {found}, but {expected} was asked.',
    advice:
      'This could be an attack or a misconfiguration, so Gatehouse stopped. If you trust it, name the issuer in the server’s settings.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  'issuer-pin-mismatch': {
    sentence: 'The server names {found} as its issuer, but its settings allow only {expected}.',
    advice: 'Change the issuer pin in the server’s settings if the move is expected.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  'issuer-moved': {
    sentence: 'This server now uses the issuer {found} instead of {expected}.',
    advice: 'Your old account is kept but not used there. Sign in again at the new issuer if you trust it.',
    remedy: 'sign-in',
    severity: 'warning',
  },
  'issuer-incomplete': {
    sentence: 'The authorization server {host} does not publish {what}.',
    advice: 'Without it no sign-in is possible. Report this to whoever runs it.',
    remedy: 'show-activity',
    severity: 'error',
  },
  'resource-mismatch': {
    sentence: 'The server describes itself as {found}, which does not cover {expected}.',
    advice:
      'A token for one address must not be used at another. Check the address, or ask the server’s maker.',
    remedy: 'edit-url',
    severity: 'error',
  },
  'resource-scheme-mismatch': {
    sentence: 'The server describes itself with http ({found}) although it is reached by https.',
    advice: 'It is probably behind a proxy it does not know of. Its maker has to set its public address.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  'resource-loopback-mismatch': {
    sentence:
      'The server describes itself as {found}, but you reach it as {expected}: two names of this computer.',
    advice: 'Use the address the server names.',
    remedy: 'edit-url',
    severity: 'error',
  },
  's256-missing': {
    sentence: 'The authorization server {host} does not say that it supports PKCE with S256.',
    advice:
      'Without it a stolen code could be used by others. If you know that it does, say so in the server’s settings.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  'endpoint-refused': {
    sentence: 'The {endpoint} of the authorization server is at {found}, which Gatehouse does not use.',
    advice: 'Only https addresses are allowed (http only on this computer). Report this to whoever runs it.',
    remedy: 'show-activity',
    severity: 'error',
  },
  // Registration
  'registration-not-offered': {
    sentence: 'The authorization server {host} does not let apps register themselves.',
    advice: 'Ask whoever runs it for a client ID and enter it in the server’s settings.',
    remedy: 'enter-client-id',
    severity: 'error',
  },
  'registration-refused': {
    sentence: 'The authorization server {host} refused to register Gatehouse ({error}).',
    advice: 'Ask whoever runs it for a client ID and enter it in the server’s settings.',
    remedy: 'enter-client-id',
    severity: 'error',
  },
  'registration-issuer-mismatch': {
    sentence:
      'The client ID in this server’s settings belongs to {expected}, but the server now uses {found}.',
    advice: 'Enter a client ID for the new issuer, or pin the old one.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  'client-unknown': {
    sentence: 'The authorization server {host} no longer knows Gatehouse’s registration.',
    advice: 'Sign in again; Gatehouse registers anew.',
    remedy: 'sign-in',
    severity: 'error',
  },
  'client-authentication-unsupported': {
    sentence:
      'The authorization server {host} wants a way of client authentication Gatehouse can’t use here ({methods}).',
    advice: 'Enter a client ID and secret in the server’s settings.',
    remedy: 'enter-client-id',
    severity: 'error',
  },
  'dpop-unsupported': {
    sentence:
      'Tokens of {host} have to be bound to a key (DPoP), in a way Gatehouse does not know ({algorithms}).',
    advice: 'Report this to whoever runs the server.',
    remedy: 'show-activity',
    severity: 'error',
  },
  // Consent
  'consent-denied': {
    sentence: 'You, or {host}, declined the request for consent.',
    advice: 'Nothing was stored. Sign in again whenever you like.',
    remedy: 'sign-in',
    severity: 'information',
  },
  'authorization-refused': {
    sentence: '{host} ended the sign-in: {error}.',
    advice: 'Sign in again; if it persists, its maker finds the reason under Activity.',
    remedy: 'sign-in',
    severity: 'error',
  },
  'browser-timeout': {
    sentence: 'The browser did not come back within {minutes} minutes.',
    advice: 'Sign in again. If your browser showed an error, it is worth a look under Activity.',
    remedy: 'sign-in',
    severity: 'warning',
  },
  'browser-not-opened': {
    sentence: 'The system browser could not be opened.',
    advice: 'Copy the link and open it in a browser yourself.',
    remedy: 'retry',
    severity: 'error',
  },
  'callback-unknown': {
    sentence: 'A sign-in answer arrived that nobody waits for.',
    advice: 'It was dropped. If you just signed in, start the sign-in again from the server.',
    remedy: 'none',
    severity: 'warning',
  },
  'callback-invalid': {
    sentence: 'This is not the address your browser ended on ({what}).',
    advice: 'Copy the whole address from the browser’s address bar and paste it again.',
    remedy: 'retry',
    severity: 'error',
  },
  'response-issuer-mismatch': {
    sentence: 'The sign-in answer came from another issuer than the one asked ({expected}).',
    advice:
      'Gatehouse dropped it: this is how one issuer could steal a code meant for another. Report it to whoever runs the server.',
    remedy: 'show-activity',
    severity: 'error',
  },
  'response-issuer-missing': {
    sentence: 'The sign-in answer does not name its issuer, although {expected} promises to.',
    advice: 'Gatehouse dropped it. Report this to whoever runs the issuer.',
    remedy: 'show-activity',
    severity: 'error',
  },
  'redirect-uri-refused': {
    sentence: '{host} refused the redirect address.',
    advice: 'Choose loopback, or a fixed port, in the server’s settings.',
    remedy: 'use-loopback',
    severity: 'error',
  },
  'loopback-port-busy': {
    sentence: 'Port {port} on this computer is used by another program.',
    advice: 'Close that program or choose another port in the server’s settings.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  // Tokens
  'machine-secret-missing': {
    sentence: 'There is no {what} to sign in to {host} with.',
    advice: 'Enter it in the server’s settings, or have whoever runs this computer provide it.',
    remedy: 'edit-settings',
    severity: 'error',
  },
  'token-refused': {
    sentence: '{host} refused to give out a token ({error}).',
    advice: 'Sign in again; if it persists, its maker finds the reason under Activity.',
    remedy: 'sign-in',
    severity: 'error',
  },
  'grant-revoked': {
    sentence: '{host} says this sign-in is no longer valid.',
    advice: 'Sign in again. Your settings are kept.',
    remedy: 'sign-in',
    severity: 'warning',
  },
  'grant-expired': {
    sentence: 'This sign-in ran out, and the issuer offered no way to renew it.',
    advice: 'Sign in again. Your settings are kept.',
    remedy: 'sign-in',
    severity: 'warning',
  },
  'refresh-not-offered': {
    sentence: '{host} offers no way to renew this sign-in.',
    advice: 'It works until the server ends it; then sign in again.',
    remedy: 'none',
    severity: 'information',
  },
  'refresh-delayed': {
    sentence: '{host} could not renew the token just now ({reason}).',
    advice: 'Gatehouse keeps the account and tries again by itself.',
    remedy: 'retry',
    severity: 'warning',
  },
  'token-not-accepted': {
    sentence: '{host} refuses a token that was just issued for it.',
    advice: 'The server and its issuer disagree. Sign in again; if it persists, report it with the trace.',
    remedy: 'sign-in',
    severity: 'error',
  },
  'scope-insufficient': {
    sentence: '{host} wants more than you agreed to: {scopes}.',
    advice: 'Grant more if you want to use this; your account works as before otherwise.',
    remedy: 'grant-more',
    severity: 'warning',
  },
  'scope-declined': {
    sentence: '{tool} needs permissions you declined: {scopes}.',
    advice: 'Grant more if you changed your mind; Gatehouse does not ask by itself again.',
    remedy: 'grant-more',
    severity: 'information',
  },
  'step-up-limit': {
    sentence: '{host} asked for more permissions {times} times within an hour.',
    advice: 'Gatehouse stopped asking for now. Grant more yourself if you trust the server.',
    remedy: 'grant-more',
    severity: 'warning',
  },
  'sign-in-needed': {
    sentence: '{host} needs you to sign in.',
    advice: 'Sign in with your browser.',
    remedy: 'sign-in',
    severity: 'information',
  },
  'account-unknown': {
    sentence: 'This account is no longer here.',
    advice: 'Sign in to add it again.',
    remedy: 'sign-in',
    severity: 'error',
  },
  // Storage
  'secrets-unreadable': {
    sentence: 'The stored sign-in of “{label}” can’t be decrypted on this computer.',
    advice: 'The file was set aside, nothing else is affected. Sign in again.',
    remedy: 'sign-in',
    severity: 'warning',
  },
  'secrets-locked': {
    sentence: 'The key store is locked, so the sign-in of “{label}” can’t be read just now.',
    advice: 'Unlock the key store of your system, then try again. Nothing was lost.',
    remedy: 'unlock-key-store',
    severity: 'warning',
  },
  'secrets-not-stored': {
    sentence: 'The new sign-in could not be written to disk ({reason}).',
    advice: 'Free some space or check the permissions, then try again.',
    remedy: 'retry',
    severity: 'error',
  },
  'secrets-not-deleted': {
    sentence: 'The stored sign-in could not be deleted from disk ({reason}).',
    advice:
      'It is ended at the issuer where that is possible. Check the permissions of the folder, then sign out again.',
    remedy: 'retry',
    severity: 'error',
  },
  'changes-not-stored': {
    sentence: 'The last change could not be written to {file} ({reason}).',
    advice:
      'It holds until Gatehouse closes. Free some space or check the permissions; the next change tries again.',
    remedy: 'none',
    severity: 'error',
  },
  'file-not-saved': {
    sentence: 'The file could not be written ({reason}).',
    advice: 'Choose another folder, or free some space, and save again.',
    remedy: 'retry',
    severity: 'error',
  },
  'file-not-read': {
    sentence: 'The file {file} could not be read ({reason}).',
    advice:
      'It is left as it is, and nothing is written to it. Check its permissions and the disk, then start Gatehouse again.',
    remedy: 'none',
    severity: 'error',
  },
  'file-set-aside': {
    sentence: 'The file {file} could not be read and was set aside.',
    advice: 'It was not overwritten. You find it beside the original as {copy}.',
    remedy: 'none',
    severity: 'warning',
  },
  // Calls
  'connection-lost': {
    sentence: 'The connection to {host} was lost.',
    advice: 'Gatehouse reconnects by itself; or try now.',
    remedy: 'reconnect',
    severity: 'warning',
  },
  'server-disabled': {
    sentence: 'This server is switched off.',
    advice: 'Switch it on to use it.',
    remedy: 'reconnect',
    severity: 'information',
  },
  'call-timeout': {
    sentence: 'The tool {tool} did not finish within {seconds} seconds.',
    advice: 'Try again, or raise the time limit in the server’s settings.',
    remedy: 'retry',
    severity: 'error',
  },
  'call-refused': {
    sentence: 'The server refused the call to {tool}: {message}.',
    advice: 'Check the arguments.',
    remedy: 'retry',
    severity: 'error',
  },
  'request-refused': {
    sentence: '{host} refused the request: {message}.',
    advice: 'Try again. If it stays so, the server’s author should know.',
    remedy: 'retry',
    severity: 'error',
  },
  'tool-unknown': {
    sentence: 'The server does not offer a tool named {tool} any more.',
    advice: 'Look at the list again; servers may change what they offer.',
    remedy: 'none',
    severity: 'warning',
  },
  'resource-refused': {
    sentence: 'The server refused to give the resource {uri}: {message}.',
    advice: 'It may be gone, or not for this account.',
    remedy: 'retry',
    severity: 'error',
  },
  'resource-address-invalid': {
    sentence: 'No address of a resource can be made from {template} with these values.',
    advice: 'Fill in the values the template needs.',
    remedy: 'none',
    severity: 'error',
  },
  'resource-not-followed': {
    sentence: 'The server does not tell of changes of {uri}.',
    advice: 'Read it again whenever you want to know.',
    remedy: 'none',
    severity: 'warning',
  },
  'too-many-subscriptions': {
    sentence: 'Gatehouse follows no more than {limit} resources of one server at once.',
    advice: 'Stop following one of them first.',
    remedy: 'none',
    severity: 'warning',
  },
  'prompt-refused': {
    sentence: 'The server refused the prompt {prompt}: {message}.',
    advice: 'Check the arguments.',
    remedy: 'retry',
    severity: 'error',
  },
  'question-gone': {
    sentence: 'This question is not open any more.',
    advice: 'The server took it back, or the connection ended. Start again from the call.',
    remedy: 'none',
    severity: 'information',
  },
  'too-many-sign-ins': {
    sentence: 'Too many sign-ins are open at once.',
    advice: 'Finish or cancel one of them first.',
    remedy: 'none',
    severity: 'warning',
  },
  'update-check-failed': {
    sentence: 'Gatehouse could not find out whether there is a newer version.',
    advice: 'It asks again tomorrow; or ask now.',
    remedy: 'none',
    severity: 'warning',
  },
  'update-download-failed': {
    sentence: 'The newer version could not be fetched, or is not its maker’s.',
    advice: 'Nothing was installed. Try again later.',
    remedy: 'none',
    severity: 'error',
  },
  internal: {
    sentence: 'Gatehouse failed at something it should not have.',
    advice: 'Try again. The trace under Activity is worth a bug report.',
    remedy: 'show-activity',
    severity: 'error',
  },
});

export type ProblemCode = keyof typeof problemCatalogue;

/** A failure as the person sees it. Its schema is in `domain/problem.ts`, so that the catalogue needs no library. */
export interface Problem {
  code: ProblemCode;
  /** From outside: shown as text, bounded by {@link makeProblem}. */
  params: Record<string, string>;
  /** The technical name or message, one click deeper; never a secret. */
  detail: string | null;
  traceId: string | null;
}

const PARAMETER_LIMIT = 300;

/**
 * What a person can't see: control, format and zero-width characters, fillers, and blanks that are no spaces.
 * The variation selectors of emoji stay, all others could carry hidden text.
 */
const UNSEEN =
  /[\p{Cc}\p{Cf}\p{Co}\p{Zl}\p{Zp}\u2800]|(?![\ufe00-\ufe0f])\p{Default_Ignorable_Code_Point}|\p{Cs}/gu;

/**
 * Text from outside made safe to show: control, zero-width and bidirectional characters become
 * visible escapes, the length is bounded.
 * @param limit greatest length of the result in UTF-16 code units; a result cut short has an ellipsis more
 */
export function visibleText(text: string, limit = PARAMETER_LIMIT): string {
  const visible = text
    .slice(0, limit + 1)
    .replace(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
  if (text.length <= limit && visible.length <= limit) return visible;
  // Neither an escape nor a pair of surrogates is cut in two.
  return `${visible.slice(0, limit).replace(/\\u\{[0-9a-f]*$|[\ud800-\udbff]$/, '')}…`;
}

/** Makes a problem; parameters and detail are bounded and made safe to show. */
export function makeProblem(
  code: ProblemCode,
  params: Record<string, string> = {},
  detail: string | null = null,
): Problem {
  return {
    code,
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, visibleText(value)])),
    detail: detail === null ? null : visibleText(detail, 2000),
    traceId: null,
  };
}

/**
 * The sentence and advice of a problem, parameters filled in.
 * @param words those of another language than English
 */
export function describeProblem(
  value: Problem,
  words: Readonly<
    Record<ProblemCode, { readonly sentence: string; readonly advice: string }>
  > = problemCatalogue,
): { sentence: string; advice: string; remedy: Remedy } {
  const { sentence, advice } = words[value.code];
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => value.params[name] ?? '…');
  return { sentence: fill(sentence), advice: fill(advice), remedy: problemCatalogue[value.code].remedy };
}

/** Carries a {@link Problem} through code that can't act on it. */
export class ProblemError extends Error {
  override readonly name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem, options?: { cause?: unknown }) {
    super(describeProblem(problem).sentence, options);
    this.problem = problem;
  }
}

/** Shorthand for throwing: `throw failure('host-not-found', { host })`. */
export function failure(
  code: ProblemCode,
  params?: Record<string, string>,
  detail?: string | null,
  cause?: unknown,
): ProblemError {
  return new ProblemError(
    makeProblem(code, params, detail ?? null),
    cause === undefined ? undefined : { cause },
  );
}

/** The problem an unknown thrown value stands for; anything unforeseen is `internal`. */
export function problemOf(thrown: unknown): Problem {
  if (thrown instanceof ProblemError) return thrown.problem;
  return makeProblem('internal', {}, thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : null);
}
