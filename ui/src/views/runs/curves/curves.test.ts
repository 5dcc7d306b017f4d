import { describe, expect, it } from 'vitest';
import { curvesQuery, readCurves, shownMetrics } from './curveState';
import { decodeCurves } from './decode';

/** As a host writes it: the length, the document, blanks up to a multiple of 8, the numbers. */
function answer(document: object, numbers: number[], blanks = true): ArrayBuffer {
  let text = JSON.stringify(document);
  while (blanks && (4 + text.length) % 8 !== 0) text += ' ';
  const bytes = new ArrayBuffer(4 + text.length + numbers.length * 8);
  const view = new DataView(bytes);
  view.setUint32(0, text.length, true);
  new Uint8Array(bytes).set(new TextEncoder().encode(text), 4);
  numbers.forEach((number, i) => view.setFloat64(4 + text.length + i * 8, number, true));
  return bytes;
}

const curve = (run_id: string, offset: number, n_buckets: number) => ({
  run_id,
  key: 'loss',
  offset,
  n_buckets,
  n_points: 9,
  n_shown: 9,
  n_not_finite: 0,
  n_not_positive: 0,
});

describe('the answer', () => {
  it.each([true, false])('holds the columns of each curve, aligned: %s', (aligned) => {
    const document = {
      curves: [curve('a', 0, 2), curve('b', 8, 1)],
      from: 1,
      to: 3,
      has_smoothed: false,
      duration_secs: 0,
    };
    const { curves, from, to } = decodeCurves(
      answer(document, [1, 3, 0.1, 0.2, 0.4, 0.5, 0.3, 0.25, 2, 7, 9, 8], aligned),
    );
    expect([from, to]).toEqual([1, 3]);
    expect(curves.map(({ x, min, max, last }) => [x, min, max, last].map((own) => [...own]))).toEqual([
      [
        [1, 3],
        [0.1, 0.2],
        [0.4, 0.5],
        [0.3, 0.25],
      ],
      [[2], [7], [9], [8]],
    ]);
    expect(curves[0]?.smoothed).toBeUndefined();
  });

  it('has a fifth column when it is smoothed', () => {
    const document = { curves: [curve('a', 0, 1)], from: 1, to: 1, has_smoothed: true, duration_secs: 0 };
    expect([...(decodeCurves(answer(document, [1, 2, 3, 4, 5])).curves[0]?.smoothed ?? [])]).toEqual([5]);
  });
});

describe('the state in the URL', () => {
  it('comes back', () => {
    const state = {
      metrics: ['a,b', 'c'],
      axis: 'wall_time' as const,
      log_x: true,
      scale: 'symlog' as const,
      smoothing: 0.6,
      full: true,
    };
    const query = Object.fromEntries(
      Object.entries(curvesQuery(state)).filter((own): own is [string, string] => own[1] !== null),
    );
    expect(readCurves(query)).toEqual(state);
  });
  it('says nothing by itself', () => {
    expect(Object.values(curvesQuery(readCurves({}))).every((value) => value === null)).toBe(true);
  });
  it.each([
    ['2', 0.99],
    ['-1', 0],
    ['x', 0],
  ])('smoothing of %s is %d', (text, expected) => expect(readCurves({ smooth: text }).smoothing).toBe(expected));
});

it('what was trained stands before folds, and nothing that has no history', () => {
  expect(shownMetrics(null, ['cv.loss', 'loss', 'val.accuracy', 'lr'])).toEqual(['val.accuracy', 'loss']);
  expect(shownMetrics(null, ['cv.loss', 'cv.accuracy'])).toEqual(['cv.accuracy']);
  expect(shownMetrics(['lr', 'gone'], ['loss', 'lr'])).toEqual(['lr']);
});
