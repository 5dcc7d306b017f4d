import { describe, expect, it } from 'vitest';
import { buildColumns, defaultColumns, differing, inOrder, tagNames } from './columns';
import { run } from './sample.test-support';
import { columnsText, orderOf, readState } from './state';

const RUNS = [
  run({ params: { algorithm: 'forest', depth: '3', bootstrap: 'true' }, metrics: { 'test.accuracy': 0.9, 'cv.x': 1 } }),
  run({ params: { algorithm: 'forest', depth: '4', bootstrap: 'true' }, metrics: { 'test.accuracy': 0.85 } }),
  run({ params: { algorithm: 'ridge', alpha: '1' }, metrics: { 'test.rmse': 299.123 }, tags: { note: 'x' } }),
];
const AVAILABLE = {
  params: ['algorithm', 'alpha', 'bootstrap', 'depth'],
  metrics: ['cv.x', 'test.accuracy', 'test.rmse'],
  tags: ['note'],
};

describe('the columns of the table', () => {
  it('a parameter differs when it does among runs of one algorithm', () => {
    expect(differing(RUNS, AVAILABLE.params)).toEqual(['depth']);
    expect(tagNames(RUNS)).toEqual(['note']);
  });

  it('without a choice: algorithm, what differs, telling metrics, time', () => {
    expect(defaultColumns(RUNS, AVAILABLE, true)).toEqual([
      'params.algorithm',
      'params.depth',
      'metrics.test.accuracy',
      'metrics.test.rmse',
      'attributes.duration_secs',
      'attributes.start_time',
    ]);
  });

  it('the experiment is told where there are several', () => {
    const runs = [...RUNS, run({ experiment: 'other' })];
    expect(defaultColumns(runs, AVAILABLE, true)).toContain('attributes.experiment');
    expect(defaultColumns(runs, AVAILABLE, false)).not.toContain('attributes.experiment');
  });

  it('chosen columns stand in the order of the table, unknown ones nowhere', () => {
    const chosen = ['attributes.start_time', 'metrics.cv.x', 'gone', 'params.alpha', 'params.algorithm', 'tags.note'];
    expect(inOrder(chosen, AVAILABLE)).toEqual([
      'params.algorithm',
      'params.alpha',
      'metrics.cv.x',
      'tags.note',
      'attributes.start_time',
    ]);
  });

  it('figures of a column have the same decimals, missing ones are none', () => {
    const cells = { name: undefined, status: undefined };
    const columns = buildColumns(['metrics.test.accuracy', 'metrics.test.rmse', 'params.depth'], RUNS, cells, false);
    const texts = columns.slice(1).map((column) => RUNS.map((own, i) => column.text?.(own, i)));
    expect(texts).toEqual([
      ['0.9000', '0.8500', undefined],
      [undefined, undefined, '299.1'],
      ['3', '4', undefined],
    ]);
    expect(columns.map(({ numeric }) => numeric ?? false)).toEqual([false, true, true, true]);
  });
});

describe('the state in the URL', () => {
  it.each([[[]], [['params.a,b', 'metrics.x%2C']], [['attributes.name']]])('columns %j come back', (columns) => {
    expect(readState({ columns: columnsText(columns) }).columns).toEqual(columns);
  });

  it('says nothing by itself', () => {
    expect(readState({})).toEqual({
      filter: '',
      experiment: null,
      sort: null,
      columns: null,
      selected: [],
      inspector: true,
      builder: false,
    });
  });

  it('sorting speaks the names of the filter', () => {
    expect(orderOf(readState({ sort: 'metrics.test.accuracy.desc' }).sort)).toEqual([
      { name: 'metrics.test.accuracy', ascending: false },
    ]);
    expect(orderOf(null)).toEqual([]);
  });
});
