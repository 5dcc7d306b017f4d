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

/** What a head of a table that sorts by several columns does: a plain click sorts by it alone, `also` after the others. */
export function nextSorts(now: readonly Sort[], id: string, numeric: boolean, also: boolean): Sort[] {
  const own = now.find((sort) => sort.id === id) ?? null;
  if (!also) return [nextSort(now.length === 1 ? own : null, id, numeric)];
  if (!own) return [...now, nextSort(null, id, numeric)];
  // The third click takes the column out again.
  if (own.descending !== numeric) return now.filter((sort) => sort !== own);
  return now.map((sort) => (sort === own ? { id, descending: !own.descending } : sort));
}

/** `auc.desc`, for the URL. */
export function formatSort(sort: Sort | null): string | null {
  return sort ? `${sort.id}${sort.descending ? '.desc' : ''}` : null;
}

export function parseSort(text: string | undefined): Sort | null {
  if (!text) return null;
  return text.endsWith('.desc') ? { id: text.slice(0, -5), descending: true } : { id: text, descending: false };
}

/** `test.auc.desc,name`; commas and per cent signs within names are escaped. */
export function formatSorts(sorts: readonly Sort[]): string | null {
  return sorts.map((sort) => escape(formatSort(sort) ?? '')).join(',') || null;
}

export function parseSorts(text: string | undefined): Sort[] {
  return (text ?? '').split(',').flatMap((part) => parseSort(unescape(part)) ?? []);
}

function escape(text: string): string {
  return text.replaceAll('%', '%25').replaceAll(',', '%2C');
}

function unescape(text: string): string {
  return text.replaceAll('%2C', ',').replaceAll('%25', '%');
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
