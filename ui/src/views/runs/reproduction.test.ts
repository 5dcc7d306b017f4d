import { describe, expect, it } from 'vitest';
import type { Job } from '../../gen/Job';
import type { Reproduction } from '../../gen/Reproduction';
import { differences, reproductionJob, reproductionWords } from './reproduction';

const SAME: Reproduction = {
  run_id: 'r',
  identical: true,
  recipe_identical: true,
  model_identical: true,
  predictions_identical: true,
  n_test_rows: 69,
  n_rows_differing: 0,
  max_difference: 0,
  metrics: [],
  environment: [],
  duration_secs: 2,
};

describe('a reproduction in words', () => {
  it('is bit-identical', () => {
    expect(reproductionWords(SAME)).toMatch(/^Bit-identical: .* 69 test rows came out the same to the last bit/);
  });

  it('names what differs and by how much', () => {
    const other = {
      ...SAME,
      identical: false,
      model_identical: false,
      predictions_identical: false,
      n_rows_differing: 3,
      max_difference: 0.25,
      metrics: [{ name: 'test.accuracy', before: 0.9, now: 0.85 }],
      environment: [{ what: 'version of Assay', before: '0.1', now: '0.2' }],
    };
    expect(reproductionWords(other)).toMatch(
      /^Not bit-identical.*: the model and the predictions differ\. 3 of 69 test rows have another answer/,
    );
    expect(differences(other)).toEqual({
      metrics: [{ name: 'test.accuracy', before: '0.9', now: '0.85' }],
      environment: [{ name: 'version of Assay', before: '0.1', now: '0.2' }],
    });
  });

  it('says when only bytes differ', () => {
    expect(reproductionWords({ ...SAME, identical: false, model_identical: false })).toMatch(
      /the model differs\. Every test row has the same answer\.$/,
    );
  });
});

it('finds the job that reproduces a run', () => {
  const job = (job_id: string, run_id: string, created_ms: number): Job => ({
    job_id,
    title: '',
    spec: { job: 'reproduce', run_id },
    state: 'done',
    progress: null,
    warnings: [],
    run_id: null,
    outcome: null,
    failure: null,
    created_ms,
    started_ms: null,
    ended_ms: null,
  });
  const jobs = [job('a', 'r', 1), job('b', 'r', 3), job('c', 'other', 9)];
  expect(reproductionJob('r', null, jobs)?.job_id).toBe('b');
  expect(reproductionJob('r', 'a', jobs)?.job_id).toBe('a');
  expect(reproductionJob('none', null, jobs)).toBeNull();
});
