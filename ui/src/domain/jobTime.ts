// How long jobs have taken and will take.

import type { Job } from '../gen/Job';

/** Seconds from the start to the end, or to `now_ms` while it runs; null for one that has not begun. */
export function secondsOf(job: Pick<Job, 'started_ms' | 'ended_ms'>, now_ms: number): number | null {
  if (job.started_ms === null) return null;
  return Math.max(0, ((job.ended_ms ?? now_ms) - job.started_ms) / 1000);
}
