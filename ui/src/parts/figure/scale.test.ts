import { describe, expect, it } from 'vitest';
import { crisp, extentOf, makeScale, nearest, niceExtent, padLog, spread, tickTexts, type ScaleKind } from './scale';

describe('scales', () => {
  it.each<[ScaleKind, [number, number], number, number]>([
    ['linear', [0, 10], 5, 50],
    ['linear', [-10, 10], 0, 50],
    ['log', [1, 100], 10, 50],
    ['symlog', [-100, 100], 0, 50],
  ])('%s from %j places %s in the middle', (kind, domain, value, pixel) => {
    const scale = makeScale(kind, domain, [0, 100]);
    expect(scale(value)).toBeCloseTo(pixel, 6);
    expect(scale.invert(pixel)).toBeCloseTo(value, 6);
  });

  it('a log scale that would hold zero becomes a symlog one', () => {
    expect(makeScale('log', [0, 10], [0, 100]).kind).toBe('symlog');
    expect(makeScale('log', [0.1, 10], [0, 100]).kind).toBe('log');
  });

  it('a domain of one value is widened, so that nothing is divided by zero', () => {
    const scale = makeScale('linear', [5, 5], [0, 100]);
    expect(scale(5)).toBeCloseTo(50, 6);
    expect(makeScale('linear', [0, 0], [0, 100])(0)).toBe(0);
  });

  it.each<[ScaleKind, [number, number], number[]]>([
    ['linear', [0, 200], [0, 50, 100, 150, 200]],
    ['log', [1, 1000], [1, 10, 100, 1000]],
    ['log', [0.355, 0.72], [0.4, 0.5, 0.6, 0.7]],
    ['log', [1e-9, 1e3], [1e-9, 1e-6, 1e-3, 1, 1000]],
    ['symlog', [-10, 100], [-10, -1, -0.1, 0, 0.1, 1, 10, 100]],
  ])('%s over %j has round ticks', (kind, domain, ticks) => {
    const found = makeScale(kind, domain, [0, 100]).ticks(4);
    expect(found).toHaveLength(ticks.length);
    found.forEach((tick, i) => expect(tick).toBeCloseTo(ticks[i] ?? NaN, 10));
  });
});

it.each([
  [
    [0, 0.5, 1],
    ['0.0', '0.5', '1.0'],
  ],
  [
    [0, 50, 1000],
    ['0', '50', '1,000'],
  ],
  [
    [0, 1e6, 2e6],
    ['0', '1 M', '2 M'],
  ],
  [
    [1e-9, 1e-8],
    ['1e−9', '1e−8'],
  ],
  [
    [0.01, 1, 100],
    ['0.01', '1', '100'],
  ],
  [
    [-0.1, 0, 0.1],
    ['−0.1', '0.0', '0.1'],
  ],
  [
    [9_007_199_254_741_000, 9_007_199_254_742_000, 9_007_199_254_743_000],
    ['9.0072e15', '+1,000', '+2,000'],
  ],
])('ticks %j are written %j', (ticks, texts) => expect(tickTexts(ticks)).toEqual(texts));

it('the extent leaves out what is not finite', () => {
  expect(extentOf([3, NaN, null, -1, Infinity, undefined])).toEqual([-1, 3]);
  expect(extentOf([NaN])).toBeNull();
});

it('extents end on round numbers', () => {
  expect(niceExtent([0.13, 9.7])).toEqual([0, 10]);
  const [low, high] = padLog([1, 100]);
  expect(low).toBeLessThan(1);
  expect(high).toBeGreaterThan(100);
});

it('a line of one pixel stands on a half', () => expect(crisp(12.2)).toBe(12.5));

it.each([
  [[1, 3, 5], 3.9, 1],
  [[1, 3, 5], 4.1, 2],
  [[1, 3, 5], -9, 0],
  [[1, 3, 5], 99, 2],
  [[7], 1, 0],
  [[], 1, -1],
])('nearest in %j to %s is index %i', (values, wanted, index) => expect(nearest(values, wanted)).toBe(index));

describe('labels keep apart', () => {
  it.each([
    [[10, 11, 12], 12, 0, 100],
    [[95, 99, 100], 12, 0, 100],
    [[50, 10, 50], 12, 0, 100],
  ])('%j with a gap of %i', (places, gap, low, high) => {
    const moved = [...spread(places, gap, low, high)];
    const sorted = [...moved].sort((a, b) => a - b);
    sorted.slice(1).forEach((at, i) => expect(at - (sorted[i] ?? 0)).toBeGreaterThanOrEqual(gap - 1e-9));
    expect(Math.min(...moved)).toBeGreaterThanOrEqual(low);
    expect(Math.max(...moved)).toBeLessThanOrEqual(high);
  });

  it('labels that are apart stay where they are', () => expect(spread([10, 40, 80], 12, 0, 100)).toEqual([10, 40, 80]));
});
