import { expect, it } from 'vitest';
import type { Series } from '../gen/Series';
import { axisSpec, foldAxis, heatRows, lineSeries, rocCurves } from './chartFigure';

const series = (name: string, changes: Partial<Series> = {}): Series => ({
  name,
  color: 1,
  x: [0, 1],
  y: [0, 1],
  low: [],
  high: [],
  ...changes,
});

it('areas stand behind the names of curves; names are told apart, colours are the page’s', () => {
  const curves = rocCurves([series('forest, 2, AUC 0.9041'), series('tree'), series('tree')], { categories: [3, 5] });
  expect(curves.map(({ name, category, auc }) => [name, category, auc])).toEqual([
    ['forest, 2', 3, 0.9041],
    ['tree', 5, null],
    ['tree (2)', 1, null],
  ]);
  expect(rocCurves([series('a, AUC 0.5')], { names: ['#1'] })[0]).toMatchObject({ name: '#1', auc: 0.5 });
});

it('a band is drawn where the document has one', () => {
  const [plain, banded] = lineSeries([series('a'), series('b', { low: [0, 0], high: [1, 1] })]);
  expect(plain?.band).toBeUndefined();
  expect(banded?.band).toEqual({ low: [0, 0], high: [1, 1] });
});

it('an axis takes bounds of the document, and ticks at few whole steps', () => {
  const axis = { title: 'step', scale: 'linear' as const, min: null, max: null };
  expect(axisSpec(axis, [2, 0, 1, 1]).ticks?.map(({ text }) => text)).toEqual(['0', '1', '2']);
  expect(axisSpec(axis, [0.5, 1])).toEqual({ title: 'step', scale: 'linear' });
  expect(axisSpec({ ...axis, min: 0 }, [0.5, 1], 'symlog')).toMatchObject({ scale: 'symlog', domain: [0, 1] });
});

it('folds are dots that count from 1, named as far as there is room', () => {
  expect(lineSeries([series('a')], { folds: true })[0]?.dots).toBe(true);
  const few = foldAxis([0, 1, 2]);
  expect(few.domain).toEqual([-0.5, 2.5]);
  expect(few.ticks).toEqual([
    { at: 0, text: '1' },
    { at: 1, text: '2' },
    { at: 2, text: '3' },
  ]);
  expect(foldAxis([0, 29]).ticks?.map(({ text }) => text)).toEqual([
    '1',
    '4',
    '7',
    '10',
    '13',
    '16',
    '19',
    '22',
    '25',
    '28',
  ]);
});

it('the cells of a heat map are cut into rows, a gap is no number', () => {
  const [first, second] = heatRows({
    figure: 'heat_map',
    rows: ['a', 'b'],
    columns: ['1', '2'],
    values: [0.1, null, 0.3, 0.4],
    over: [false, false, true, false],
    threshold: 0.2,
  });
  expect(first).toEqual({ name: 'a', values: [0.1, NaN], over: [0, 0], threshold: 0.2 });
  expect(second?.over).toEqual([1, 0]);
});
