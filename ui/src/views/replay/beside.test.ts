// What stands on the page besides the drift of single columns, on a report with all of it.

import { describe, expect, it } from 'vitest';
import { syntheticReplay } from '../../../bench/replay.mjs';
import type { CellDetail } from '../../gen/CellDetail';
import type { ColumnShapes } from '../../gen/ColumnShapes';
import type { DriftReport } from '../../gen/DriftReport';
import { conceptNote, conceptRows, distributionRows, multivariateLines, refitRows } from './axis';
import { challengeMetric, modelRows, testWord, whiskerDomain } from './challenge';
import { overlayKind, overlayKinds, stepLine, widestGap } from './overlay';
import { metricsOf, performanceOf } from './performance';
import { detectorWords, metricWords, policyWords, qualityWords } from './words';

const full: DriftReport = syntheticReplay(4, 90);
const bare: DriftReport = {
  ...full,
  challenge: null,
  concept: [],
  windows: full.windows.map((window) => ({ ...window, metrics: [], estimates: [], multivariate: null })),
};

describe('performance', () => {
  it('is measured, then of challengers, then estimated in dashes, gaps left open', () => {
    const own = performanceOf(full);
    expect(own?.series.map(({ name, dashed }) => [name, dashed ?? false])).toEqual([
      ['made-up@1', false],
      ['made-up@2', false],
      ['boosted@7', false],
      ['accuracy, estimated', true],
    ]);
    expect(own?.series.map(({ y }) => [y.length, Number.isNaN(y[60])])).toEqual(Array(4).fill([90, true]));
    expect(own?.limits.map(({ name, value }) => [name, value])).toEqual([
      ['least expected', 0.72],
      ['most expected', 0.96],
    ]);
    expect(own).toMatchObject({ metric: 'accuracy', whole: 0.85, test: 0.87 });
  });

  it('any metric of a window may be looked at; test and whole are of the own one', () => {
    expect(metricsOf(full)).toEqual(['accuracy', 'roc_auc']);
    const other = performanceOf(full, 'roc_auc');
    expect(other).toMatchObject({ metric: 'roc_auc', whole: null, test: null, limits: [] });
    expect(other?.series.map(({ name }) => name)).toEqual(['made-up@1']);
  });

  it('without labels there is the estimate alone, without both nothing', () => {
    const unlabelled = {
      ...full,
      ...{ performance_metric: null, performance: null, test_performance: null, challenge: null },
      windows: full.windows.map((window) => ({ ...window, metrics: [], performance: null })),
    };
    expect(performanceOf(unlabelled)?.series.map(({ name }) => name)).toEqual(['accuracy, estimated']);
    expect(performanceOf({ ...bare, performance_metric: null, performance: null })).toBeNull();
  });
});

describe('the time axis', () => {
  const shapes: ColumnShapes = {
    name: 'kind',
    bins: { kind: 'categories', categories: ['apple', 'pear', 'never'] },
    reference: [3, 1, 0],
    windows: [[1, 1, 0], []],
  };

  it('shares of categories have the most frequent on top, a gap none, and what nobody holds has no row', () => {
    expect(distributionRows(shapes)).toEqual({
      names: ['pear', 'apple'],
      reference: [0.25, 0.75],
      windows: [[0.5, 0.5], []],
      ends: ['pear', 'apple'],
    });
  });

  it('numbers keep every bin from the least up', () => {
    const edges = distributionRows({ ...shapes, bins: { kind: 'edges', edges: [0, 1, 2, 30] } });
    expect(edges.names).toEqual(['0 to 1', '1 to 2', '2 to 30']);
    expect(edges.ends).toEqual(['0', '30']);
  });

  it('detections stand at their rows, under the names of their detectors', () => {
    expect(conceptRows(full).map(({ name, marks }) => [name, marks.length])).toEqual([
      ['ADWIN', 2],
      ['DDM', 2],
      ['Page-Hinkley', 1],
    ]);
    expect(conceptRows(full)[1]?.marks).toEqual([
      { at: expect.closeTo(29.31, 2), text: 'warning at row 29,311', quiet: true },
      { at: expect.closeTo(31.31, 2), text: 'drift at row 31,311' },
    ]);
    expect(conceptNote(full)).toBe('3 of 4 detectors');
    expect(conceptRows(bare)).toEqual([]);
  });

  it('policies mark where they train again', () => {
    expect(refitRows(full).map(({ name, marks }) => [name, marks.map(({ at }) => at)])).toEqual([
      ['every 50 windows', [50]],
      ['on alert, then not for 10', [83]],
    ]);
  });

  it('drift over several columns is at most three lines, each with its limits and alerts', () => {
    expect(multivariateLines(full).map(({ name, limits, n_alerts }) => [name, limits, n_alerts])).toEqual([
      ['reconstruction', [], 59],
      ['correlation', [0.11], 59],
      ['domain classifier', [0.45, 0.65], 59],
    ]);
    expect(multivariateLines(full)[0]?.values[60]).toBeNaN();
    expect(multivariateLines(bare)).toEqual([]);
  });
});

