import type { signInCalls } from '../../shared/contract/sign-ins.ts';
import type { HandlerDependencies } from './dependencies.ts';
import type { Handlers } from './router.ts';

export function signInHandlers({ core }: HandlerDependencies): Pick<Handlers, keyof typeof signInCalls> {
  return {
    'sign-ins.begin': (input) => core.signIn(input),
    'sign-ins.confirm': ({ signInId }) => core.desk.confirm(signInId),
    'sign-ins.open-again': ({ signInId }) => core.desk.openAgain(signInId),
    'sign-ins.copy-link': ({ signInId }) => core.desk.copyLink(signInId),
    'sign-ins.paste-callback': ({ signInId }) => core.desk.pasteCallback(signInId),
    'sign-ins.cancel': ({ signInId }) => core.desk.cancel(signInId),
    'sign-ins.dismiss': ({ signInId }) => core.desk.dismiss(signInId),
  };
}
