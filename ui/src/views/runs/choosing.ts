// Choosing columns: what a search finds, and the order in which the chosen ones stand.

import { choices, MEANINGS, metricId, titleOf, type Available, type Meaning } from './columns';

export interface Offered {
  heading: string;
  columns: { id: string; title: string }[];
  /** Found and not listed. */
  n_more: number;
}

/** More are found by searching. */
const MOST_LISTED = 60;

/** Columns whose name holds every word of the search. */
export function offered(available: Available, search: string): Offered[] {
  return choices(available)
    .map(({ heading, columns }) => {
      const found = columns.filter(({ title }) => holds(title, search));
      return { heading, columns: found.slice(0, MOST_LISTED), n_more: Math.max(0, found.length - MOST_LISTED) };
    })
    .filter(({ columns }) => columns.length > 0);
}

export function holds(title: string, search: string): boolean {
  const own = title.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => own.includes(word));
}

/** Takes a column out, or in: behind the last of its kind, so that groups stay together. */
export function toggled(ids: readonly string[], id: string): string[] {
  if (ids.includes(id)) return ids.filter((own) => own !== id);
  const kind = kindOf(id);
  const at = ids.findLastIndex((own) => kindOf(own) === kind);
  return at < 0 ? [...ids, id] : ids.toSpliced(at + 1, 0, id);
}

/** Puts a column before another, or at the end. */
export function moved(ids: readonly string[], id: string, before: string | null): string[] {
  if (id === before) return [...ids];
  const rest = ids.filter((own) => own !== id);
  const at = before === null ? -1 : rest.indexOf(before);
  return at < 0 ? [...rest, id] : rest.toSpliced(at, 0, id);
}

/** One place up or down. */
export function stepped(ids: readonly string[], id: string, by: 1 | -1): string[] {
  const from = ids.indexOf(id);
  const to = Math.max(0, Math.min(ids.length - 1, from + by));
  return from < 0 ? [...ids] : ids.toSpliced(from, 1).toSpliced(to, 0, id);
}

/** What may be meant of a metric, each with its column. */
export function meanings(metricColumn: string): { meaning: Meaning; id: string }[] {
  const metric = titleOf(metricColumn);
  return MEANINGS.map((meaning) => ({ meaning, id: metricId(metric, meaning) }));
}

/** Columns of one metric are of one kind, beside each other. */
function kindOf(id: string): string {
  const kind = id.slice(0, id.indexOf('.'));
  return kind === 'metrics' ? id.replace(/@[a-z]+$/, '') : kind;
}
