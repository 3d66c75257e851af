import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import type { SandboxUser } from './users.ts';

/** What the consent page shows. Every string may come from a client and is escaped. */
export interface ConsentView {
  action: string;
  clientName: string;
  user: SandboxUser;
  scopes: { name: string; isNew: boolean }[];
  resource: string | undefined;
  redirectUri: string;
}

/** What the sign-in page shows. */
export interface LoginView {
  action: string;
  clientName: string;
  users: readonly SandboxUser[];
  /** Who is signed in already. */
  current?: string | undefined;
  /** Whom the client expects (`login_hint`). */
  hint?: string | undefined;
}

const scopeMeanings: Record<string, string> = {
  openid: 'Know who you are',
  profile: 'See your name',
  email: 'See your email address',
  offline_access: 'Stay connected when you are away',
  'mcp:tools': 'Use the tools of the server for you',
  'mcp:admin': 'Read administrative reports',
};

const style = `
:root{color-scheme:light dark;--ink:#1c1e26;--soft:#626778;--line:#dfe2ea;--page:#f4f5f9;--card:#fff;--accent:#3b5bdb;--on:#fff}
@media (prefers-color-scheme:dark){:root{--ink:#eceef4;--soft:#a2a8b8;--line:#363b49;--page:#14161c;--card:#1e212a;--accent:#91a7ff;--on:#10121a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:center;padding:24px;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{width:100%;max-width:420px;background:var(--card);border:1px solid var(--line);border-radius:14px;padding:28px}
h1{font-size:1.35rem;line-height:1.3;margin:0 0 4px}
p{margin:0 0 16px;color:var(--soft)}
strong{color:var(--ink);overflow-wrap:anywhere}
form{display:grid;gap:10px;margin-top:20px}
button{font:inherit;font-weight:600;min-height:44px;padding:10px 16px;border-radius:9px;border:1px solid var(--line);background:transparent;color:inherit;cursor:pointer;text-align:start}
button.main{background:var(--accent);border-color:var(--accent);color:var(--on);text-align:center}
button.other{text-align:center}
button:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
button small{display:block;font-weight:400;color:var(--soft)}
ul{list-style:none;margin:0 0 16px;padding:0;border:1px solid var(--line);border-radius:9px}
li{display:flex;flex-wrap:wrap;gap:0 12px;align-items:baseline;justify-content:space-between;padding:9px 14px}li+li{border-top:1px solid var(--line)}
code{font:13px ui-monospace,monospace;color:var(--soft)}
mark{background:var(--accent);color:var(--on);border-radius:5px;padding:1px 7px;font-size:.8rem;margin-inline-start:6px}
dl{margin:0;font-size:.9rem}dt{color:var(--soft)}dd{margin:0 0 8px;overflow-wrap:anywhere}
footer{margin-top:18px;font-size:.85rem;color:var(--soft)}`;

/** Sends the sign-in page: one button per user, `#user-<id>`. */
export function sendLoginPage(res: ServerResponse, view: LoginView): void {
  const buttons = view.users.map((user) => {
    const focus = user.id === (view.hint ?? view.users[0]?.id) ? ' autofocus' : '';
    const here = user.id === view.current ? ' · signed in' : '';
    return `<button id="user-${user.id}" name="user" value="${user.id}"${focus}>Continue as ${escapeHtml(user.name)}<small>${escapeHtml(user.email)}${here}</small></button>`;
  });
  sendPage(
    res,
    200,
    'Sign in',
    `<h1>Sign in</h1><p>to continue to <strong>${escapeHtml(view.clientName)}</strong></p>
<form method="post" action="${escapeHtml(view.action)}">${buttons.join('')}</form>`,
  );
}

/** Sends the consent page with the buttons `#allow` and `#deny`. */
export function sendConsentPage(res: ServerResponse, view: ConsentView): void {
  const scopes = view.scopes.map(
    ({ name, isNew }) =>
      `<li><span>${escapeHtml(scopeMeanings[name] ?? 'Permission')}${isNew ? '<mark>new</mark>' : ''}</span><code>${escapeHtml(name)}</code></li>`,
  );
  const resource = view.resource ? `<dt>At</dt><dd>${escapeHtml(view.resource)}</dd>` : '';
  sendPage(
    res,
    200,
    'Allow access',
    `<h1>Allow <strong id="client-name">${escapeHtml(view.clientName)}</strong>?</h1>
<p>Signed in as ${escapeHtml(view.user.name)}. It asks for:</p>
<ul id="scopes">${scopes.join('')}</ul>
<dl>${resource}<dt>You return to</dt><dd>${escapeHtml(view.redirectUri)}</dd></dl>
<form method="post" action="${escapeHtml(view.action)}">
<button class="main" id="allow" name="decision" value="allow" autofocus>Allow</button>
<button class="other" id="deny" name="decision" value="deny">Deny</button></form>`,
  );
}

/** Sends a page that only says something. */
export function sendMessagePage(res: ServerResponse, status: number, title: string, text: string): void {
  sendPage(res, status, title, `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p>`);
}

/** The document of a page, for those who send it themselves, with the headers it needs. */
export function renderPage(title: string, body: string): { html: string; headers: Record<string, string> } {
  const nonce = randomBytes(16).toString('base64');
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>${escapeHtml(title)} – Sandbox</title>
<style nonce="${nonce}">${style}</style></head><body><main>${body}
<footer>Sandbox issuer. Nobody real is signed in.</footer></main></body></html>`;
  return {
    html,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      // No form-action: it would also forbid the redirect to a custom scheme that answers the form.
      'content-security-policy': `default-src 'none'; style-src 'nonce-${nonce}'; base-uri 'none'; frame-ancestors 'none'`,
    },
  };
}

function sendPage(res: ServerResponse, status: number, title: string, body: string): void {
  const { html, headers } = renderPage(title, body);
  res.writeHead(status, headers).end(html);
}

/** Makes text harmless in HTML text and in quoted attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);
}
