/**
 * The process that is killed: the whole core at work on a folder, renewing tokens, calling tools and signing
 * in without end. Started by the crash test, over whose channel it gets its order.
 */
import { once } from 'node:events';
import { flushCompileCache } from 'node:module';
import { BusyPerson } from './busy-person.ts';
import { coreOnFolder, openLink } from './core-on-folder.ts';
import type { FromProcess, Order, ToProcess } from './messages.ts';
import { Seeded } from './seeded.ts';

const tell = (message: FromProcess): void => void process.send?.(message);

// Whoever started this is gone: there is nobody left to kill it.
process.once('disconnect', () => process.exit());
// Killed processes never write their compile cache; the first one does it here for all.
flushCompileCache();
tell({ kind: 'ready' });
const [first] = (await once(process, 'message')) as [ToProcess];
if (first.kind !== 'go') throw new Error(`expected an order, not ${first.kind}`);
await work(first.order);

async function work({ folder, work, seed }: Order): Promise<void> {
  const core = coreOnFolder(folder, (url) => tell({ kind: 'open-browser', url: url.href }));
  process.on('message', (message: ToProcess) => {
    if (message.kind === 'link') openLink(core, message.link);
  });
  for (const notice of await core.load()) {
    tell({ kind: 'went-wrong', what: `notice at start: ${notice.code} ${JSON.stringify(notice.params)}` });
  }
  await core.start();
  const person = new BusyPerson(core, new Seeded(seed), tell);
  await Promise.all([
    work === 'sign-ins' ? null : person.moveTokens(),
    work === 'tokens' ? null : person.signIn(),
  ]);
}
