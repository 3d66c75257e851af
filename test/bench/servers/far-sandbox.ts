import { SandboxIssuer } from '../../sandbox/issuer.ts';
import { SandboxMcpServer } from '../../sandbox/mcp-server.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { delayAnswers } from './delay.ts';

/** A real issuer that rotates refresh tokens and a real MCP server, both some way off. */
export async function farSandbox(delayMs: number): Promise<Sandbox> {
  const sandbox = await startSandbox({ consent: 'auto' });
  const { issuer, server } = sandbox;
  if (!(issuer instanceof SandboxIssuer) || !(server instanceof SandboxMcpServer)) {
    throw new Error('another sandbox than expected');
  }
  delayAnswers(issuer.host, delayMs);
  delayAnswers(server.host, delayMs);
  return sandbox;
}

/** What the client asked for, the browser's requests aside. */
export function requestsOf({ requests }: Sandbox): string[] {
  return requests
    .filter(({ host, path }) => host !== 'issuer' || !path.startsWith('/authorize'))
    .map(({ host, method, path }) => `${host} ${method} ${path}`);
}
