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

/** Of a run that was killed because its user said so. */
export const CANCELLED: { state: StatusState; word: string } = { state: 'notrun', word: 'cancelled' };

/** The progress of the job that trains a run; null when it does not run. */
export function progressOf(run: Pick<RunSummary, 'run_id' | 'status'>, jobs: Iterable<Job>): Progress | null {
  return jobOf(run, jobs)?.progress ?? null;
}

/** The job that trains a run now. */
export function jobOf({ run_id, status }: Pick<RunSummary, 'run_id' | 'status'>, jobs: Iterable<Job>): Job | null {
  if (status !== 'running') return null;
  for (const job of jobs) if (job.run_id === run_id && job.state === 'running') return job;
  return null;
}

/** `fold 2 of 5`; a phase that counts says how far by itself. */
export function progressWords({ phase, done, total }: Progress): string {
  if (/\d/.test(phase) || total === 0) return phase;
  return `${phase}, ${Math.floor((100 * done) / total)} %`;
}
