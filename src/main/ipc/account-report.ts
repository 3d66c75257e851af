import type { GrantEvent } from '../../shared/domain/grant-history.ts';
import { visibleText } from '../../shared/problems.ts';
import type { Core } from '../core.ts';
import type { Views } from './views.ts';

/** Everything known about all accounts and grants, without a secret: for an audit, or for one's own records. */
export async function accountReport(core: Core, views: Views, now: number) {
  const { accounts, servers, registrations, revocations, history } = core;
  const entries = accounts.all().map(async (account) => {
    const { consent, storage, label, issuer, identity, grant, state, addedAt, ...times } =
      await views.account(account);
    const server = servers.get(account.serverId);
    const registration = registrations.get(account.registrationId);
    return {
      server: server ? { name: server.name, ...(server.kind === 'remote' && { url: server.url }) } : null,
      label,
      identity: identity ?? null,
      issuer,
      consent,
      state: state.kind,
      scopesAsked: grant.requestedScopes,
      scopesGranted: grant.grantedScopes,
      resource: grant.resource,
      grantedAt: moment(grant.grantedAt),
      accessTokenExpiresAt: moment(grant.accessTokenExpiresAt),
      renewsByItself: grant.refreshable,
      addedAt: moment(addedAt),
      lastUsedAt: moment(times.lastUsedAt),
      lastRefreshedAt: moment(times.lastRefreshedAt),
      registration: registration
        ? {
            kind: registration.kind,
            clientId: registration.clientId,
            registeredAt: moment(registration.registeredAt),
          }
        : null,
      secretsRest: storage.kind,
      history: (await history.of(account.id)).map(({ at, ...event }) => ({ at: moment(at), ...event })),
    };
  });
  return {
    writtenAt: new Date(now).toISOString(),
    accounts: await Promise.all(entries),
    signOutsNotConfirmed: revocations.views().map(({ label, issuer, queuedAt, attempts }) => ({
      label,
      issuer,
      queuedAt: moment(queuedAt),
      attempts,
    })),
  };
}
export type AccountReport = Awaited<ReturnType<typeof accountReport>>;

/** The report as a document to read. Text from servers can't become markup in it. */
export function reportAsMarkdown(report: AccountReport): string {
  const lines = ['# Accounts in Gatehouse', '', `Written ${report.writtenAt}. Holds no secret.`, ''];
  for (const one of report.accounts) {
    const rows: readonly (readonly [string, string | null | undefined])[] = [
      ['Server', one.server && [one.server.name, one.server.url].filter(Boolean).join(' · ')],
      ['Person', one.identity && (one.identity.email ?? one.identity.name ?? one.identity.subject)],
      ['Issuer', one.issuer],
      ['Consent', one.consent],
      ['Scopes asked', one.scopesAsked?.join(' ')],
      ['Scopes granted', one.scopesGranted?.join(' ')],
      ['Granted', one.grantedAt],
      ['Access token ends', one.accessTokenExpiresAt],
      ['Renews by itself', one.renewsByItself ? 'yes' : 'no'],
      ['Last used', one.lastUsedAt],
      ['Last refreshed', one.lastRefreshedAt],
      ['Registration', one.registration && `${one.registration.kind}, ${one.registration.clientId}`],
      ['Secrets rest', one.secretsRest],
    ];
    lines.push(`## ${plain(one.label)}`, '');
    for (const [name, value] of rows) lines.push(`- ${name}: ${value ? plain(value) : '–'}`);
    lines.push(
      '',
      'History:',
      '',
      ...one.history.map((event) => `- ${event.at}: ${plain(toldOf(event))}`),
      '',
    );
  }
  if (report.signOutsNotConfirmed.length > 0) {
    lines.push('## Sign-outs not confirmed yet', '');
    for (const { label, issuer, queuedAt } of report.signOutsNotConfirmed) {
      lines.push(`- ${plain(label)} at ${plain(issuer)}, since ${queuedAt}`);
    }
    lines.push('');
  }
  return lines.join('\n');
}

function toldOf(event: Omit<GrantEvent, 'at'> & { at: string | null }): string {
  const { kind, at: _, ...rest } = event;
  const facts = Object.entries(rest).flatMap(([name, value]) => {
    if (value === null || value === undefined) return [];
    const shown =
      name === 'lastAt' ? moment(value as number) : Array.isArray(value) ? value.join(' ') : value;
    return [`${name} ${shown}`];
  });
  return [kind, ...facts].join(', ');
}

function moment(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

/** Text of others in a Markdown document: marks that mean something there are escaped. */
function plain(text: string): string {
  return visibleText(text, 4096).replace(/[\\`*_{}[\]<>#|!~]/g, '\\$&');
}
