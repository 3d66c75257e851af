import { join } from 'node:path';
import * as z from 'zod';
import { id } from '../../../shared/domain/identifiers.ts';
import { Book } from '../../store/book.ts';
import { ListFile } from '../../store/list-file.ts';
import type { ProcessTable } from './process-table.ts';
import type { TreeEnding } from './process-tree.ts';

const runningProcess = z.object({
  /** Also the mark in its environment. */
  id,
  program: z.string(),
  /** Null until it is started: an app that is killed in between finds it by its mark. */
  pid: z.number().int().positive().nullable(),
  /** The system's word for when it was started; tells it from a later process of the same number. */
  startedAt: z.string().nullable(),
});
export type RunningProcess = z.infer<typeof runningProcess>;

/**
 * Which programs of local servers run now, on disk: an app that was killed ends at its next start what it
 * left behind, and nothing else.
 */
export class RunningProcesses extends Book<RunningProcess> {
  readonly #table: ProcessTable;
  readonly #ending: TreeEnding;

  /** @param folder absolute path of the user data folder */
  constructor(folder: string, table: ProcessTable, ending: TreeEnding) {
    super(new ListFile({ path: join(folder, 'processes.json'), schema: z.array(runningProcess) }));
    this.#table = table;
    this.#ending = ending;
  }

  /** Notes a process that was started just now. */
  async started(mark: string, pid: number): Promise<void> {
    const startedAt = await this.#table.startOf(pid);
    await this.change(mark, (entry) => ({ ...entry, pid, startedAt }));
  }

  /** Ends what an earlier run left behind, and forgets it. Call before anything new is started. */
  async endLeftovers(): Promise<void> {
    for (const { id: mark, pid, startedAt } of this.all()) {
      // A number may belong to somebody else by now; only the same start makes it the same process.
      const isSame = pid !== null && startedAt !== null && (await this.#table.startOf(pid)) === startedAt;
      if (isSame) await this.#ending.kill({ pid, mark });
      // The leader may be gone, and what it started still there.
      else await this.#ending.killMembers({ group: null, mark });
      await this.remove(mark);
    }
  }
}
