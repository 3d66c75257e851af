import type { SignOutReport } from '../../shared/contract/accounts.ts';
import type { Account } from '../../shared/domain/account.ts';
import type { Registration } from '../../shared/domain/registration.ts';
import { describeProblem, problemOf } from '../../shared/problems.ts';
import type { ProtocolContext } from '../oauth/context.ts';
import type { IssuerMetadata } from '../oauth/issuer-metadata.ts';
import { deleteRegistration } from '../oauth/registration-management.ts';
import { revokeToken } from '../oauth/revocation.ts';
import type { TraceHandle } from '../trace/recorder.ts';
import type { AccountBook } from './account-book.ts';
import type { RegistrationBook } from './registration-book.ts';
import type { TokenKeeper } from './token-keeper.ts';

export interface SignOutDependencies {
  readonly accounts: AccountBook;
  readonly registrations: RegistrationBook;
  readonly keeper: TokenKeeper;
  readonly trace: (account: Account) => TraceHandle;
  /** The protocol's view of the world, held to what the subject's server may lead to. */
  readonly protocol: (trace: TraceHandle, subject: Account | Registration) => Promise<ProtocolContext>;
  readonly issuer: (context: ProtocolContext, issuer: string) => Promise<IssuerMetadata>;
}

/** Takes consent back: at the issuer first (RFC 7009), then here. */
export class SignOut {
  readonly #deps: SignOutDependencies;

  constructor(dependencies: SignOutDependencies) {
    this.#deps = dependencies;
  }

  /**
   * Revokes an account's tokens at its issuer, then deletes them here. The account is gone afterwards,
   * whatever the issuer answered; the report says what it confirmed.
   * @throws ProblemError `account-unknown`; `secrets-not-deleted`, and then the account is still shown
   */
  async account(accountId: string): Promise<SignOutReport> {
    const { accounts, keeper } = this.#deps;
    const account = accounts.require(accountId);
    const trace = this.#deps.trace(account);
    const outcome = await this.#revoke(account, trace);
    await keeper.forget(accountId);
    await accounts.remove(accountId);
    if (outcome.revocation === 'failed') trace.cancel();
    else trace.succeed();
    return { accountId, label: account.label, ...outcome };
  }

  /**
   * Deletes a registration at its issuer where it offers that (RFC 7592 §2.3), then here.
   * @throws ProblemError when the issuer refused; the registration is then still here
   */
  async registration(registrationId: string, trace: TraceHandle): Promise<void> {
    const { registrations } = this.#deps;
    const registration = registrations.get(registrationId);
    if (!registration) return;
    const management = await registrations.management(registrationId);
    if (management) {
      const context = await this.#deps.protocol(trace, registration);
      await deleteRegistration(context, {
        issuer: await this.#deps.issuer(context, registration.issuer),
        registrationClientUri: management.uri,
        registrationAccessToken: management.accessToken,
      });
    } else {
      trace.note('The issuer offers no way to delete a registration; it is forgotten here only.');
    }
    await registrations.drop(registrationId);
  }

  async #revoke(account: Account, trace: TraceHandle): Promise<Pick<SignOutReport, 'revocation' | 'detail'>> {
    const { keeper, registrations } = this.#deps;
    const secrets = await keeper.release(account.id);
    if (!secrets || account.state.kind === 'revoked') {
      return { revocation: 'nothing-to-revoke', detail: null };
    }
    trace.learn(secrets.accessToken, secrets.refreshToken);
    try {
      const context = await this.#deps.protocol(trace, account);
      const issuer = await this.#deps.issuer(context, account.issuer);
      const credentials = await registrations.credentials(account.registrationId);
      if (!credentials) return { revocation: 'failed', detail: 'The client registration is gone.' };
      // The refresh token first: issuers end the whole grant with it (RFC 7009 §2.1).
      const refresh = secrets.refreshToken
        ? await revokeToken(context, issuer, credentials, secrets.refreshToken, 'refresh_token')
        : 'not-offered';
      const access = await revokeToken(context, issuer, credentials, secrets.accessToken, 'access_token');
      const confirmed = refresh === 'confirmed' || access === 'confirmed';
      return { revocation: confirmed ? 'confirmed' : 'not-offered', detail: null };
    } catch (error) {
      const problem = trace.redactProblem(problemOf(error));
      return { revocation: 'failed', detail: describeProblem(problem).sentence };
    }
  }
}
