// Sorting rows that are all here; larger tables are sorted by the host.

import type { Sort } from './columns';

type Value = string | number | boolean | null | undefined;

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** A sorted copy. Missing values come last in both directions; rows that are equal keep their order. */
export function sortRows<T>(rows: readonly T[], sort: Sort | null, value: (row: T, id: string) => Value): T[] {
  if (!sort) return [...rows];
  const keyed = rows.map((row) => ({ row, key: value(row, sort.id) }));
  keyed.sort((a, b) => compare(a.key, b.key, sort.descending));
  return keyed.map(({ row }) => row);
}

/** The next state of a head that was clicked: figures begin with the largest. */
export function nextSort(now: Sort | null, id: string, numeric: boolean): Sort {
  if (now?.id === id) return { id, descending: !now.descending };
  return { id, descending: numeric };
}

/** `auc desc`, for the URL. */
export function formatSort(sort: Sort | null): string | null {
  return sort ? `${sort.id}${sort.descending ? '.desc' : ''}` : null;
}

export function parseSort(text: string | undefined): Sort | null {
  if (!text) return null;
  return text.endsWith('.desc') ? { id: text.slice(0, -5), descending: true } : { id: text, descending: false };
}

function compare(a: Value, b: Value, descending: boolean): number {
  const noA = isMissing(a);
  const noB = isMissing(b);
  if (noA || noB) return Number(noA) - Number(noB);
  const order = typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
  return descending ? -order : order;
}

function isMissing(value: Value): boolean {
  return value === null || value === undefined || (typeof value === 'number' && Number.isNaN(value));
}
