// How long jobs have taken and will take.

import type { Job } from '../gen/Job';

/** Under this, how long a job has taken says nothing about how long it will. */
const LEAST_SECS = 1;
const LEAST_SHARE = 0.01;

/** Seconds from the start to the end, or to `now_ms` while it runs; null for one that has not begun. */
export function secondsOf(job: Pick<Job, 'started_ms' | 'ended_ms'>, now_ms: number): number | null {
  if (job.started_ms === null) return null;
  return Math.max(0, ((job.ended_ms ?? now_ms) - job.started_ms) / 1000);
}

/** Seconds until the end if it goes on as it went so far; null while nobody can tell. */
export function secsLeft(job: Pick<Job, 'started_ms' | 'ended_ms' | 'progress'>, now_ms: number): number | null {
  const secs = secondsOf(job, now_ms);
  if (secs === null || job.ended_ms !== null || secs < LEAST_SECS || !job.progress) return null;
  const { done, total } = job.progress;
  const share = total > 0 ? Math.min(1, done / total) : 0;
  return share < LEAST_SHARE ? null : (secs * (1 - share)) / share;
}

/** What `done` and `total` of a job's progress count. */
export function progressUnit(job: Pick<Job, 'spec'>): 'bytes' | 'rows' | '' {
  switch (job.spec.job) {
    case 'import':
      return 'bytes';
    case 'export':
    case 'predict':
      return 'rows';
    default:
      return '';
  }
}
