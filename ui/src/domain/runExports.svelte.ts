// Runs written into an archive: a job whose progress is told until it has ended.

import { SvelteSet } from 'svelte/reactivity';
import { liveJobs } from '../data';
import type { RunExportSpec } from '../gen/RunExportSpec';
import type { RunQuery } from '../gen/RunQuery';
import { rpc } from '../host';
import { dismiss, toast } from '../parts/toasts.svelte';
import { clock } from './clock.svelte';
import { fileName } from './importing.svelte';
import { secsLeft } from './jobTime';

/** Rows that are asked for at once when all that match are named one by one. */
const WINDOW_RUNS = 10_000;

/** Begins to write the archive; how it ended is said as of every job. Rejects when it cannot begin. */
export async function exportRuns(spec: RunExportSpec): Promise<void> {
  const { job_id } = await rpc('runs.export', spec);
  const toast_id = toast({
    text: `Exporting runs to \`${fileName(spec.path)}\``,
    busy: () => {
      const job = liveJobs.get(job_id);
      return job?.progress ? { ...job.progress, secs_left: secsLeft(job, clock(true)) } : null;
    },
    act: { text: 'Cancel', run: () => void rpc('jobs.cancel', { job_id }).catch(() => undefined) },
  });
  const stop = $effect.root(() => {
    $effect(() => {
      const state = liveJobs.get(job_id)?.state;
      if (state === undefined || state === 'waiting' || state === 'running') return;
      dismiss(toast_id);
      stop();
    });
  });
}

/** The ids of all runs that a query finds, but for some. */
export async function idsOf(query: RunQuery, except: readonly string[]): Promise<string[]> {
  const left = new SvelteSet(except);
  const ids: string[] = [];
  for (let offset = 0; ; offset += WINDOW_RUNS) {
    const page = await rpc('runs.list', {
      ...query,
      tree: false,
      columns: [],
      skip_names: true,
      offset,
      limit: WINDOW_RUNS,
    });
    for (const { run_id } of page.runs) if (!left.has(run_id)) ids.push(run_id);
    if (page.runs.length < WINDOW_RUNS) return ids;
  }
}
