import { expect, it } from 'vitest';
import type { Job } from '../gen/Job';
import { progressUnit, secondsOf, secsLeft } from './jobTime';

const at = (
  done: number,
  total: number,
  ended_ms: number | null = null,
): Pick<Job, 'started_ms' | 'ended_ms' | 'progress'> => ({
  started_ms: 10_000,
  ended_ms,
  progress: { phase: 'reading', done, total },
});

it('a job that has not begun takes no time', () => {
  expect(secondsOf({ started_ms: null, ended_ms: null }, 5)).toBeNull();
  expect(secondsOf({ started_ms: 1000, ended_ms: 4000 }, 9000)).toBe(3);
});

it.each([
  [at(25, 100), 14_000, 12],
  [at(100, 100), 14_000, 0],
  [at(0, 100), 14_000, null],
  [at(25, 0), 14_000, null],
  [at(25, 100), 10_500, null],
  [at(25, 100, 13_000), 14_000, null],
])('what is left of %j at %i ms', (job, now_ms, secs) => expect(secsLeft(job, now_ms)).toBe(secs));

it('imports count bytes, exports rows', () => {
  const spec = { job: 'demo' } as const;
  expect(progressUnit({ spec })).toBe('');
  expect(progressUnit({ spec: { job: 'export', dataset: 'a@1', path: 'a.csv' } })).toBe('rows');
});
