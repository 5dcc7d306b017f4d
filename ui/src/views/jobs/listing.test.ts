import { expect, it } from 'vitest';
import type { Job } from '../../gen/Job';
import type { JobState } from '../../gen/JobState';
import { secondsOf } from '../../domain/jobTime';
import { mergeJobs, ofShow } from './listing';

const job = (job_id: string, state: JobState, created_ms: number): Job => ({
  job_id,
  title: `import ${job_id}`,
  spec: { job: 'demo' },
  state,
  progress: null,
  warnings: [],
  outcome: null,
  failure: null,
  run_id: null,
  created_ms,
  started_ms: created_ms,
  ended_ms: state === 'done' ? created_ms + 1500 : null,
});

it('what was heard is fresher than what was read, unless that has ended', () => {
  const read = [job('a', 'running', 1), job('b', 'done', 2)];
  const heard = [job('a', 'done', 1), job('b', 'running', 2), job('c', 'waiting', 3)];
  expect(mergeJobs(read, heard).map(({ job_id, state }) => `${job_id} ${state}`)).toEqual([
    'c waiting',
    'b done',
    'a done',
  ]);
});

it.each<[JobState, string[]]>([
  ['waiting', ['all', 'live']],
  ['running', ['all', 'live']],
  ['done', ['all']],
  ['failed', ['all', 'failed']],
  ['interrupted', ['all', 'failed']],
])('%s is shown under %j', (state, shows) => {
  expect((['all', 'live', 'failed'] as const).filter((show) => ofShow({ state }, show))).toEqual(shows);
});

it.each([
  [{ started_ms: null, ended_ms: null }, null],
  [{ started_ms: 1000, ended_ms: 3500 }, 2.5],
  [{ started_ms: 1000, ended_ms: null }, 9],
  [{ started_ms: 20_000, ended_ms: null }, 0],
])('seconds %#', (times, secs) => expect(secondsOf(times, 10_000)).toBe(secs));
