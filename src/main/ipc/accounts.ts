import type { accountCalls } from '../../shared/contract/accounts.ts';
import { accountReport, reportAsMarkdown } from './account-report.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function accountHandlers({
  core,
  views,
  files,
  clipboard,
  clock,
}: HandlerDependencies): Pick<Handlers, keyof typeof accountCalls> {
  return {
    'accounts.refresh': ({ accountId }) => core.keeper.refreshNow(accountId),
    'accounts.rename': ({ accountId, label }) =>
      core.accounts.put({ ...core.accounts.require(accountId), label }),
    'accounts.history': ({ accountId }) => core.history.of(core.accounts.require(accountId).id),
    'accounts.decline-scopes': ({ accountId, scopes }) => core.stepUps.decline(accountId, scopes),
    'accounts.sign-out': ({ accountId, forgetRegistration }) =>
      core.leaving.signOut(accountId, { forgetRegistration }),
    'accounts.sign-out-all': (scope) => core.leaving.signOutAll(scope),
    'accounts.export': async ({ format }) => {
      const report = await accountReport(core, views, clock.now());
      const day = report.writtenAt.slice(0, 10);
      return format === 'json'
        ? files.save(`gatehouse-accounts-${day}.json`, `${JSON.stringify(report, null, 2)}\n`)
        : files.save(`gatehouse-accounts-${day}.md`, reportAsMarkdown(report));
    },
    'revocations.retry': async ({ revocationId }) =>
      (await core.revocations.attempt(revocationId)).revocation,
    'revocations.cancel': ({ revocationId }) => core.revocations.cancel(revocationId),
    'registrations.copy-client-id': async ({ registrationId }) => {
      const registration = core.registrations.get(registrationId);
      if (registration) await clipboard.writeText(registration.clientId);
    },
    'registrations.forget': ({ registrationId }) => core.leaving.forgetRegistration(registrationId),
  };
}
