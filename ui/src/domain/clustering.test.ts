import { describe, expect, it } from 'vitest';
import { clusterOrder } from './clustering';

/** Of `n` rows, those of the same remainder by `kinds` alike. */
function mixed(n: number, kinds: number, length = 40): number[][] {
  let seed = 7;
  const noise = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  return Array.from({ length: n }, (_, row) =>
    Array.from({ length }, (_, i) => (i % kinds === row % kinds ? 1 : 0) + 0.1 * noise()),
  );
}

const changes = (kinds: readonly number[]) => kinds.filter((kind, i) => i > 0 && kind !== kinds[i - 1]).length;

describe('rows in clusters', () => {
  it.each([
    [6, 2],
    [30, 3],
    [200, 8],
  ])('%i rows of %i kinds stand by kind', (n, kinds) => {
    const order = clusterOrder(mixed(n, kinds));
    expect(order.toSorted((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
    expect(changes(order.map((row) => row % kinds))).toBe(kinds - 1);
  });

  it('the same rows have the same order, whichever way they are held', () => {
    const rows = mixed(24, 4);
    expect(clusterOrder(rows.map((row) => Float32Array.from(row).map((own) => Math.fround(own))))).toEqual(
      clusterOrder(rows.map((row) => row.map((own) => Math.fround(own)))),
    );
  });

  it('neighbours are near: a row that lies between two stands between them', () => {
    const rows = [0, 10, 4, 8, 1, 6].map((level) => [level, level, level]);
    const levels = clusterOrder(rows).map((row) => rows[row]?.[0] ?? 0);
    expect(levels[0]).toBe(0);
    expect(levels.at(-1)).toBe(10);
    expect(levels.toSorted((a, b) => a - b)).toEqual(levels);
  });

  it('gaps say nothing, and rows without a common place are far apart', () => {
    const order = clusterOrder([
      [NaN, NaN, 0, 0],
      [5, 5, 5, NaN],
      [0, 0, 0, NaN],
      [5, NaN, 5, 5],
      [NaN, NaN, NaN, NaN],
    ]);
    const at = (row: number) => order.indexOf(row);
    expect(Math.abs(at(0) - at(2))).toBe(1);
    expect(Math.abs(at(1) - at(3))).toBe(1);
    expect(order).toHaveLength(5);
  });

  it('few rows and equal rows keep their order', () => {
    expect(clusterOrder([])).toEqual([]);
    expect(clusterOrder([[1], [0]])).toEqual([0, 1]);
    expect(clusterOrder([[1], [1], [1]]).toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
  });
});
