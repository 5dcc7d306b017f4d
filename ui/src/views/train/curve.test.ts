import { describe, expect, it } from 'vitest';
import type { MetricSummary } from '../../gen/MetricSummary';
import { curveScale, figureText, lineOf, watched } from './curve';

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
    [[], []],
    [[metric('train.loss', 1)], []],
    [[metric('cv.accuracy', 5)], []],
    [
      [metric('train.loss', 9), metric('validation.loss', 9), metric('other', 9)],
      ['validation.loss', 'train.loss'],
    ],
    [
      [metric('other', 3), metric('train.error', 3)],
      ['train.error', 'other'],
    ],
  ])('is the most telling that has points: %#', (summaries, keys) => {
    expect(watched(summaries).map(({ key }) => key)).toEqual(keys);
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
    const lines = { figure: 'lines' as const, x: axis, y: axis, series: [line], limits: [], diagonal: false };
    expect(lineOf(lines)).toBe(line);
    expect(lineOf({ ...lines, series: [] })).toBeNull();
    expect(lineOf({ figure: 'confusion', classes: [], counts: [] })).toBeNull();
    expect(lineOf(undefined)).toBeNull();
  });

  it('that has fallen far is read in powers of ten', () => {
    expect(curveScale([{ ...metric('a', 9), min: 0.1, max: 9 }])).toBe('log');
    expect(curveScale([metric('a', 9)])).toBe('linear');
    expect(curveScale([{ ...metric('a', 9), min: 0, max: 9 }])).toBe('linear');
  });
});
