import { attackOf } from '../../sandbox/profiles/hostile.ts';
import { issuerSays } from '../answers.ts';
import type { DrivenRow, Guard } from '../row.ts';

const policy: Guard = { file: 'main/oauth/url-policy.ts', name: 'endpointUrl' };
const REFUSED = 'Refused when discovered: it reaches neither browser nor shell nor log.';

/** Addresses a browser or a shell would act on, by what they are. */
const dangerous: readonly (readonly [name: string, what: string, url: string, removed?: Guard['removed']])[] =
  [
    [
      'javascript',
      'script',
      'javascript:alert(document.domain)//',
      { text: 'if (parsed === null || !secure || ', by: 'if (parsed === null || ' },
    ],
    ['javascript-in-disguise', 'script, with a tab in its scheme and in capitals', 'JaVa\tScRiPt:alert(1)//'],
    ['vbscript', 'script of another kind', 'vbscript:msgbox(1)'],
    ['data', 'a page in an address', 'data:text/html,<script>alert(1)</script>'],
    ['blob', 'an object of a page', 'blob:https://issuer.example/0f8fad5b-d9cb-469f-a165-70867728950e'],
    ['about', 'a page of the browser', 'about:config'],
    ['view-source', 'an address in another', 'view-source:https://issuer.example/'],
    ['file', 'a program on this computer', 'file:///bin/sh'],
    ['smb', 'a program on a share', 'smb://198.51.100.7/share/run.exe'],
    ['unc', 'a share by its path', '\\\\198.51.100.7\\share\\run.exe'],
    ['ms-msdt', 'a tool of Windows', 'ms-msdt:/id PCWDiagnostic /skip force'],
    [
      'search-ms',
      'a search that shows a foreign folder',
      'search-ms:query=x&crumb=location:\\\\198.51.100.7\\share',
    ],
    ['ms-officecmd', 'a command to an office program', 'ms-officecmd:{"id":3}'],
    ['intent', 'an app of a phone', 'intent://scan/#Intent;scheme=zxing;end'],
    ['ssh', 'a terminal with an option in it', 'ssh://-oProxyCommand=calc.exe/'],
    ['mailto', 'a letter', 'mailto:a@b.example?body=x'],
    ['tel', 'a call', 'tel:+15550100'],
    ['ftp', 'a server of another kind', 'ftp://issuer.example/authorize'],
    ['websocket', 'a socket', 'wss://issuer.example/authorize'],
    ['own-scheme', 'our own callback', 'app.gatehouse.desktop:/oauth/callback?code=x&state=y'],
    ['command', 'a command (CVE-2025-6514)', 'a:$(calc.exe)?response_type=code'],
    ['plain-http', 'a page anybody on the way can change', 'http://issuer.example/authorize'],
    [
      'credentials',
      'a page with a bank’s name before the @',
      'https://accounts.bank.example@evil.example/authorize',
      { text: ' || parsed.username || parsed.password', by: '' },
    ],
    [
      'fragment',
      'a page whose parameters would be a fragment',
      'https://issuer.example/authorize#',
      { text: " || url.includes('#')", by: '' },
    ],
  ];

/** Where an issuer sends browser and code. */
export const endpoints: readonly DrivenRow[] = [
  ...dangerous.map(
    ([name, what, url, removed]): DrivenRow => ({
      kind: 'driven',
      name: `${name}-authorization-endpoint`,
      who: 'issuer',
      does: `Its authorization endpoint is ${what}: \`${url.replace('\t', '⇥')}\`.`,
      must: REFUSED,
      guard: removed ? { ...policy, removed } : policy,
      attack: issuerSays({ authorization_endpoint: url }),
      ends: { problems: ['endpoint-refused'] },
    }),
  ),
  {
    kind: 'driven',
    name: 'authorization-endpoint-with-parameters',
    who: 'issuer',
    does: 'Its authorization endpoint brings a `redirect_uri`, `state`, `response_type` and `code_challenge_method` along.',
    must: 'Ours take their place, each once; the sign-in works.',
    guard: {
      file: 'main/oauth/authorization-request.ts',
      name: 'url.searchParams.set',
      removed: { text: 'url.searchParams.set(name, value)', by: 'url.searchParams.append(name, value)' },
    },
    attack: {
      metadata: (document, { elsewhere }) => ({
        ...document,
        authorization_endpoint: `${document.authorization_endpoint}?redirect_uri=${elsewhere.origin}&state=s&response_type=token&code_challenge_method=plain`,
      }),
    },
    ends: { problems: [] },
  },
  {
    kind: 'driven',
    name: 'no-authorization-endpoint',
    who: 'issuer',
    does: 'Publishes no authorization endpoint.',
    must: 'Said so; nothing is guessed.',
    guard: { file: 'main/oauth/issuer-policy.ts', name: 'issuer-incomplete' },
    attack: { metadata: ({ authorization_endpoint: _, ...rest }) => rest },
    ends: { problems: ['issuer-incomplete'] },
  },
  {
    kind: 'driven',
    name: 'http-token-endpoint',
    who: 'issuer',
    does: 'Its token endpoint is plain http on another computer.',
    must: 'Refused: code and verifier stay here.',
    guard: policy,
    attack: attackOf('http-token-endpoint'),
    ends: { problems: ['endpoint-refused'] },
  },
  {
    kind: 'driven',
    name: 'http-revocation-endpoint',
    who: 'issuer',
    does: 'Only its revocation endpoint is plain http on another computer, so that the token leaves at the sign-out.',
    must: 'Refused before anybody signs in: every endpoint is looked at.',
    guard: {
      file: 'main/oauth/issuer-policy.ts',
      name: 'ENDPOINTS',
      removed: { text: "['revocation_endpoint', 'revocation endpoint'],", by: '' },
    },
    attack: issuerSays({ revocation_endpoint: 'http://issuer.example/revoke' }),
    ends: { problems: ['endpoint-refused'] },
  },
  {
    kind: 'driven',
    name: 'foreign-token-endpoint',
    who: 'issuer',
    does: 'Its token endpoint is on another host.',
    must: 'RFC 8414 §2 allows it: it gets the issuer’s own code, and no token.',
    guard: { file: 'main/oauth/token-endpoint.ts', name: 'requestTokens' },
    attack: attackOf('foreign-token-endpoint'),
    ends: { problems: ['token-refused'], elsewhere: { method: 'POST', atMost: 1 }, codeLeaves: true },
  },
  {
    kind: 'driven',
    name: 'private-token-endpoint',
    who: 'issuer',
    does: 'The issuer of a server on this computer has its token endpoint on a private address.',
    must: 'Allowed: one’s own network may lead into itself. A public server may not, see below.',
    guard: { file: 'main/oauth/reach.ts', name: 'reachOf' },
    attack: attackOf('private-token-endpoint'),
    ends: { problems: ['connection-refused'], codeLeaves: true },
  },
];
