// The columns of a table: what they hold, and how wide each becomes.

import type { Snippet } from 'svelte';

export interface Column<T> {
  id: string;
  title: string;
  /** Shown on hovering the head; the title when left out. */
  hint?: string;
  /** Least width in pixels; figures make it grow. */
  width: number;
  /** Takes this share of the room that is left; without any, all columns grow alike. */
  grow?: number;
  /** Figures: right-aligned and never cut. */
  numeric?: boolean;
  /** In mono; `head` for the title alone: names of columns are mono, what they hold is not. */
  mono?: boolean | 'head';
  /** The text of a cell. `null` is written as the word null, `undefined` as a middle dot. */
  text?: (row: T, index: number) => string | null | undefined;
  /** Grey, for what is secondary. */
  quiet?: boolean;
  /** The best of a column is bold. */
  strong?: (row: T, index: number) => boolean;
  /** Columns of the same group stand under one heading, and begin with a hairline. */
  group?: string;
  /** A hairline at the left without a group. */
  divided?: boolean;
  sortable?: boolean;
  /** The user gave it its width: it takes no share of what is left. */
  exact?: boolean;
  /** Leaves when there is no room for all, the highest number first; what stands elsewhere too can be missed. */
  leaves?: number;
  /** Draws the cell instead of `text`. */
  cell?: Snippet<[T, number]>;
  /** Stands in the head under the title: a small histogram, a range. */
  head?: Snippet<[Column<T>]>;
}

export interface Sort {
  id: string;
  descending: boolean;
}

/** Widths in pixels for the room there is: none under its least, figures as wide as their longest. */
export function layoutWidths<T>(
  columns: readonly Column<T>[],
  needed: Readonly<Record<string, number>>,
  room: number,
): number[] {
  const least = leastWidths(columns, needed);
  const spare = room - least.reduce((sum, width) => sum + width, 0);
  if (spare <= 0) return least;
  const growing = columns.map((column) => (column.exact ? 0 : (column.grow ?? 0)));
  const grows = growing.some((share) => share > 0);
  const asked = grows ? growing : least.map((width, i) => (columns[i]?.exact ? 0 : width));
  const total = asked.reduce((sum, share) => sum + share, 0);
  if (total === 0) return least;
  const widths = least.map((width, i) => width + Math.floor((spare * (asked[i] ?? 0)) / total));
  const rest = room - widths.reduce((sum, width) => sum + width, 0);
  const last = asked.findLastIndex((share) => share > 0);
  return widths.map((width, i) => (i === last ? width + rest : width));
}

/** The columns that there is room for; when those that may leave have left, the rest scrolls. */
export function fitting<T>(
  columns: readonly Column<T>[],
  needed: Readonly<Record<string, number>>,
  room: number,
): readonly Column<T>[] {
  const leaving = columns
    .filter(({ leaves }) => leaves !== undefined)
    .sort((a, b) => (b.leaves ?? 0) - (a.leaves ?? 0));
  let kept = columns;
  for (const column of leaving) {
    if (leastWidths(kept, needed).reduce((sum, width) => sum + width, 0) <= room) break;
    kept = kept.filter((own) => own !== column);
  }
  return kept;
}

/** Names are not cut either, as long as they are not unreasonable. */
function titleWidth<T>(column: Column<T>): number {
  const letter = column.mono ? 7.3 : 6.4;
  return Math.min(200, column.title.length * letter + (column.sortable ? 24 : 16));
}

/** A group is as wide as its heading, so that the heading is not cut. */
function leastWidths<T>(columns: readonly Column<T>[], needed: Readonly<Record<string, number>>): number[] {
  const least = columns.map((column) =>
    Math.ceil(Math.max(column.width, needed[column.id] ?? 0, column.exact ? 0 : titleWidth(column))),
  );
  for (const { title, from, to } of groupSpans(columns)) {
    if (columns.slice(from, to).some((column) => column.exact)) continue;
    const missing = Math.ceil(title.length * 6.2 + 14) - least.slice(from, to).reduce((sum, width) => sum + width, 0);
    for (let i = from; title && missing > 0 && i < to; i += 1)
      least[i] = (least[i] ?? 0) + Math.ceil(missing / (to - from));
  }
  return least;
}

/** Where each column begins, and the end of the last. */
export function offsetsOf(widths: readonly number[]): number[] {
  const offsets = [0];
  for (const width of widths) offsets.push((offsets.at(-1) ?? 0) + width);
  return offsets;
}

export interface GroupSpan {
  title: string;
  /** 0-based, `to` not included. */
  from: number;
  to: number;
}

/** Neighbouring columns of one group, and the gaps between groups with an empty title. */
export function groupSpans<T>(columns: readonly Column<T>[]): GroupSpan[] {
  const spans: GroupSpan[] = [];
  columns.forEach((column, i) => {
    const title = column.group ?? '';
    const last = spans.at(-1);
    if (last && last.title === title) last.to = i + 1;
    else spans.push({ title, from: i, to: i + 1 });
  });
  return spans;
}

/** Whether a hairline stands at the left of the column. */
export function beginsGroup<T>(columns: readonly Column<T>[], i: number): boolean {
  const column = columns[i];
  const before = columns[i - 1];
  if (!column || !before) return false;
  return (
    column.divided === true ||
    (column.group !== before.group && (column.group !== undefined || before.group !== undefined))
  );
}
