import { describe, expect, it } from 'vitest';
import type { Association } from '../../gen/Association';
import { levelOf, mapOf, methodsOf, partnersOf, strongest } from './associations';

const pair = (a: string, b: string, value: number, method: Association['method'] = 'pearson'): Association => ({
  a,
  b,
  method,
  value,
  n: 100,
});
const ALL = [
  pair('x', 'y', 0.2),
  pair('y', 'z', -0.9),
  pair('x', 'y', 0.4, 'spearman'),
  pair('sex', 'x', 0.6, 'correlation_ratio'),
  pair('sex', 'town', 0.1, 'cramers_v'),
];
const ORDER = ['sex', 'town', 'x', 'y', 'z'];

it('offers the methods that something was computed by', () => {
  expect(methodsOf(ALL.slice(0, 2)).map(({ text }) => text)).toEqual(['Pearson']);
  expect(methodsOf([])).toEqual([]);
});

it('the strongest come first, whatever their sign', () => {
  expect(strongest(ALL, 'pearson').map(({ value }) => value)).toEqual([-0.9, 0.2]);
  expect(strongest(ALL, null)[1]?.method).toBe('correlation_ratio');
});

describe('the map', () => {
  it('is a square in the order of the columns, alike on both sides', () => {
    const map = mapOf(ALL, 'pearson', ORDER);
    expect(map.rows).toEqual(['x', 'y', 'z']);
    expect(map.columns).toEqual(map.rows);
    expect(map.at('z', 'y')?.value).toBe(-0.9);
    expect(map.at('x', 'z')).toBeUndefined();
  });
  it('sets categories against numbers for the correlation ratio', () => {
    const map = mapOf(ALL, 'correlation_ratio', ORDER);
    expect([map.rows, map.columns]).toEqual([['sex'], ['x']]);
    expect(map.at('x', 'sex')).toBeUndefined();
  });
  it('draws the strongest of many, and counts the rest', () => {
    const map = mapOf(ALL, 'pearson', ORDER, 2);
    expect(map.rows).toEqual(['y', 'z']);
    expect(map.n_left_out).toBe(1);
  });
});

it('the partners of a column, each once', () => {
  expect(partnersOf(ALL, 'x').map(({ other, association }) => [other, association.value])).toEqual([
    ['sex', 0.6],
    ['y', 0.4],
  ]);
});

it.each([
  [-1, 0],
  [-0.4, 2],
  [0, 4],
  [0.1, 4],
  [0.5, 6],
  [1, 8],
  [1.2, 8],
])('%d has the ground %d', (value, level) => expect(levelOf(value)).toBe(level));
