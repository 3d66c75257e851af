import type { SignInView } from '../../../shared/domain/sign-in.ts';

const over = ({ status }: SignInView) =>
  status.kind === 'succeeded' || status.kind === 'failed' || status.kind === 'cancelled';

/**
 * The sign-ins of a server worth showing, newest first: all that run, and of those that are over
 * the one that no later attempt for the same account has replaced.
 */
export function shownSignIns(signIns: Iterable<SignInView>, serverId: string): SignInView[] {
  const own = [...signIns]
    .filter((signIn) => signIn.serverId === serverId)
    .sort((a, b) => b.startedAt - a.startedAt);
  return own.filter(
    (signIn, index) =>
      !over(signIn) || !own.slice(0, index).some(({ accountId }) => accountId === signIn.accountId),
  );
}

/** A sign-in with the earlier ones it has replaced: whoever is done with it is done with those. */
export function withReplaced(signIns: Iterable<SignInView>, last: SignInView): SignInView[] {
  return [...signIns].filter(
    (signIn) =>
      signIn.id === last.id ||
      (over(signIn) &&
        signIn.serverId === last.serverId &&
        signIn.accountId === last.accountId &&
        signIn.startedAt <= last.startedAt),
  );
}
