// Runs go to the trash and come back.

import { tellFailure } from '../../domain/failures';
import type { RunSummary } from '../../gen/RunSummary';
import { rpc } from '../../host';
import { plural } from '../../parts/format';
import { toast } from '../../parts/toasts.svelte';

type Named = Pick<RunSummary, 'run_id' | 'name'>;

/** Moves runs to the trash and says so, with Undo; true when all of them went. */
export async function deleteRuns(runs: readonly Named[]): Promise<boolean> {
  const gone: Named[] = [];
  try {
    for (const run of runs) {
      await rpc('trash.delete', { kind: 'run', id: run.run_id });
      gone.push(run);
    }
  } catch (cause) {
    tellFailure(cause, 'delete the run');
  }
  const are = gone.length === 1 ? 'is' : 'are';
  if (gone.length > 0) toast({ text: `${words(gone)} ${are} in the trash`, undo: () => restore(gone) });
  return gone.length === runs.length;
}

async function restore(runs: readonly Named[]): Promise<void> {
  try {
    for (const run of runs) await rpc('trash.restore', { kind: 'run', id: run.run_id });
    toast({ text: runs.length === 1 ? `${words(runs)} is back` : `${words(runs)} are back` });
  } catch (cause) {
    tellFailure(cause, 'take the run back');
  }
}

function words(runs: readonly Named[]): string {
  return runs.length === 1 ? `Run ${runs[0]?.name ?? ''}` : plural(runs.length, 'run');
}