describe('challengers', () => {
  it('are rows in the order of the models, with their tests', () => {
    const rows = full.challenge ? modelRows(full.challenge) : [];
    expect(full.challenge && challengeMetric(full.challenge)).toBe('accuracy');
    expect(
      rows.map(({ name, test, disagreement }) => [name, test && testWord(test), disagreement?.toFixed(2)]),
    ).toEqual([
      ['made-up@1', null, undefined],
      ['made-up@2', 'better', '0.10'],
      ['boosted@7', 'not told apart', '0.12'],
    ]);
    const [champion] = rows;
    const width = (champion?.performance?.high ?? 0) - (champion?.performance?.low ?? 0);
    // 89 windows of a half width of 0.02 each.
    expect(width / 2).toBeCloseTo(0.02 / Math.sqrt(89), 4);
    const [low, high] = whiskerDomain(rows);
    expect([low < -0.014, high > 0.049]).toEqual([true, true]);
  });
});

describe('the overlay', () => {
  const cell = {
    bins: { kind: 'edges', edges: [0, 1] },
    ecdf: { reference: { values: [1, 2], shares: [0.5, 1] }, current: { values: [2, 3], shares: [0.9, 1] } },
  } as unknown as CellDetail;

  it('offers what the cell has', () => {
    expect(overlayKinds(cell).map(({ value }) => value)).toEqual(['histogram', 'ecdf']);
    expect(overlayKind(cell, 'ecdf')).toBe('ecdf');
    expect(overlayKind({ ...cell, ecdf: null }, 'ecdf')).toBe('histogram');
    expect(overlayKind({ ...cell, bins: { kind: 'categories', categories: [] } }, 'ecdf')).toBe('categories');
  });

  it('steps go flat, then up; the widest gap is said', () => {
    expect(stepLine({ values: [1, 2], shares: [0.5, 1] }, 'r', 8)).toMatchObject({
      x: [1, 1, 2, 2],
      y: [0, 0.5, 0.5, 1],
    });
    expect(widestGap(cell)).toBe(
      'Farthest apart at 1: 0.0 % of the window lies at or below it, 50.0 % of the reference.',
    );
    expect(widestGap({ ...cell, ecdf: null })).toBeNull();
  });
});

it('names of the wire are written as people read them', () => {
  expect(['roc_auc', 'f1_macro', 'recall_macro', 'calibration_error'].map(metricWords)).toEqual([
    'ROC AUC',
    'F1, macro',
    'recall, macro',
    'calibration error',
  ]);
  expect(qualityWords('out_of_range')).toBe('out of range');
  expect(policyWords({ kind: 'every', n_windows: 1 })).toBe('after every window');
  expect(detectorWords({ kind: 'page_hinkley' } as never)).toBe('Page-Hinkley');
});
