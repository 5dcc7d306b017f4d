// The colours of a heat map: grey while a value is within its threshold, the ramp once it is over.

export interface HeatRow {
  name: string;
  /** One value a column; NaN where there was nothing to measure. */
  values: ArrayLike<number>;
  /** The verdict, 1 where the value is over; it may weigh more than the value alone. */
  over: ArrayLike<number>;
  /** 1 where it is warned of: the first colour of the ramp, without the line under it. */
  warned?: ArrayLike<number>;
  /** The limit that the greys are quarters of. */
  threshold: number;
  /** Rows of another group stand apart by 7 px. */
  group?: string;
  quiet?: boolean;
}

/** Grey levels, then the ramp: names of CSS variables. */
export const LEVELS = ['--n0', '--n1', '--n2', '--n3', '--h1', '--h2', '--h3', '--h4', '--h5', '--h6', '--h7'] as const;

/** The level of a cell, an index into `LEVELS`; -1 for a cell without a value. */
export function levelOf(value: number, threshold: number, over: boolean, most = 1, warned = false): number {
  if (Number.isNaN(value)) return -1;
  if (warned && !over) return 4;
  if (!over) return threshold > 0 ? Math.max(0, Math.min(3, Math.floor((4 * value) / threshold))) : 0;
  const share = Math.max(0, Math.min(1, value / most));
  return 4 + Math.max(0, Math.min(6, Math.ceil(share * 8) - 2));
}

/** Rows by the first column over their threshold; rows never over come last and keep their order. Groups stay together. */
export function byFirstOver<R extends HeatRow>(rows: readonly R[]): R[] {
  return inGroups(rows, (own) => {
    const first = (row: HeatRow) => {
      const at = Array.from(row.over).findIndex((over) => over > 0);
      return at < 0 ? Infinity : at;
    };
    return sortedBy(own, first);
  });
}

/** Rows by how many of their cells are over, then warned of, then by their values, the most first. Groups stay together. */
export function bySeverity<R extends HeatRow>(rows: readonly R[]): R[] {
  return inGroups(rows, (own) => {
    const n = Math.max(1, ...own.map(({ values }) => values.length));
    const sum = (all: ArrayLike<number> = []) => Array.from(all).reduce((s, v) => (Number.isFinite(v) ? s + v : s), 0);
    return sortedBy(own, (row) => -(countOver(row) + (sum(row.warned) + sum(row.values) / (n + 1)) / (n + 1)));
  });
}

/** Each group in an order of its own, the groups as they come. */
export function inGroups<R extends HeatRow>(rows: readonly R[], order: (own: R[]) => R[]): R[] {
  const groups = [...new Set(rows.map((row) => row.group ?? ''))];
  return groups.flatMap((group) => order(rows.filter((row) => (row.group ?? '') === group)));
}

/** Equal ones keep their order. */
function sortedBy<R extends HeatRow>(rows: readonly R[], key: (row: R) => number): R[] {
  return rows
    .map((row) => ({ row, at: key(row) }))
    .sort((a, b) => (a.at === b.at ? 0 : a.at - b.at))
    .map(({ row }) => row);
}

/** Room for the longest name and its count, within reason. */
export function gutterFor(names: readonly string[], least = 112, most = 200): number {
  const longest = Math.max(0, ...names.map((name) => name.length));
  return Math.round(Math.max(least, Math.min(most, longest * 7 + 46)));
}

/** How many cells of a row are over. */
export function countOver(row: HeatRow): number {
  let n = 0;
  for (let i = 0; i < row.over.length; i += 1) if ((row.over[i] ?? 0) > 0) n += 1;
  return n;
}

/** The runs of neighbouring cells that are over, as [from, to). */
export function runsOver(over: ArrayLike<number>): [number, number][] {
  const runs: [number, number][] = [];
  for (let i = 0; i < over.length; i += 1) {
    if (!((over[i] ?? 0) > 0)) continue;
    const last = runs.at(-1);
    if (last && last[1] === i) last[1] = i + 1;
    else runs.push([i, i + 1]);
  }
  return runs;
}

/** Where each row begins, with the gaps between groups; the last entry is the end. */
export function rowTops(rows: readonly HeatRow[], row_height: number, gap = 7): number[] {
  const tops: number[] = [];
  let at = 0;
  rows.forEach((row, i) => {
    const before = rows[i - 1];
    if (before && (before.group ?? '') !== (row.group ?? '')) at += gap;
    tops.push(at);
    at += row_height;
  });
  return [...tops, at];
}

