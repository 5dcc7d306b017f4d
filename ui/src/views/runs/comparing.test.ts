import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../gen/Comparison';
import { barMetrics, betterOf } from './charts';
import { equalFacts, equalSentence, groups, headline, metricRows } from './comparing';
import { shortNames, tellApart } from './names';
import { run } from './sample.test-support';

const COMPARISON: Comparison = {
  runs: [run(), run({ ended_ms: 1_800 })],
  params: [{ name: 'depth', values: ['3', null] }],
  equal: [
    { name: 'alpha', values: ['1', '1'] },
    { name: 'seed', values: ['42', '42'] },
    { name: 'data', values: ['penguins@1', 'penguins@1'] },
  ],
  metrics: [
    { name: 'cv.accuracy', values: [0.9, 0.8], best: 0, larger_is_better: true },
    { name: 'cv.accuracy.mean', values: [0.91, 0.82], best: 0, larger_is_better: true },
    { name: 'cv.accuracy.std', values: [0.01, 0.02], best: 0, larger_is_better: false },
    { name: 'test.accuracy', values: [0.9, 0.95], best: 1, larger_is_better: true },
    { name: 'test.log_loss', values: [0.2, null], best: null, larger_is_better: false },
    { name: 'test.odd', values: [1, 1], best: null, larger_is_better: true },
  ],
  confusions: [null, null],
};

describe('a comparison', () => {
  it('shows what differs, the best by the host, and the cost', () => {
    const [params, metrics, cost] = groups(COMPARISON);
    expect(params).toEqual({
      title: 'Parameters',
      note: '1 of 4 differ',
      rows: [{ name: 'depth', values: ['3', '·'], best: null }],
    });
    expect(metrics?.rows).toEqual([
      { name: 'accuracy', values: ['0.9000', '0.9500'], best: 1 },
      { name: 'log_loss', values: ['0.2000', '·'], best: null },
      { name: 'cv.accuracy', values: ['0.9100', '0.8200'], best: 0 },
      { name: 'cv sd', values: ['0.0100', '0.0200'], best: 0 },
    ]);
    expect(cost?.rows).toEqual([{ name: 'took', values: ['1.5 s', '0.8 s'], best: 1 }]);
  });

  it('on its page has every metric once, the folds as mean and deviation', () => {
    expect(metricRows(COMPARISON).map(({ name, values }) => [name, ...values])).toEqual([
      ['test.accuracy', '0.9000', '0.9500'],
      ['test.log_loss', '0.2000', '·'],
      ['cv.accuracy', '0.9100 ± 0.0100', '0.8200 ± 0.0200'],
    ]);
  });

  it('closes with what is equal', () => {
    expect(equalFacts(COMPARISON).map(({ name }) => name)).toEqual(['data', 'seed', 'alpha', 'test.odd']);
    expect(equalSentence(COMPARISON)).toBe('The same in both: data penguins@1, seed 42, alpha 1, test.odd 1.0000.');
    expect(equalSentence(COMPARISON, 1)).toBe('The same in both: data penguins@1, 3 more.');
    expect(equalSentence({ ...COMPARISON, runs: [run()] })).toBe('');
    expect([headline(1), headline(4)]).toEqual(['one run', '4 runs, differences only']);
  });

  it('draws test metrics, each in its direction', () => {
    expect(barMetrics(COMPARISON)).toEqual(['test.accuracy', 'test.log_loss', 'test.odd']);
    expect(['test.accuracy', 'test.log_loss'].map(betterOf(COMPARISON))).toEqual(['higher', 'lower']);
  });
});

describe('short names', () => {
  it.each([
    [['ridge-01'], ['ridge-01']],
    [
      ['random_forest-10', 'random_forest-3'],
      ['#10', '#3'],
    ],
    [
      ['decision_tree-03', 'random_forest-03'],
      ['dt-03', 'rf-03'],
    ],
    [
      ['decision_tree-03', 'deep_trees-03'],
      ['decision_tree-03', 'deep_trees-03'],
    ],
    [
      ['baseline', 'decision_tree-03'],
      ['baseline', 'dt-03'],
    ],
  ])('%j become %j', (names, short) =>
    expect(shortNames(names.map((name) => ({ name, experiment: 'all' })))).toEqual(short),
  );

  it('of several experiments are told apart by them', () => {
    const runs = [
      { name: 'random_forest-01', experiment: 'power' },
      { name: 'random_forest-01', experiment: 'titanic' },
      { name: 'ridge-01', experiment: 'titanic' },
    ];
    expect(tellApart(runs)).toEqual(['power/random_forest-01', 'titanic/random_forest-01', 'ridge-01']);
    expect(shortNames(runs)).toEqual(['power/rf-01', 'titanic/rf-01', 'ridge-01']);
  });
});
