// What the figures share: sizes, series, tips.

import { nearest, type ScaleKind } from './scale';

export interface Size {
  width: number;
  height: number;
}

export interface TipLine {
  name: string;
  value: string;
  /** 1 to 8, for a swatch. */
  category?: number;
}

export interface TipContent {
  /** Where the pointed-at thing is, in pixels of the figure; the tip stands beside it, never over it. */
  x: number;
  y?: number;
  title: string;
  lines: TipLine[];
}

export interface AxisSpec {
  title?: string;
  scale?: ScaleKind;
  domain?: readonly [number, number];
  /** Text of a value in a tip and of a tick; round figures when left out. */
  format?: (value: number) => string;
  ticks?: readonly { at: number; text: string }[];
}

export interface LineSeries {
  name: string;
  /** 1 to 8: the colour a run keeps everywhere. */
  category: number;
  /** Ascending. */
  x: ArrayLike<number>;
  /** NaN leaves a gap. */
  y: ArrayLike<number>;
  /** The same before smoothing, drawn faint beneath. */
  raw?: ArrayLike<number>;
  band?: { low: ArrayLike<number>; high: ArrayLike<number> };
  /** Index of the best point, ringed. */
  best?: number;
  /** Dots, the line between them faint: for values between which there is nothing, such as folds. */
  dots?: boolean;
  /** Drawn in dashes: what is estimated. */
  dashed?: boolean;
  /** Indices [from, to] drawn thin and dotted: what must not be scored. */
  dotted?: readonly [number, number];
}

export interface Limit {
  value: number;
  name: string;
}

/** The value of each line nearest to a place; lines that have none within `reach` of it are left out. */
export function linesAt<
  L extends {
    id: string;
    name: string;
    category: number;
    x: Float64Array;
    last: Float64Array;
    smoothed?: Float64Array;
  },
>(
  lines: readonly L[],
  at: number,
  reach: number,
): { id: string; name: string; category: number; at: number; value: number }[] {
  return lines.flatMap(({ id, name, category, x, last, smoothed }) => {
    const i = nearest(x, at);
    const where = x[i];
    const within = where !== undefined && at >= (x[0] ?? 0) - reach && at <= (x.at(-1) ?? 0) + reach;
    return within ? [{ id, name, category, at: where, value: (smoothed ?? last)[i] ?? NaN }] : [];
  });
}

/** The colour of a category, in the order of the palette. */
export function colour(category: number): string {
  return `var(--c${((category - 1) % 8) + 1})`;
}

/** An SVG path through points; a point that is not finite lifts the pen. */
export function linePath(points: Iterable<readonly [number, number]>): string {
  let path = '';
  let down = false;
  for (const [x, y] of points) {
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      down = false;
      continue;
    }
    path += `${down ? 'L' : 'M'}${round(x)} ${round(y)}`;
    down = true;
  }
  return path;
}

/** The area between two lines; where either is not finite there is no area. */
export function bandPath(x: readonly number[], low: readonly number[], high: readonly number[]): string {
  let path = '';
  let from = 0;
  for (let i = 0; i <= x.length; i += 1) {
    if (i < x.length && Number.isFinite(x[i]) && Number.isFinite(low[i]) && Number.isFinite(high[i])) continue;
    if (i > from) path += bandPiece(x.slice(from, i), low.slice(from, i), high.slice(from, i));
    from = i + 1;
  }
  return path;
}

function bandPiece(x: readonly number[], low: readonly number[], high: readonly number[]): string {
  const upper = x.map((at, i) => [at, high[i] ?? NaN] as const);
  const lower = x.map((at, i) => [at, low[i] ?? NaN] as const).reverse();
  return `${linePath([...upper, ...lower])}Z`;
}

export function round(value: number): number {
  return Math.round(value * 10) / 10;
}

/** Exponential smoothing: 0 leaves the values alone, 0.99 nearly stills them. */
export function smooth(values: ArrayLike<number>, weight: number): Float64Array {
  const out = new Float64Array(values.length);
  let state = NaN;
  for (let i = 0; i < values.length; i += 1) {
    const value = values[i] ?? NaN;
    if (!Number.isFinite(value)) {
      out[i] = NaN;
      continue;
    }
    state = Number.isNaN(state) ? value : state * weight + value * (1 - weight);
    out[i] = state;
  }
  return out;
}

/** How wide a text of the tick size will be, near enough to leave room for it. */
export function tickWidth(text: string): number {
  return text.length * 6;
}
