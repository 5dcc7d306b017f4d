import { describe, expect, it } from 'vitest';
import { asked, buildColumns, columnsShape, exampleFilter, meantOf, metricId, titleOf } from './columns';
import { defaultColumns, differing } from './defaultColumns';
import { run } from './sample.test-support';
import { columnsText, questionOf, readState, sortText } from './state';

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
const HEADINGS = { params: 'parameters' };

describe('the columns of the table', () => {
  it('a parameter differs when it does among runs of one algorithm', () => {
    expect(differing(RUNS, AVAILABLE.params)).toEqual(['depth']);
  });

  it('stay the same as long as the rows are written alike', () => {
    const ids = ['metrics.test.accuracy', 'params.depth'];
    expect(columnsShape(ids, [...RUNS].reverse())).toBe(columnsShape(ids, RUNS));
    expect(columnsShape(ids, [...RUNS, run({ params: { depth: 'deep' } })])).not.toBe(columnsShape(ids, RUNS));
    expect(columnsShape(ids, [...RUNS, run({ metrics: { 'test.accuracy': 90.25 } })])).not.toBe(
      columnsShape(ids, RUNS),
    );
    expect(columnsShape([...ids].reverse(), RUNS)).not.toBe(columnsShape(ids, RUNS));
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

  it('figures of a column have the same decimals, missing ones are none', () => {
    const cells = { name: undefined, status: undefined };
    const columns = buildColumns(['metrics.test.accuracy', 'metrics.test.rmse', 'params.depth'], RUNS, cells, HEADINGS);
    const texts = columns.slice(1).map((column) => RUNS.map((own, i) => column.text?.(own, i)));
    expect(texts).toEqual([
      ['0.9000', '0.8500', undefined],
      [undefined, undefined, '299.1'],
      ['3', '4', undefined],
    ]);
    expect(columns.map(({ numeric }) => numeric ?? false)).toEqual([false, true, true, true]);
  });

  it('several meanings of a metric stand under its name', () => {
    const cells = { name: undefined, status: undefined };
    const columns = buildColumns(['metrics.loss', 'metrics.loss@min', 'metrics.test.rmse'], RUNS, cells, HEADINGS);
    expect(columns.slice(1).map(({ group, title }) => [group, title])).toEqual([
      ['loss', 'last'],
      ['loss', 'min'],
      ['test', 'rmse'],
    ]);
  });

  it('what is no finite number is written as what it is', () => {
    const [, column] = buildColumns(['metrics.loss'], [], { name: undefined, status: undefined }, HEADINGS);
    const text = (own: ReturnType<typeof run>) => column?.text?.(own, 0);
    expect(text(run({ not_finite: { loss: 'NaN' } }))).toBe('NaN');
    expect(text(run({ not_finite: { loss: '-Infinity' } }))).toBe('−∞');
    expect(text(run())).toBeUndefined();
  });

  it.each([
    ['metrics.loss', { metric: 'loss', meaning: 'last' }, 'loss'],
    ['metrics.loss@best', { metric: 'loss', meaning: 'best' }, 'loss, best'],
    ['metrics.mAP@0.5', { metric: 'mAP@0.5', meaning: 'last' }, 'mAP@0.5'],
    ['metrics.loss@min@last', { metric: 'loss@min', meaning: 'last' }, 'loss@min'],
  ] as const)('%s', (id, meant, title) => {
    expect(meantOf(id)).toEqual(meant);
    expect(metricId(meant.metric, meant.meaning)).toBe(id);
    expect(titleOf(id)).toBe(title);
  });

  it('the host is asked for what it must look up, in one order', () => {
    expect(asked(['params.b', 'attributes.status', 'metrics.a@min', 'params.a'])).toEqual([
      'metrics.a@min',
      'params.a',
      'params.b',
    ]);
  });

  it('the example in the field is made of what there is', () => {
    expect(exampleFilter(AVAILABLE, RUNS)).toBe("metrics.test.accuracy > 0.9 and params.algorithm = 'forest'");
    expect(exampleFilter({ params: [], metrics: [], tags: [] }, [])).toBe("attributes.status = 'failed'");
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
      view: 'active',
      sorts: [],
      columns: null,
      tree: true,
      selected: [],
      inspector: true,
      builder: false,
    });
  });

  it('sorting by several columns speaks the names of the filter', () => {
    const sorts = [
      { id: 'metrics.a,b', descending: true },
      { id: 'attributes.name', descending: false },
    ];
    const state = readState({ sort: sortText(sorts) ?? '' });
    expect(state.sorts).toEqual(sorts);
    expect(questionOf(state).order_by).toEqual([
      { name: 'metrics.a,b', ascending: false },
      { name: 'attributes.name', ascending: true },
    ]);
  });

  it.each([
    ['trash', 'trash'],
    ['all', 'active'],
    ['x', 'active'],
  ])('the view %s is %s', (text, view) => expect(readState({ view: text }).view).toBe(view));
});
