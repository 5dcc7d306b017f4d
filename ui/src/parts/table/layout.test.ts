import { describe, expect, it } from 'vitest';
import { beginsGroup, fitting, groupSpans, layoutWidths, offsetsOf, type Column } from './columns';
import { formatSort, nextSort, parseSort, sortRows } from './sort';
import { bodyHeight, columnWindow, MAX_HEIGHT, rowWindow, scrollToRow } from './window';

type Row = Record<string, string | number | null | undefined>;
const column = (id: string, width: number, more: Partial<Column<Row>> = {}): Column<Row> => ({
  id,
  title: id,
  width,
  ...more,
});

describe('widths', () => {
  it('share the room that is left by weight, and fill it to the pixel', () => {
    const widths = layoutWidths(
      [column('a', 100, { grow: 2 }), column('b', 100, { grow: 1 }), column('c', 50)],
      {},
      400,
    );
    expect(widths).toEqual([200, 150, 50]);
  });
  it('grow alike without weights', () =>
    expect(layoutWidths([column('a', 100), column('b', 100)], {}, 301)).toEqual([150, 151]));
  it('never go under what figures need, even when there is no room', () => {
    expect(layoutWidths([column('a', 100), column('b', 40, { numeric: true })], { b: 90 }, 120)).toEqual([100, 90]);
  });
  it('are made room for by columns that may leave, the highest number first', () => {
    const columns = [column('a', 100), column('b', 80, { leaves: 1 }), column('c', 60, { leaves: 2 }), column('d', 40)];
    const kept = (room: number) => fitting(columns, {}, room).map(({ id }) => id);
    expect(kept(280)).toEqual(['a', 'b', 'c', 'd']);
    expect(kept(279)).toEqual(['a', 'b', 'd']);
    expect(kept(219)).toEqual(['a', 'd']);
    expect(kept(10)).toEqual(['a', 'd']);
  });
  it('hold the title and the heading of a group', () => {
    expect(layoutWidths([column('flipper_length_mm', 40, { mono: 'head' })], {}, 0)[0]).toBeGreaterThan(130);
    const grouped = layoutWidths(
      [column('a', 40, { group: 'parameters that differ' }), column('b', 40, { group: 'parameters that differ' })],
      {},
      0,
    );
    expect((grouped[0] ?? 0) + (grouped[1] ?? 0)).toBeGreaterThanOrEqual(22 * 6.2);
  });
  it('offsets are sums', () => expect(offsetsOf([10, 20, 5])).toEqual([0, 10, 30, 35]));
});

it('neighbours of one group stand under one heading', () => {
  const columns = [column('a', 1), column('b', 1, { group: 'x' }), column('c', 1, { group: 'x' }), column('d', 1)];
  expect(groupSpans(columns)).toEqual([
    { title: '', from: 0, to: 1 },
    { title: 'x', from: 1, to: 3 },
    { title: '', from: 3, to: 4 },
  ]);
  expect(columns.map((_, i) => beginsGroup(columns, i))).toEqual([false, true, false, true]);
});

describe('the rows that are drawn', () => {
  it.each([
    [0, 280, 1000, 28, 0, 14, 0, 9],
    [2800, 280, 1000, 28, 96, 114, 100, 109],
    [0, 280, 3, 28, 0, 3, 0, 2],
    [0, 280, 0, 28, 0, 0, 0, -1],
  ])('at %i in %i px of %i rows', (scroll, view, n, height, from, to, first, last) => {
    expect(rowWindow(scroll, view, n, height)).toMatchObject({ from, to, first, last });
  });

  it('the end of ten million rows can be reached', () => {
    const n = 10_000_000;
    expect(bodyHeight(n, 28)).toBe(MAX_HEIGHT);
    const end = MAX_HEIGHT - 280;
    const window = rowWindow(end, 280, n, 28);
    expect(window.to).toBe(n);
    expect(window.last).toBe(n - 1);
    expect(scrollToRow(n - 1, 0, 280, n, 28)).toBeCloseTo(end, 0);
  });

  it.each([
    [5, 0, 0],
    [9, 0, 0],
    [10, 0, 28],
    [0, 280, 0],
    [999, 0, 1000 * 28 - 280],
  ])('row %i is brought into view from %i by the least move', (index, scroll, wanted) => {
    expect(scrollToRow(index, scroll, 280, 1000, 28)).toBe(wanted);
  });
});

it('columns out of sight are not drawn', () => {
  const offsets = offsetsOf(Array.from({ length: 100 }, () => 100));
  expect(columnWindow(offsets, 0, 500)).toEqual({ from: 0, to: 6 });
  expect(columnWindow(offsets, 5000, 500)).toEqual({ from: 48, to: 56 });
});

describe('sorting', () => {
  const rows: Row[] = [{ v: 2 }, { v: null }, { v: 10 }, { v: NaN }, { v: 1 }];
  const values = (list: Row[]) => list.map(({ v }) => v);
  it('puts missing values last in both directions', () => {
    expect(values(sortRows(rows, { id: 'v', descending: false }, (r, id) => r[id]))).toEqual([1, 2, 10, null, NaN]);
    expect(values(sortRows(rows, { id: 'v', descending: true }, (r, id) => r[id]))).toEqual([10, 2, 1, null, NaN]);
  });
  it('reads numbers in names', () => {
    const names: Row[] = [{ v: 'run-10' }, { v: 'run-9' }];
    expect(values(sortRows(names, { id: 'v', descending: false }, (r, id) => r[id]))).toEqual(['run-9', 'run-10']);
  });
  it('begins with the largest figure, then turns', () => {
    const first = nextSort(null, 'auc', true);
    expect(first).toEqual({ id: 'auc', descending: true });
    expect(nextSort(first, 'auc', true)).toEqual({ id: 'auc', descending: false });
    expect(nextSort(first, 'name', false)).toEqual({ id: 'name', descending: false });
  });
  it('is written into the URL and read back', () => {
    for (const sort of [{ id: 'test.auc', descending: true }, { id: 'name', descending: false }, null]) {
      expect(parseSort(formatSort(sort) ?? undefined)).toEqual(sort);
    }
  });
});
