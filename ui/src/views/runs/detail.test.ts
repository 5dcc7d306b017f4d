import { describe, expect, it } from 'vitest';
import type { Job } from '../../gen/Job';
import type { MetricSummary } from '../../gen/MetricSummary';
import type { ParityReport } from '../../gen/ParityReport';
import type { Step } from '../../gen/Step';
import type { TrainSpec } from '../../gen/TrainSpec';
import {
  againOfParams,
  againQuery,
  clientFacts,
  description,
  fittedFact,
  gitWords,
  metricFacts,
  parityWords,
  splitWords,
  stepWords,
  suggestModel,
  tagFacts,
} from './detail';
import { run } from './sample.test-support';
import { progressOf, progressWords } from './status';

const point = (key: string, last: number, n = 1): MetricSummary => ({
  key,
  last,
  min: last - 0.1,
  max: last,
  best_step: 7,
  n,
});

describe('tags of a run', () => {
  const TAGS = {
    team: 'risk',
    'mlflow.note.content': ' Second attempt.\n',
    'mlflow.user': 'ada',
    'mlflow.source.name': '/home/ada/fit.py',
    'mlflow.source.git.commit': '0123456789abcdef',
    'assay.imported': 'yes',
    area: 'fraud',
  };
  it('that people set stand by themselves', () =>
    expect(tagFacts(TAGS).map(({ name, value }) => [name, value])).toEqual([
      ['area', 'fraud'],
      ['team', 'risk'],
    ]));
  it('of a client say who logged it, and from where', () => {
    expect(clientFacts(TAGS).map(({ name, value }) => [name, value])).toEqual([
      ['user', 'ada'],
      ['source', 'fit.py'],
      ['commit', '01234567'],
    ]);
    expect(clientFacts({})).toEqual([]);
  });
  it('hold what was written about it', () => {
    expect(description(TAGS)).toBe('Second attempt.');
    expect(description({})).toBe('');
  });
});

const PARITY: ParityReport = {
  schema: 1,
  rows: 69,
  max_abs_diff: 2.4e-7,
  max_rel_diff: 2.4e-7,
  label_flips: 0,
  tolerance: 1e-5,
  passed: true,
  n_exact: 51,
  log10_differences: { edges: [-12, 0], counts: [18], n_below: 0, n_above: 0 } as ParityReport['log10_differences'],
  worst_rows: [],
  runtime: 'onnxruntime 1.31.1',
  parts: null,
};

