import { describe, expect, it } from 'vitest';
import { byFirstOver, countOver, gutterFor, LEVELS, levelOf, paintHeat, rowTops, runsOver, type HeatRow } from './heat';

const row = (name: string, over: number[], group?: string): HeatRow => ({
  name,
  values: over.map((v) => v * 0.5),
  over,
  threshold: 0.1,
  group,
});

describe('the level of a cell', () => {
  it.each([
    [0, 0.1, false, '--n0'],
    [0.03, 0.1, false, '--n1'],
    [0.099, 0.1, false, '--n3'],
    // A verdict of stable keeps a cell grey, however large its value.
    [0.9, 0.1, false, '--n3'],
    [0.11, 0.1, true, '--h1'],
    [0.5, 0.1, true, '--h3'],
    [1, 0.1, true, '--h7'],
    [7, 0.1, true, '--h7'],
    [0, 0, false, '--n0'],
  ])('%s with the limit %s and over = %s is %s', (value, threshold, over, name) => {
    expect(LEVELS[levelOf(value, threshold, over)]).toBe(name);
  });

  it('a gap has none', () => expect(levelOf(NaN, 0.1, false)).toBe(-1));

  it('the ramp ends where the caller says', () => {
    expect(LEVELS[levelOf(5, 0.2, true, 10)]).toBe('--h3');
  });
});

it('rows sort by their first drift, groups stay together, quiet rows keep their order', () => {
  const rows = [
    row('a', [0, 0, 0]),
    row('b', [0, 0, 1]),
    row('c', [0, 1, 0]),
    row('d', [0, 0, 0]),
    row('p', [1, 0, 0], 'predictions'),
  ];
  expect(byFirstOver(rows).map(({ name }) => name)).toEqual(['c', 'b', 'a', 'd', 'p']);
});

it('neighbours over the threshold are joined', () => {
  expect(runsOver([1, 1, 0, 1, 0, 0, 1])).toEqual([
    [0, 2],
    [3, 4],
    [6, 7],
  ]);
  expect(countOver(row('a', [1, 0, 1]))).toBe(2);
});

it('groups stand apart by the gap', () => {
  expect(rowTops([row('a', []), row('b', []), row('p', [], 'predictions')], 26)).toEqual([0, 26, 59, 85]);
});

it('the gutter has room for the longest name, within reason', () => {
  expect(gutterFor(['a'])).toBe(112);
  expect(gutterFor(['flipper_length_mm'])).toBe(165);
  expect(gutterFor(['x'.repeat(90)])).toBe(200);
});

it('every cell is painted once and every run of drift is underlined once', () => {
  const calls: { fill: string; height: number }[] = [];
  const context = {
    fillStyle: '',
    fillRect(this: { fillStyle: string }, _x: number, _y: number, _w: number, h: number) {
      calls.push({ fill: this.fillStyle, height: h });
    },
  } as unknown as CanvasRenderingContext2D;
  const rows = [row('a', [0, 1, 1, 0]), { ...row('b', [0, 0, 0, 0]), values: [NaN, 0, 0, 0] }];
  const colours = { levels: LEVELS, ink: 'ink', empty: 'empty' };
  paintHeat(context, rows, { left: 0, cell_width: 10, row_height: 26, tops: [0, 26] }, colours, 1);
  expect(calls.filter(({ fill }) => fill === 'ink')).toEqual([{ fill: 'ink', height: 2 }]);
  expect(calls.filter(({ fill }) => fill === 'empty')).toHaveLength(1);
  expect(calls.filter(({ fill }) => fill.startsWith('--'))).toHaveLength(7);
});
