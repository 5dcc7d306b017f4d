// Reports of runs as files.

import type { RunId } from '../../gen/RunId';
import { Failure, rpcBytes, save, toFailure } from '../../host';
import { toast } from '../../parts/toasts.svelte';

/** Saves one HTML file about these runs, small enough to mail. `name` has no ending. */
export async function saveReport(runs: readonly RunId[], name: string): Promise<void> {
  const file = `${name}.html`;
  try {
    const saved = await save({
      name: file,
      toPath: () => Promise.reject(noPath()),
      toBytes: () => rpcBytes('reports.html', { about: 'runs', runs: [...runs] }),
    });
    if (saved) toast({ text: `${file} is saved` });
  } catch (cause) {
    const failure = toFailure(cause, 'save the report');
    toast({ text: `Cannot ${failure.attempted}: ${failure.wrong}`, note: failure.hint ?? undefined, warning: true });
  }
}

// The host writes charts to a path, and reports only as bytes.
function noPath(): Failure {
  return new Failure({
    code: 'unsupported',
    attempted: 'save the report',
    wrong: 'this window cannot write it to a path',
    hint: 'serve the lab and save the report in a browser',
  });
}
