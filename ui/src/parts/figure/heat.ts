// The colours of a heat map: grey while a value is within its threshold, the ramp once it is over.

export interface HeatRow {
  name: string;
  /** One value a column; NaN where there was nothing to measure. */
  values: ArrayLike<number>;
  /** The verdict, 1 where the value is over; it may weigh more than the value alone. */
  over: ArrayLike<number>;
  /** The limit that the greys are quarters of. */
  threshold: number;
  /** Rows of another group stand apart by 7 px. */
  group?: string;
  quiet?: boolean;
}

/** Grey levels, then the ramp: names of CSS variables. */
export const LEVELS = ['--n0', '--n1', '--n2', '--n3', '--h1', '--h2', '--h3', '--h4', '--h5', '--h6', '--h7'] as const;

/** The level of a cell, an index into `LEVELS`; -1 for a cell without a value. */
export function levelOf(value: number, threshold: number, over: boolean, most = 1): number {
  if (Number.isNaN(value)) return -1;
  if (!over) return threshold > 0 ? Math.max(0, Math.min(3, Math.floor((4 * value) / threshold))) : 0;
  const share = Math.max(0, Math.min(1, value / most));
  return 4 + Math.max(0, Math.min(6, Math.ceil(share * 8) - 2));
}

/** Rows by the first column over their threshold; rows never over come last and keep their order. Groups stay together. */
export function byFirstOver<R extends HeatRow>(rows: readonly R[]): R[] {
  const groups = [...new Set(rows.map((row) => row.group ?? ''))];
  const first = (row: HeatRow) => {
    const at = Array.from(row.over).findIndex((over) => over > 0);
    return at < 0 ? Infinity : at;
  };
  return groups.flatMap((group) =>
    rows
      .filter((row) => (row.group ?? '') === group)
      .map((row) => ({ row, at: first(row) }))
      .sort((a, b) => (a.at === b.at ? 0 : a.at - b.at))
      .map(({ row }) => row),
  );
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

export interface HeatGeometry {
  left: number;
  cell_width: number;
  row_height: number;
  tops: readonly number[];
}

/** Paints all cells. `colours` are the levels' colours, in the order of `LEVELS`. */
export function paintHeat(
  context: CanvasRenderingContext2D,
  rows: readonly HeatRow[],
  geometry: HeatGeometry,
  colours: { levels: readonly string[]; ink: string; empty: string },
  most: number,
): void {
  const { left, cell_width, row_height, tops } = geometry;
  const wide = Math.max(0.5, cell_width - (cell_width > 3 ? 0.75 : 0));
  // One colour after the other: changing the fill is what costs, not the rectangles.
  const byLevel: number[][] = Array.from({ length: LEVELS.length + 1 }, () => []);
  rows.forEach((row, r) => {
    const top = tops[r] ?? 0;
    for (let c = 0; c < row.values.length; c += 1) {
      const level = levelOf(row.values[c] ?? NaN, row.threshold, (row.over[c] ?? 0) > 0, most);
      byLevel[level + 1]?.push(left + c * cell_width, top);
    }
  });
  byLevel.forEach((places, i) => {
    context.fillStyle = i === 0 ? colours.empty : (colours.levels[i - 1] ?? colours.empty);
    for (let k = 0; k < places.length; k += 2) {
      const empty = i === 0 ? Math.floor(row_height / 2) : 0;
      context.fillRect(places[k] ?? 0, (places[k + 1] ?? 0) + empty, wide, i === 0 ? 1 : row_height - 1);
    }
  });
  context.fillStyle = colours.ink;
  rows.forEach((row, r) => {
    for (const [from, to] of runsOver(row.over)) {
      context.fillRect(
        left + from * cell_width,
        (tops[r] ?? 0) + row_height - 3,
        (to - from) * cell_width - (cell_width > 3 ? 0.75 : 0),
        2,
      );
    }
  });
}