/** Rows drawn beyond what is in sight, so that a little scrolling shows no empty edge. */
const BEYOND = 3;

/** The rows [from, to) of which something is in sight, and a few around them. */
export function rowsInView(tops: readonly number[], view: { top: number; height: number }): [number, number] {
  const n = tops.length - 1;
  if (n <= 0) return [0, Math.max(0, n)];
  const after = tops.findIndex((top) => top > view.top);
  const below = tops.findIndex((top) => top >= view.top + view.height);
  return [Math.max(0, (after < 0 ? n : after) - 1 - BEYOND), Math.min(n, (below < 0 ? n : below) + BEYOND)];
}

/** Pixels of a picture, row by row, each as `packColour` packs it; 0 is transparent. */
export interface Raster {
  pixels: Uint32Array;
  width: number;
  height: number;
}

/** In device pixels. */
export interface HeatGeometry {
  left: number;
  cell_width: number;
  row_height: number;
  tops: readonly number[];
  /** Device pixels of one CSS pixel. */
  ratio: number;
}

export interface HeatColours {
  /** In the order of `LEVELS`. */
  levels: readonly number[];
  ink: number;
  empty: number;
}

/** `#rrggbb` as the four bytes that a picture holds, on the little-endian machines that there are. */
export function packColour(hex: string): number {
  const value = Number.parseInt(hex.slice(1), 16);
  return (0xff000000 | ((value & 0xff) << 16) | (value & 0xff00) | ((value >> 16) & 0xff)) >>> 0;
}

/**
 * Paints all cells. Pixels are written directly, one line a row and copies of it: tens of thousands of filled
 * rectangles are slow where the canvas is not drawn by the graphics card.
 */
export function paintHeat(
  raster: Raster,
  rows: readonly HeatRow[],
  geometry: HeatGeometry,
  colours: HeatColours,
  most: number,
): void {
  const { pixels, width } = raster;
  const { row_height, tops, ratio } = geometry;
  pixels.fill(0);
  rows.forEach((row, r) => {
    const top = Math.round(tops[r] ?? 0);
    const tall = Math.max(1, Math.round(row_height - ratio));
    const start = top * width;
    if ((top + tall) * width > pixels.length) return;
    paintCells(pixels, start, row, geometry, colours, most);
    for (let y = 1; y < tall; y += 1) pixels.copyWithin(start + y * width, start, start + width);
    paintGaps(pixels, width, top + Math.floor(tall / 2), row, geometry, colours.empty);
    const thick = Math.max(1, Math.round(2 * ratio));
    for (let y = tall - thick; y < tall; y += 1) paintUnderline(pixels, start + y * width, row, geometry, colours.ink);
  });
}

/** Where a cell begins, and where it ends without the gap after it. */
function cellEdges(column: number, { left, cell_width, ratio }: HeatGeometry): [number, number] {
  const from = Math.round(left + column * cell_width);
  const next = Math.round(left + (column + 1) * cell_width);
  const gap = cell_width > 3 * ratio ? Math.max(1, Math.round(0.75 * ratio)) : 0;
  return [from, Math.max(from + 1, next - gap)];
}

function paintCells(
  pixels: Uint32Array,
  start: number,
  row: HeatRow,
  geometry: HeatGeometry,
  colours: HeatColours,
  most: number,
): void {
  for (let column = 0; column < row.values.length; column += 1) {
    const level = levelOf(
      row.values[column] ?? NaN,
      row.threshold,
      (row.over[column] ?? 0) > 0,
      most,
      (row.warned?.[column] ?? 0) > 0,
    );
    if (level < 0) continue;
    const [from, to] = cellEdges(column, geometry);
    pixels.fill(colours.levels[level] ?? 0, start + from, start + to);
  }
}

/** A window without a value is a thin line, so that it is not taken for a small value. */
function paintGaps(
  pixels: Uint32Array,
  width: number,
  y: number,
  row: HeatRow,
  geometry: HeatGeometry,
  colour: number,
): void {
  for (let column = 0; column < row.values.length; column += 1) {
    if (!Number.isNaN(row.values[column] ?? NaN)) continue;
    const [from, to] = cellEdges(column, geometry);
    pixels.fill(colour, y * width + from, y * width + to);
  }
}

function paintUnderline(
  pixels: Uint32Array,
  start: number,
  row: HeatRow,
  geometry: HeatGeometry,
  colour: number,
): void {
  for (const [first, end] of runsOver(row.over)) {
    pixels.fill(colour, start + cellEdges(first, geometry)[0], start + cellEdges(end - 1, geometry)[1]);
  }
}
