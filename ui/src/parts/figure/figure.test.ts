import { expect, it } from 'vitest';
import { bandPath, linePath, smooth } from './figure';

it('a gap lifts the pen', () => {
  expect(
    linePath([
      [0, 1],
      [1, NaN],
      [2, 3],
      [3, 4],
    ]),
  ).toBe('M0 1M2 3L3 4');
});

it('a band is a closed path, and no path without points', () => {
  expect(bandPath([0, 1], [1, 1], [2, 2])).toBe('M0 2L1 2L1 1L0 1Z');
  expect(bandPath([], [], [])).toBe('');
  expect(bandPath([0, 1, 2, 3], [1, 1, NaN, 1], [2, 2, NaN, 2])).toBe('M0 2L1 2L1 1L0 1ZM3 2L3 1Z');
});

it('smoothing by 0 leaves the values alone, gaps stay gaps', () => {
  expect([...smooth([1, 2, NaN, 4], 0)]).toEqual([1, 2, NaN, 4]);
  expect([...smooth([1, 3, NaN, 5], 0.5)]).toEqual([1, 2, NaN, 3.5]);
});