describe('the page of a run', () => {
  it('tells test metrics with their cross-validation, and others with their range', () => {
    const summaries = [
      point('cv.accuracy', 0.9, 5),
      point('cv.accuracy.mean', 0.91),
      point('cv.accuracy.std', 0.02),
      point('loss', 0.25, 100),
      point('test.accuracy', 0.95),
      point('test.rmse', 299.123),
    ];
    expect(metricFacts(summaries)).toEqual({
      told: [
        { name: 'accuracy', value: '0.9500', note: 'cv 0.9100 ± 0.0200' },
        { name: 'rmse', value: '299.1' },
      ],
      others: [{ name: 'loss', value: '0.25', note: '0.15 to 0.25, best at 7' }],
    });
  });

  it.each([
    [
      PARITY,
      'The exported file answers as the trained model does: 69 rows compared, no label flips, the largest difference is 2.4e−7, the tolerance 1e−5.',
    ],
    [
      { ...PARITY, max_rel_diff: 0, rows: 1 },
      'The exported file answers as the trained model does: 1 row compared, no label flips, every answer is equal.',
    ],
    [
      { ...PARITY, passed: false, label_flips: 3, max_rel_diff: 0.2 },
      'The exported file does not answer as the trained model does: 69 rows compared, 3 labels of them differ, the largest difference is 2e−1, the tolerance 1e−5.',
    ],
  ])('says how far the exported file agrees', (parity, words) => expect(parityWords(parity)).toBe(words));

  it.each<[Step, string]>([
    [
      { step: 'impute', columns: ['a', 'b'], strategy: { strategy: 'median' }, indicator: false },
      'Fill what is missing in `a` and `b` with the median',
    ],
    [
      { step: 'impute', columns: ['a'], strategy: { strategy: 'constant', value: '0' }, indicator: true },
      'Fill what is missing in `a` with `0`, and say so in a feature',
    ],
    [{ step: 'standardise', columns: ['a', 'b', 'c'] }, 'Standardise `a`, `b` and `c`'],
    [
      { step: 'one_hot', columns: ['a'], max_categories: 32, min_count: 0, rare: null },
      'One column a category for `a`, at most 32',
    ],
    [{ step: 'date_parts', columns: ['a'], parts: ['year', 'day_of_year'] }, 'Take year, day of year of `a`'],
    [{ step: 'ordinal', columns: ['a'], order: ['low', 'high'] }, 'Number the categories of `a`, low < high'],
    [{ step: 'tfidf', columns: ['a'], max_words: 64, min_count: 2 }, 'One column a word for `a`, at most 64'],
    [
      { step: 'pca', columns: [], n_components: 5, variance: 0.9 },
      'Replace all columns by principal components, at most 5, that hold 90 % of the variance',
    ],
    [{ step: 'passthrough', columns: ['a', 'b'] }, 'Take `a` and `b` as they are'],
  ])('says what a step does', (step, words) => expect(stepWords(step)).toBe(words));

  it('says what a step learnt, where it ran and what was held out', () => {
    expect(fittedFact({ step: 'standardise', column: 'a', mean: 44.452, std: 5.1 }).value).toBe('44.45 ± 5.1');
    expect(fittedFact({ step: 'one_hot', column: 'a', categories: ['x', 'y'], rare: null })).toEqual({
      name: 'a',
      value: '2 categories',
      title: 'x, y',
    });
    const pca = { name: 'pca', columns: ['a', 'b'], means: [0, 0], components: [[0.6, 0.8]], shares: [0.75] };
    expect(fittedFact({ step: 'pca', ...pca })).toEqual({
      name: 'pca',
      value: '1 component',
      note: '75 % of the variance',
      title: 'a, b',
    });
    const spec = { split: { method: 'time', test_fraction: 0.25 }, cv_folds: 5 };
    expect(splitWords(spec as Parameters<typeof splitWords>[0])).toBe('time, 25 % held out, 5 folds on the rest');
    const environment = { assay: '', os: '', arch: '', n_threads: 1, onnx_runtime: '', cpu_features: [] };
    expect(gitWords({ ...environment, git_commit: '1a2b3c4d5e', git_dirty: true })).toBe('1a2b3c4d with changes');
    expect(gitWords({ ...environment, git_commit: null, git_dirty: null })).toBeNull();
  });

  it('fills the training page with what made it', () => {
    const RUN = 'f'.repeat(32);
    const spec: TrainSpec = {
      schema: 1,
      dataset: 'penguins@2',
      target: 'species',
      algorithm: null,
      params: { max_depth: 4, bootstrap: false },
      recipe: null,
      split: { method: 'auto', test_fraction: 0.25 },
      cv_folds: null,
      seed: 7,
      experiment: 'trees',
      run_name: 'x',
    };
    expect(againQuery(spec, RUN)).toEqual({
      dataset: 'penguins@2',
      target: 'species',
      split: 'auto',
      test: '0.25',
      seed: '7',
      experiment: 'trees',
      'p.max_depth': '4',
      'p.bootstrap': 'false',
    });
    expect(againQuery({ ...spec, algorithm: 'ridge', cv_folds: 5, weight: 'fare' }, RUN)).toMatchObject({
      algorithm: 'ridge',
      cv: '5',
      weight: 'fare',
    });
    const recipe = { schema: 1, inputs: [], steps: [], left_out: [] };
    expect(againQuery({ ...spec, recipe }, RUN)).toMatchObject({ from: RUN });
    expect(againQuery({ ...spec, named_recipe: 'birds@2' }, RUN)).toMatchObject({ named: 'birds@2' });
  });

  it('knows as much of a run that failed before it left a record', () => {
    const params = { algorithm: 'ridge', alpha: '1', target: 'y', seed: '3', test_fraction: '0.2' };
    expect(againOfParams(run({ params }))).toEqual({
      dataset: 'penguins@1',
      experiment: 'Default',
      algorithm: 'ridge',
      target: 'y',
      seed: '3',
      test: '0.2',
      'p.alpha': '1',
    });
  });

  it('suggests the model of the same data, else its name', () => {
    const models = [{ model: 'species', latest: { dataset: 'penguins' } }];
    expect(suggestModel('penguins', models)).toBe('species');
    expect(suggestModel('power', models)).toBe('power');
  });
});

describe('a run in progress', () => {
  const running = run({ status: 'running', ended_ms: null });
  const job = (run_id: string, state: Job['state'], done: number) =>
    ({ run_id, state, progress: { phase: 'fitting', done, total: 10 } }) as Job;

  it('has the progress of the job that trains it', () => {
    const jobs = [
      job('f'.repeat(32), 'running', 2),
      job(running.run_id, 'failed', 4),
      job(running.run_id, 'running', 5),
    ];
    expect(progressOf(running, jobs)?.done).toBe(5);
    expect(progressOf({ ...running, status: 'finished' }, jobs)).toBeNull();
    expect(progressOf(running, [])).toBeNull();
  });

  it.each([
    [{ phase: 'fold 2 of 5', done: 1, total: 5 }, 'fold 2 of 5'],
    [{ phase: 'fitting', done: 3, total: 8 }, 'fitting, 37 %'],
    [{ phase: 'reading', done: 0, total: 0 }, 'reading'],
  ])('says how far it is', (progress, words) => expect(progressWords(progress)).toBe(words));
});
