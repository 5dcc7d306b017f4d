// Which jobs stand in the list, and in what order.

import type { Job } from '../../gen/Job';

export const SHOWS = [
  { value: 'all', text: 'All' },
  { value: 'live', text: 'At work' },
  { value: 'failed', text: 'Failed', title: 'Failed or interrupted' },
] as const;

export type Show = (typeof SHOWS)[number]['value'];

export function isLive(job: Pick<Job, 'state'>): boolean {
  return job.state === 'running' || job.state === 'waiting';
}

export function ofShow(job: Pick<Job, 'state'>, show: Show): boolean {
  if (show === 'live') return isLive(job);
  return show === 'all' || job.state === 'failed' || job.state === 'interrupted';
}

/** What was read and what was heard, the newest first. The events are fresher, but one that has ended stays ended. */
export function mergeJobs(read: readonly Job[], heard: readonly Job[]): Job[] {
  const byId = new Map(read.map((job) => [job.job_id, job]));
  for (const job of heard) {
    const known = byId.get(job.job_id);
    if (!known || isLive(known)) byId.set(job.job_id, job);
  }
  return [...byId.values()].sort((a, b) => b.created_ms - a.created_ms || (a.job_id < b.job_id ? 1 : -1));
}
