import { describe, expect, it } from 'vitest';
import type { MetricInfo } from '../../../gen/MetricInfo';
import type { RunResult } from '../../../gen/RunResult';
import {
  calibrationWords,
  choiceWords,
  curveWords,
  groupFacts,
  metricLines,
  paramWords,
  readCosts,
  resultTabs,
} from './words';

const info = (name: string, is_main: boolean): MetricInfo => ({
  name,
  title: name.toUpperCase(),
  help: `what ${name} is`,
  tasks: ['binary'],
  greater_is_better: true,
  is_main,
});

const RESULT: RunResult = {
  schema: 1,
  problem: 'binary',
  classes: ['no', 'yes'],
  n_test_rows: 40,
  metrics: [],
  n_resamples: 1000,
  roc: null,
  precision_recall: null,
  threshold: null,
  calibration: null,
  residuals: null,
  slices: [],
  errors: [],
  importances: { own: null, permutation: null },
  learning_curve: null,
  choice: null,
  groups: [],
  scatter: null,
};

describe('the metrics of a result', () => {
  const lines = metricLines(
    {
      metrics: [
        { name: 'mcc', value: 0.5, interval: null },
        { name: 'accuracy', value: 0.9, interval: { low: 0.8, high: 1 } },
        { name: 'rmse', value: 1000, interval: { low: 500, high: 2000 } },
      ],
    },
    [info('mcc', false), info('accuracy', true)],
    { 'cv.accuracy.mean': 0.88, 'cv.accuracy.std': 0.02 },
  );

  it('puts the main ones first, with interval and folds', () => {
    expect(lines.map(({ name }) => name)).toEqual(['accuracy', 'mcc', 'rmse']);
    expect(lines[0]).toMatchObject({
      title: 'ACCURACY',
      value: '0.9000',
      interval: '0.8000 to 1.0000',
      folds: '0.8800 ± 0.0200',
      bar: { low: 0.8, high: 1, at: 0.9 },
    });
  });

  it('says of a metric without interval or entry what it can', () => {
    expect(lines[1]).toMatchObject({ interval: '', bar: null, folds: '' });
    expect(lines[2]).toMatchObject({ title: 'rmse', help: '' });
    expect(lines[2]?.bar?.high).toBeCloseTo(1 / 1.1);
  });
});

describe('the costs of wrong answers', () => {
  it.each([
    ['1', '5', { false_positive: 1, false_negative: 5 }],
    ['0,5', '0', { false_positive: 0.5, false_negative: 0 }],
    ['0', '0', null],
    ['-1', '2', null],
    ['', '2', null],
    ['one', '2', null],
  ])('%s and %s', (positive, negative, costs) => expect(readCosts(positive, negative)).toEqual(costs));
});

it('names parameters and the choice among them', () => {
  expect(paramWords({ max_depth: 4, criterion: 'gini' })).toBe('max_depth 4, criterion gini');
  expect(paramWords({})).toBe('the defaults');
  const choice = {
    metric: 'roc_auc',
    n_inner_folds: 3,
    candidates: [{ params: { max_depth: 4 }, mean: 0.9, std: 0.1, n_outer_chosen: 4 }],
    chosen: 0,
  };
  expect(choiceWords(choice, 5)).toBe(
    '3 folds inside the training rows chose among 1 candidate by roc_auc. 4 of 5 folds of the cross-validation chose it too.',
  );
});

it('says whether more rows would help', () => {
  const at = (n_train_rows: number, validation: number) => ({
    n_train_rows,
    train: 1,
    validation,
    validation_std: 0.01,
  });
  const curve = (last: number) => ({ metric: 'r2', n_folds: 3, points: [at(100, 0.8), at(200, last)] });
  expect(curveWords(curve(0.805))).toContain('hardly help');
  expect(curveWords(curve(0.9))).toContain('more rows may help');
  expect(curveWords({ metric: 'r2', n_folds: 3, points: [] })).toBe('');
});

it('shows the tabs that hold something', () => {
  expect(resultTabs(undefined, 5).map(({ value }) => value)).toEqual(['overview']);
  expect(resultTabs(RESULT, 0).map(({ value }) => value)).toEqual(['overview']);
  const slice = {
    column: 'sex',
    label: 'male',
    n: 20,
    metric: 'accuracy',
    value: 0.5,
    interval: { low: 0.3, high: 0.7 },
    is_small: true,
    is_worse: true,
    metrics: {},
  };
  expect(
    resultTabs(
      {
        ...RESULT,
        slices: [slice, { ...slice, is_worse: false }],
        roc: { false_positive_rate: [], true_positive_rate: [] },
      },
      5,
    ),
  ).toEqual([
    { value: 'overview', text: 'Overview' },
    { value: 'curves', text: 'Curves' },
    { value: 'slices', text: 'Slices', note: '1 worse' },
    { value: 'validation', text: 'Validation' },
  ]);
});

it('a calibration says what it changed', () => {
  const bins = { bins: [], expected_error: 0.0123, largest_error: 0.0456 };
  expect(calibrationWords({ calibration: null })).toBe('');
  expect(calibrationWords({ calibration: bins })).toBe('mean distance 0.0123, largest 0.0456');
  const uncalibrated = {
    method: 'isotonic' as const,
    calibration: { ...bins, expected_error: 0.0789 },
    log_loss: 0.5,
    brier: 0.2,
  };
  expect(calibrationWords({ calibration: bins, uncalibrated })).toBe(
    'mean distance 0.0123, largest 0.0456; 0.0789 before it was calibrated (isotonic)',
  );
});

it('groups say how many of the rows they got', () => {
  const groups = [
    { name: '0', n_rows: 1500 },
    { name: 'noise', n_rows: 500 },
  ];
  expect(groupFacts(groups)).toEqual([
    { name: '0', value: '1,500', note: '75 %' },
    { name: 'noise', value: '500', note: '25 %' },
  ]);
  expect(groupFacts([])).toEqual([]);
});
