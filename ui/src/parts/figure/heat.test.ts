import { describe, expect, it } from 'vitest';
import {
  byFirstOver,
  bySeverity,
  countOver,
  gutterFor,
  LEVELS,
  levelOf,
  packColour,
  paintHeat,
  rowsInView,
  rowTops,
  runsOver,
  type HeatRow,
} from './heat';

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

it('rows sort by severity: what is over counts first, then what is warned of, then the values', () => {
  const rows = [
    row('quiet', [0, 0, 0]),
    { ...row('near', [0, 0, 0]), values: [0.05, 0.05, 0.05] },
    row('once', [0, 0, 1]),
    row('often', [0, 1, 1]),
    { ...row('warned', [0, 0, 0]), warned: [0, 1, 0] },
    row('p', [1, 1, 1], 'predictions'),
  ];
  expect(bySeverity(rows).map(({ name }) => name)).toEqual(['often', 'once', 'warned', 'near', 'quiet', 'p']);
});

it('a warning takes the first colour of the ramp, a drift its own', () => {
  expect(LEVELS[levelOf(0.07, 0.1, false, 1, true)]).toBe('--h1');
  expect(LEVELS[levelOf(0.5, 0.1, true, 1, true)]).toBe('--h3');
  expect(levelOf(NaN, 0.1, false, 1, true)).toBe(-1);
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

it.each([
  [0, 100, 0, 7],
  [260, 100, 7, 17],
  [2500, 100, 93, 100],
  [9000, 100, 96, 100],
])('of 100 rows at %i px, %i px high, those from %i to %i are drawn', (top, height, from, to) => {
  const tops = rowTops(
    Array.from({ length: 100 }, (_, i) => row(String(i), [])),
    26,
  );
  expect(rowsInView(tops, { top, height })).toEqual([from, to]);
  expect(rowsInView([0], { top, height })).toEqual([0, 0]);
});

it('the gutter has room for the longest name, within reason', () => {
  expect(gutterFor(['a'])).toBe(112);
  expect(gutterFor(['flipper_length_mm'])).toBe(165);
  expect(gutterFor(['x'.repeat(90)])).toBe(200);
});

describe('painting', () => {
  const colours = { levels: LEVELS.map((_, i) => i + 1), ink: 100, empty: 200 };
  const geometry = { left: 10, cell_width: 10, row_height: 26, tops: [0, 26], ratio: 1 };
  const paint = (rows: HeatRow[], width = 50, height = 52) => {
    const raster = { pixels: new Uint32Array(width * height), width, height };
    paintHeat(raster, rows, geometry, colours, 1);
    return (x: number, y: number) => raster.pixels[y * width + x];
  };

  it('cells take their level, the gap and the gutter stay empty', () => {
    const at = paint([row('a', [0, 1, 1, 0])]);
    expect([at(0, 5), at(10, 5), at(18, 5), at(19, 5), at(20, 5), at(45, 5)]).toEqual([0, 1, 1, 0, 7, 1]);
    expect(at(12, 25)).toBe(0);
  });
  it('neighbours over the threshold share one underline of two pixels, over the gap too', () => {
    const at = paint([row('a', [0, 1, 1, 0])]);
    expect([19, 20, 29, 30, 38, 39, 40].map((x) => at(x, 24))).toEqual([0, 100, 100, 100, 100, 0, 1]);
    expect([at(20, 22), at(20, 23), at(20, 24), at(20, 25)]).toEqual([7, 100, 100, 0]);
  });
  it('a window without a value is a thin line', () => {
    const at = paint([{ ...row('a', [0, 0, 0, 0]), values: [NaN, 0, 0, 0] }]);
    expect([at(12, 11), at(12, 12), at(12, 13)]).toEqual([0, 200, 0]);
  });
  it('colours are packed as a picture holds them', () => {
    const bytes = new Uint8Array(new Uint32Array([packColour('#f9d193')]).buffer);
    expect([...bytes]).toEqual([0xf9, 0xd1, 0x93, 0xff]);
  });
});
