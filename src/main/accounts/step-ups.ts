import type { ToolCallOutcome } from '../../shared/domain/tool.ts';
import { failure, visibleText } from '../../shared/problems.ts';
import type { Clock } from '../ports.ts';
import type { AccountBook } from './account-book.ts';
import { ASKED_PER_HOUR, afterAsking, afterDeclining, decideStepUp, type StepUpDecision } from './step-up.ts';

export interface StepUpsDependencies {
  readonly accounts: AccountBook;
  readonly clock: Clock;
}

/** What happens when a server wants more scopes in the middle of a call (MCP authorization, step-up flow). */
export class StepUps {
  readonly #deps: StepUpsDependencies;

  constructor(dependencies: StepUpsDependencies) {
    this.#deps = dependencies;
  }

  /**
   * What a call comes to when the server wanted more scopes: a question to the person, unless they said no
   * before or were asked too often. Any other outcome is returned as it is.
   * @param accountId null: the call went out without an account
   */
  async offer(accountId: string | null, tool: string, outcome: ToolCallOutcome): Promise<ToolCallOutcome> {
    const { accounts } = this.#deps;
    if (outcome.kind !== 'problem' || outcome.problem.code !== 'scope-insufficient') return outcome;
    const account = accountId === null ? undefined : accounts.get(accountId);
    if (account?.state.kind !== 'insufficient') return outcome;
    const state = { ...account.state, wantedBy: visibleText(tool) };
    await accounts.change(account.id, (one) => ({ ...one, state }));
    const { wantedScopes } = state;
    const decision = await this.#decide(account.id, wantedScopes);
    switch (decision.kind) {
      case 'ask':
        return { kind: 'more-scope', wantedScopes, newScopes: decision.newScopes };
      case 'declined': {
        const scopes = decision.scopes.join(' ');
        return { kind: 'problem', problem: failure('scope-declined', { tool, scopes }).problem };
      }
      case 'too-often': {
        const host = new URL(account.grant.resource ?? account.issuer).host;
        const times = String(ASKED_PER_HOUR);
        return { kind: 'problem', problem: failure('step-up-limit', { host, times }).problem };
      }
    }
  }

  /** The person does not want to grant these scopes: no call asks for them again. */
  async decline(accountId: string, scopes: readonly string[]): Promise<void> {
    const { accounts, clock } = this.#deps;
    const now = clock.now();
    await accounts.change(accountId, (one) => ({
      ...one,
      stepUps: afterDeclining(one.stepUps, scopes, now),
    }));
  }

  /** Asking is remembered. */
  async #decide(accountId: string, wanted: readonly string[]): Promise<StepUpDecision> {
    const { accounts, clock } = this.#deps;
    const now = clock.now();
    const decision = decideStepUp(accounts.require(accountId), wanted, now);
    if (decision.kind === 'ask') {
      await accounts.change(accountId, (one) => ({ ...one, stepUps: afterAsking(one.stepUps, now) }));
    }
    return decision;
  }
}
