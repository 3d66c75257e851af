import type { StorageProtection } from '../../shared/domain/account.ts';
import type { RemoteServer } from '../../shared/domain/server.ts';
import type { ConsentPreview } from '../../shared/domain/sign-in.ts';
import { visibleText } from '../../shared/problems.ts';
import type { Discovery } from '../oauth/discovery.ts';
import type { RedirectKind } from './redirect/choice.ts';

const SCOPES_SHOWN = 100;

/** What the person sees before any browser opens: who will ask for consent, for what, and how it is kept. */
export function consentPreviewOf(
  server: Pick<RemoteServer, 'url'>,
  discovery: Discovery,
  facts: {
    registration: ConsentPreview['registration'];
    redirect: RedirectKind;
    storage: StorageProtection;
  },
): ConsentPreview {
  const { issuer, issuers, protectedResource, resource, scopes, deviations } = discovery;
  return {
    serverUrl: server.url,
    serverName: protectedResource?.name ? visibleText(protectedResource.name, 200) : null,
    issuer: issuer.issuer,
    issuerHost: new URL(issuer.issuer).host,
    issuers,
    resource,
    scopes: scopes?.slice(0, SCOPES_SHOWN).map((scope) => visibleText(scope)) ?? null,
    ...facts,
    deviations,
  };
}
