// Which rows and columns of a large table can be seen.

export interface Range {
  /** 0-based; `to` is not included. */
  from: number;
  to: number;
}

/** Taller than this, an element's position is no longer exact in every browser. */
export const MAX_HEIGHT = 15_000_000;

/** Rows drawn beyond what is seen, so that a fast wheel finds them there. */
export const SPARE_ROWS = 4;

/** The height that the scroller pretends to have. */
export function bodyHeight(n_rows: number, row_height: number): number {
  return Math.min(n_rows * row_height, MAX_HEIGHT);
}

/** The first row at a scroll position, with its fraction; beyond `MAX_HEIGHT` a pixel is more than a pixel. */
export function rowAtScroll(scroll: number, view_height: number, n_rows: number, row_height: number): number {
  const full = n_rows * row_height;
  const shown = bodyHeight(n_rows, row_height);
  if (full <= shown) return scroll / row_height;
  const share = scroll / Math.max(1, shown - view_height);
  return (Math.min(1, share) * (full - view_height)) / row_height;
}

/** The rows to draw, and where the first of them stands inside the body. */
export function rowWindow(
  scroll: number,
  view_height: number,
  n_rows: number,
  row_height: number,
): Range & { top: number; first: number; last: number } {
  const at = rowAtScroll(scroll, view_height, n_rows, row_height);
  const n_seen = view_height / row_height;
  const from = Math.max(0, Math.floor(at) - SPARE_ROWS);
  const to = Math.min(n_rows, Math.ceil(at + n_seen) + SPARE_ROWS);
  const top = scroll - (at - from) * row_height;
  const first = Math.min(Math.max(0, n_rows - 1), Math.max(0, Math.ceil(at - 0.5)));
  const last = Math.min(n_rows, Math.floor(at + n_seen + 0.5)) - 1;
  return { from, to, top: n_rows * row_height <= MAX_HEIGHT ? from * row_height : top, first, last };
}

/** The scroll position that brings a row into view, moving as little as possible. */
export function scrollToRow(
  index: number,
  scroll: number,
  view_height: number,
  n_rows: number,
  row_height: number,
): number {
  const at = rowAtScroll(scroll, view_height, n_rows, row_height);
  const n_seen = Math.max(1, view_height / row_height);
  const wanted = index < at ? index : index + 1 > at + n_seen ? index + 1 - n_seen : at;
  if (wanted === at) return scroll;
  const full = n_rows * row_height;
  const shown = bodyHeight(n_rows, row_height);
  if (full <= shown) return wanted * row_height;
  return ((wanted * row_height) / (full - view_height)) * (shown - view_height);
}

/** The columns to draw; `offsets` has one more entry than there are columns. */
export function columnWindow(offsets: readonly number[], scroll: number, view_width: number): Range {
  const n = offsets.length - 1;
  let from = 0;
  while (from < n && (offsets[from + 1] ?? 0) < scroll) from += 1;
  let to = from;
  while (to < n && (offsets[to] ?? 0) < scroll + view_width) to += 1;
  return { from: Math.max(0, from - 1), to: Math.min(n, to + 1) };
}
