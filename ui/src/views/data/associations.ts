// How strongly columns go together: which methods there are, the cells of a map, the strongest pairs.

import type { Association } from '../../gen/Association';
import type { AssociationMethod } from '../../gen/AssociationMethod';

export interface MethodWords {
  method: AssociationMethod;
  text: string;
  title: string;
  /** −1 to 1; else 0 to 1. */
  signed: boolean;
}

export const METHODS: readonly MethodWords[] = [
  { method: 'pearson', text: 'Pearson', title: 'Straight lines between two numbers', signed: true },
  { method: 'spearman', text: 'Spearman', title: 'Orders of two numbers, straight or not', signed: true },
  { method: 'cramers_v', text: 'Cramér’s V', title: 'Two columns of categories', signed: false },
  {
    method: 'correlation_ratio',
    text: 'Correlation ratio',
    title: 'How far categories tell a number: the root of the variance between them',
    signed: false,
  },
];

/** Columns beyond which names cannot be read beside a map. */
const MOST_COLUMNS = 30;

export interface AssociationMap {
  rows: string[];
  columns: string[];
  /** Undefined where the pair was not computed. */
  at: (row: string, column: string) => Association | undefined;
  /** Columns that have associations and are not drawn. */
  n_left_out: number;
}

export function methodsOf(associations: readonly Association[]): MethodWords[] {
  return METHODS.filter(({ method }) => associations.some((one) => one.method === method));
}

/** The strongest first; equal ones by their names. */
export function strongest(associations: readonly Association[], method: AssociationMethod | null): Association[] {
  return associations
    .filter((one) => method === null || one.method === method)
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || a.a.localeCompare(b.a) || a.b.localeCompare(b.b));
}

/**
 * A square of the columns against themselves; for the correlation ratio categories against numbers. Of many columns
 * those with the strongest pairs are drawn, in the order of the data set.
 */
export function mapOf(
  associations: readonly Association[],
  method: AssociationMethod,
  order: readonly string[],
  most = MOST_COLUMNS,
): AssociationMap {
  const pairs = strongest(associations, method);
  const cells = new Map<string, Association>();
  for (const pair of pairs) {
    cells.set(keyOf(pair.a, pair.b), pair);
    if (method !== 'correlation_ratio') cells.set(keyOf(pair.b, pair.a), pair);
  }
  const byOrder = (names: Iterable<string>) => [...names].sort((a, b) => order.indexOf(a) - order.indexOf(b));
  const firsts = (names: readonly string[]) => byOrder([...new Set(names)].slice(0, most));
  const n_all = new Set(pairs.flatMap(({ a, b }) => [a, b])).size;
  const at = (row: string, column: string) => cells.get(keyOf(row, column));
  if (method === 'correlation_ratio') {
    const rows = firsts(pairs.map(({ a }) => a));
    const columns = firsts(pairs.map(({ b }) => b));
    return { rows, columns, at, n_left_out: n_all - new Set([...rows, ...columns]).size };
  }
  const names = firsts(pairs.flatMap(({ a, b }) => [a, b]));
  return { rows: names, columns: names, at, n_left_out: n_all - names.length };
}

/** The pairs of one column, the strongest first. */
export function partnersOf(
  associations: readonly Association[],
  column: string,
): { other: string; association: Association }[] {
  // Pearson and Spearman say nearly the same of a pair: the stronger of the two stands for it.
  const best = new Map<string, Association>();
  for (const one of strongest(associations, null)) {
    const other = one.a === column ? one.b : one.b === column ? one.a : null;
    if (other !== null && !best.has(other)) best.set(other, one);
  }
  return [...best].map(([other, association]) => ({ other, association }));
}

/** The ground of a cell: `--d0` to `--d8`, the middle for none. Unsigned strengths use the half above the middle. */
export function levelOf(value: number): number {
  const bounded = Math.max(-1, Math.min(1, value));
  return 4 + Math.sign(bounded) * Math.round(Math.abs(bounded) * 4);
}

function keyOf(a: string, b: string): string {
  return JSON.stringify([a, b]);
}
