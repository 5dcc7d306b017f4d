import { describe, expect, it } from 'vitest';
import type { MetricSummary } from '../../gen/MetricSummary';
import { curveValues, figureText, watched } from './curve';

const metric = (key: string, n: number): MetricSummary => ({
  key,
  last: 0.5,
  min: 0.25,
  max: 1,
  best_step: 1,
  n,
});

describe('the curve of a fit', () => {
  it.each([
    [[], null],
    [[metric('train.loss', 1)], null],
    [[metric('cv.accuracy', 5)], null],
    [[metric('train.loss', 9), metric('validation.loss', 9)], 'validation.loss'],
    [[metric('other', 3), metric('train.error', 3)], 'train.error'],
    [[metric('other', 3)], 'other'],
  ])('is the most telling that has points: %#', (summaries, key) => {
    expect(watched(summaries)?.key ?? null).toBe(key);
  });

  it.each([
    [0.5, '0.5000'],
    [0.48123, '0.4812'],
    [12.5, '12.500'],
    [96_609.326, '96,609'],
  ])('keeps its width while it changes: %d', (value, text) => expect(figureText(value)).toBe(text));

  it('is read from the lines of a chart', () => {
    const axis = { title: '', scale: 'linear' as const, min: null, max: null };
    const line = { name: 'a', color: 1, x: [1, 2], y: [3, 2], low: [], high: [] };
    expect(curveValues({ figure: 'lines', x: axis, y: axis, series: [line], limits: [], diagonal: false })).toEqual([
      3, 2,
    ]);
    expect(curveValues({ figure: 'confusion', classes: [], counts: [] })).toEqual([]);
    expect(curveValues(undefined)).toEqual([]);
  });
});
