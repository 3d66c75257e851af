import { lookup } from 'node:dns/promises';

/**
 * All addresses a host name stands for now, by the system's resolver.
 * @throws the resolver's error when there is none
 */
export async function resolveHost(host: string): Promise<readonly string[]> {
  return (await lookup(host, { all: true })).map(({ address }) => address);
}
