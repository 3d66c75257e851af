import { Core } from '../../src/main/core.ts';
import { resolveHost } from '../../src/main/network/resolve-host.ts';
import { systemClock, systemRandomness, systemScheduler } from '../../src/main/ports.ts';
import type { Connection } from '../../src/main/servers/connection.ts';
import { MoreScopeNeeded } from '../../src/main/servers/sign-in-needed.ts';
import { memoryOnlyBox } from '../../src/main/vault/secret-box.ts';
import type { EventPayload } from '../../src/shared/contract/events.ts';
import type { Server } from '../../src/shared/domain/server.ts';
import { describeProblem, type Problem, ProblemError, problemOf } from '../../src/shared/problems.ts';
import { followRedirects } from '../drive/follow-browser.ts';
import type { Scenario } from './scenario.ts';
import { secretsFor, settingsFor } from './server-settings.ts';
import { plannedCalls, type ToolCall } from './tool-calls.ts';

/** The suite's issuers know this metadata document and no other. */
const CLIENT_METADATA_URL = 'https://conformance-test.local/client-metadata.json';

/** How often a person would agree to grant more for one request. */
const STEP_UPS = 1;

/** The product's core in front of one of the suite's servers, with somebody who agrees to what is asked. */
export class ConformanceHost {
  readonly #scenario: Scenario;
  readonly #folder: string;
  readonly #core: Core;

  /** @param folder absolute path of an empty folder, the user data of this run */
  constructor(scenario: Scenario, folder: string) {
    this.#scenario = scenario;
    this.#folder = folder;
    this.#core = new Core({
      folder,
      secretBox: memoryOnlyBox('A scenario leaves nothing behind.'),
      resolveHost,
      fetch,
      clock: systemClock,
      scheduler: systemScheduler,
      randomness: systemRandomness,
      browser: { open: (url) => this.#visit(url) },
      clipboard: { readText: async () => '', writeText: async () => undefined },
      schemeHandler: { isRegistered: async () => false },
      clientMetadataUrl: CLIENT_METADATA_URL,
    });
    this.#core.events.listen((event, payload) => {
      // Agrees to everything and fills in nothing: what is missing must come from the question's defaults.
      if (event !== 'elicitation.changed') return;
      const { id } = payload as EventPayload<'elicitation.changed'>;
      this.#core.features.elicitations.answer(id, { action: 'accept', content: {} });
    });
  }

  /** Connects, signs in where that is asked for, and uses what the server offers. */
  async play(): Promise<void> {
    const { serverUrl, context, name } = this.#scenario;
    await this.#core.load();
    const settings = await settingsFor(this.#scenario, this.#folder);
    const server = await this.#core.addServer(serverUrl, name || 'conformance', settings);
    await this.#core.vault.write(server.id, await secretsFor(this.#scenario));
    try {
      await this.#withConsent(server, (connection) => connection.client());
      const { catalog } = this.#core.features;
      const { entries: tools } = await this.#withConsent(server, (connection) => catalog.tools(connection));
      for (const call of plannedCalls(tools, context)) await this.#call(server, call);
      await this.#readTheRest(server);
    } finally {
      await this.#core.stop();
    }
  }

  async #call(server: Server, { name, arguments: values }: ToolCall): Promise<void> {
    await this.#withConsent(server, async (connection) => {
      const outcome = await this.#core.calls.call(connection, {
        callId: systemRandomness.id(),
        name,
        arguments: values,
      });
      if (outcome.kind !== 'problem') return;
      if (needsConsent(outcome.problem)) throw new ProblemError(outcome.problem);
      // A tool that fails is the server's business; the next one is called all the same.
      report(outcome.problem);
    });
  }

  /** Resources and prompts: the scenarios look at the headers of every request. */
  async #readTheRest(server: Server): Promise<void> {
    const connection = this.#connection(server);
    const { catalog, resources, prompts } = this.#core.features;
    const attempt = (run: () => Promise<unknown>) =>
      run().catch((error: unknown) => report(problemOf(error)));
    await attempt(async () => {
      const { entries } = await catalog.resources(connection);
      for (const { uri } of entries) await resources.read(connection, uri);
    });
    await attempt(async () => {
      const { entries } = await catalog.prompts(connection);
      for (const { name } of entries) await prompts.get(connection, name, {});
    });
  }

  /** Runs a request; signs in when that helps, and grants more at most {@link STEP_UPS} times. */
  async #withConsent<T>(server: Server, request: (connection: Connection) => Promise<T>): Promise<T> {
    let signIns = 0;
    let stepUps = 0;
    for (;;) {
      try {
        return await request(this.#connection(server));
      } catch (error) {
        const { problem } = error as ProblemError;
        if (!problem || !needsConsent(problem)) throw error;
        if (problem.code === 'scope-insufficient' ? stepUps++ >= STEP_UPS : signIns++ >= 1) throw error;
        await this.#signIn(server, error);
      }
    }
  }

  async #signIn(server: Server, reason: unknown): Promise<void> {
    const account = this.#core.accounts.ofServer(server.id)[0] ?? null;
    const state = account?.state;
    const extraScopes =
      reason instanceof MoreScopeNeeded
        ? reason.scopes
        : state?.kind === 'insufficient'
          ? state.wantedScopes
          : [];
    const { id } = this.#core.signIn({
      serverId: server.id,
      accountId: account?.id ?? null,
      confirmed: true,
      extraScopes,
    });
    const ended = await this.#core.desk.ended(id);
    if (ended?.status.kind === 'failed') throw new ProblemError(ended.status.problem);
  }

  #connection(server: Server): Connection {
    const account = this.#core.accounts.ofServer(server.id)[0] ?? null;
    return this.#core.connection(server.id, account?.id ?? null);
  }

  async #visit(url: URL): Promise<void> {
    // The sign-in waits for the answer meanwhile, so nothing here may take its place.
    void followRedirects(url, fetch).then((outcome) => {
      if (outcome.kind === 'delivered') return;
      console.error('The browser did not come back:', outcome);
      for (const { id } of this.#core.desk.views()) this.#core.desk.cancel(id);
    });
  }
}

function needsConsent({ code }: Problem): boolean {
  return [
    'sign-in-needed',
    'grant-expired',
    'grant-revoked',
    'token-not-accepted',
    'scope-insufficient',
  ].includes(code);
}

function report(problem: Problem): void {
  console.error(describeProblem(problem).sentence, problem.detail ?? '');
}
