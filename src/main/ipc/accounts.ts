import type { accountCalls } from '../../shared/contract/accounts.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function accountHandlers({ core }: HandlerDependencies): Pick<Handlers, keyof typeof accountCalls> {
  return {
    'accounts.refresh': ({ accountId }) => core.keeper.refreshNow(accountId),
    'accounts.rename': ({ accountId, label }) =>
      core.accounts.put({ ...core.accounts.require(accountId), label }),
    'accounts.sign-out': ({ accountId }) => core.signOut(accountId),
    'registrations.forget': ({ registrationId }) => core.forgetRegistration(registrationId),
  };
}
