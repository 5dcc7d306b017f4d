// The state of a run in shape and word, and how far one that runs has come.

import type { Job } from '../../gen/Job';
import type { Progress } from '../../gen/Progress';
import type { RunStatus } from '../../gen/RunStatus';
import type { RunSummary } from '../../gen/RunSummary';
import type { StatusState } from '../../parts/Status.svelte';

export const RUN_STATES: Record<RunStatus, { state: StatusState; word: string }> = {
  running: { state: 'running', word: 'running' },
  finished: { state: 'ok', word: 'finished' },
  failed: { state: 'critical', word: 'failed' },
  killed: { state: 'interrupted', word: 'interrupted' },
};

/**
 * The progress of the job that trains a run. Jobs name their run only when they have ended, so it is the running one
 * on the same data, target and seed that began last before the run did.
 */
export function progressOf(run: RunSummary, jobs: Iterable<Job>): Progress | null {
  if (run.status !== 'running') return null;
  let found: Job | null = null;
  for (const job of jobs) {
    if (job.state !== 'running' || job.started_ms === null || job.started_ms > run.started_ms) continue;
    if (!trains(job, run)) continue;
    if (!found || job.started_ms > (found.started_ms ?? 0)) found = job;
  }
  return found?.progress ?? null;
}

/** `fold 2 of 5`; a phase that counts says how far by itself. */
export function progressWords({ phase, done, total }: Progress): string {
  if (/\d/.test(phase) || total === 0) return phase;
  return `${phase}, ${Math.floor((100 * done) / total)} %`;
}

function trains({ spec }: Job, run: RunSummary): boolean {
  if (spec.job !== 'train') return false;
  const name = run.dataset?.split('@')[0];
  return (
    spec.dataset.split('@')[0] === name &&
    (run.params['target'] ?? spec.target) === spec.target &&
    (run.params['seed'] ?? String(spec.seed)) === String(spec.seed) &&
    (spec.algorithm === null || run.params['algorithm'] === spec.algorithm)
  );
}
