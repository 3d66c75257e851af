import * as z from 'zod';

/** What the suite tells a client about the scenario it plays, beyond the server's address. */
const context = z.object({
  client_id: z.string().optional(),
  client_secret: z.string().optional(),
  /** Issuer a pre-registered client belongs to. */
  issuer: z.string().optional(),
  private_key_pem: z.string().optional(),
  signing_algorithm: z.string().optional(),
  idp_client_id: z.string().optional(),
  idp_id_token: z.string().optional(),
  idp_issuer: z.string().optional(),
  valid_jwt: z.string().optional(),
  toolCalls: z
    .array(z.object({ name: z.string(), arguments: z.record(z.string(), z.unknown()).default({}) }))
    .optional(),
});
export type ScenarioContext = z.infer<typeof context>;

export interface Scenario {
  readonly name: string;
  readonly serverUrl: string;
  readonly context: ScenarioContext;
}

/** Reads the scenario as the suite hands it over: address as the last argument, the rest in the environment. */
export function readScenario(argv: readonly string[], environment: NodeJS.ProcessEnv): Scenario {
  const serverUrl = argv.at(-1);
  if (!serverUrl) throw new Error('The server’s address is missing: this client is started by the suite.');
  return {
    name: environment.MCP_CONFORMANCE_SCENARIO ?? '',
    serverUrl,
    context: context.parse(JSON.parse(environment.MCP_CONFORMANCE_CONTEXT ?? '{}')),
  };
}
