// Scales and ticks: round numbers, four to six of them, and pixels on whole lines.

import { scaleLinear, scaleLog, scaleSymlog } from 'd3-scale';
import { compact, number, scientific } from '../format';

export type ScaleKind = 'linear' | 'log' | 'symlog';

export interface Scale {
  (value: number): number;
  readonly kind: ScaleKind;
  readonly domain: readonly [number, number];
  invert(pixel: number): number;
  ticks(wanted?: number): number[];
}

/** A scale from values to pixels. A log scale of values that are not all positive becomes a symlog one. */
export function makeScale(kind: ScaleKind, domain: readonly [number, number], range: readonly [number, number]): Scale {
  const honest: ScaleKind = kind === 'log' && domain[0] <= 0 ? 'symlog' : kind;
  const [low, high] = widen(domain);
  const base =
    honest === 'log'
      ? scaleLog().domain([low, high])
      : honest === 'symlog'
        ? scaleSymlog().domain([low, high]).constant(symlogConstant(low, high))
        : scaleLinear().domain([low, high]);
  base.range([range[0], range[1]]);
  const scale = (value: number) => base(value);
  return Object.assign(scale, {
    kind: honest,
    domain: [low, high] as const,
    invert: (pixel: number) => base.invert(pixel),
    ticks: (wanted = 5) => ticksOf(honest, low, high, wanted, (n) => base.ticks(n)),
  });
}

/** The smallest and largest finite value; null when there is none. */
export function extentOf(values: Iterable<number | null | undefined>): [number, number] | null {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value === null || value === undefined || !Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return low <= high ? [low, high] : null;
}

/** The extent with air at both ends, on round numbers. */
export function niceExtent(extent: readonly [number, number], wanted = 5): [number, number] {
  const [low, high] = scaleLinear().domain(widen(extent)).nice(wanted).domain();
  return [low ?? extent[0], high ?? extent[1]];
}

/** The extent with air at both ends on a log scale. */
export function padLog([low, high]: readonly [number, number]): [number, number] {
  if (low <= 0) return niceExtent([low, high]);
  const air = (high / low) ** 0.06;
  return [low / air, high * air];
}

/** Text for ticks, all with the same decimals. */
export function tickTexts(ticks: readonly number[]): string[] {
  const sizes = ticks.map(Math.abs).filter((size) => size > 0);
  const largest = Math.max(...sizes, 0);
  const smallest = Math.min(...sizes, Infinity);
  if (largest >= 1e6 || (sizes.length > 0 && smallest < 1e-4)) {
    const texts = ticks.map((tick) => (largest >= 1e6 && largest < 1e9 ? million(tick) : scientific(tick, 1)));
    const [first, next] = ticks;
    // Far from zero and close together they would all read alike: the first in full, the others by what is added.
    if (first === undefined || next === undefined || new Set(texts).size === texts.length) return texts;
    return ticks.map((tick, i) => (i === 0 ? scientific(tick, 4) : `+${compact(tick - first, 3)}`));
  }
  // Ticks of a log scale span decades: equal decimals would write 0.010 beside 100.000.
  if (sizes.length > 1 && largest / smallest > 500) return ticks.map((tick) => compact(tick, 3));
  const decimals = Math.max(0, ...ticks.map(decimalsOf));
  return ticks.map((tick) => number(tick, decimals));
}

/** A line of one pixel is crisp on a half. */
export function crisp(pixel: number): number {
  return Math.round(pixel) + 0.5;
}

/** The index of the value nearest to `wanted` in an ascending list; -1 when it is empty. */
export function nearest(values: ArrayLike<number>, wanted: number): number {
  let low = 0;
  let high = values.length - 1;
  if (high < 0) return -1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) < wanted) low = middle;
    else high = middle;
  }
  return Math.abs((values[low] ?? 0) - wanted) <= Math.abs((values[high] ?? 0) - wanted) ? low : high;
}

/** Moves labels apart until none is nearer than `gap` to the next, inside [low, high]; the order stays. */
export function spread(places: readonly number[], gap: number, low: number, high: number): number[] {
  const order = places.map((at, i) => ({ at, i })).sort((a, b) => a.at - b.at);
  order.forEach((place, k) => {
    const before = order[k - 1];
    place.at = Math.max(place.at, before ? before.at + gap : low);
  });
  for (let k = order.length - 1; k >= 0; k -= 1) {
    const place = order[k];
    const after = order[k + 1];
    if (place) place.at = Math.min(place.at, after ? after.at - gap : high);
  }
  const out = [...places];
  for (const { at, i } of order) out[i] = at;
  return out;
}

function widen([low, high]: readonly [number, number]): [number, number] {
  if (low < high) return [low, high];
  if (low === 0) return [0, 1];
  const pad = Math.abs(low) * 0.05;
  return [low - pad, low + pad];
}

function symlogConstant(low: number, high: number): number {
  return Math.max(Math.abs(low), Math.abs(high)) / 1000 || 1;
}

function ticksOf(kind: ScaleKind, low: number, high: number, wanted: number, inner: (n: number) => number[]): number[] {
  if (kind === 'linear') return inner(wanted);
  if (kind === 'symlog') return symlogTicks(low, high);
  const decades = Math.log10(high / low);
  const steps = decades > wanted ? [1] : decades > wanted / 2 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power += 1) {
    for (const step of steps) {
      const tick = step * 10 ** power;
      if (tick >= low * 0.9999 && tick <= high * 1.0001) ticks.push(tick);
    }
  }
  // Less than a decade holds too few round powers, and then plain ticks read better.
  return ticks.length >= 3 ? thin(ticks, wanted + 2) : scaleLinear().domain([low, high]).ticks(wanted);
}

function symlogTicks(low: number, high: number): number[] {
  const top = Math.ceil(Math.log10(Math.max(Math.abs(low), Math.abs(high), Number.MIN_VALUE)));
  const powers = Array.from({ length: 4 }, (_, i) => 10 ** (top - i));
  const ticks = [...powers.map((power) => -power), 0, ...powers.reverse()];
  return [...new Set(ticks)].filter((tick) => tick >= low && tick <= high).sort((a, b) => a - b);
}

function thin(ticks: number[], most: number): number[] {
  const step = Math.ceil(ticks.length / most);
  return ticks.filter((_, i) => i % step === 0);
}

function decimalsOf(value: number): number {
  for (let decimals = 0; decimals < 6; decimals += 1) {
    if (Math.abs(value - Number(value.toFixed(decimals))) <= Math.abs(value) * 1e-9) return decimals;
  }
  return 6;
}

function million(value: number): string {
  return value === 0 ? '0' : `${compact(value / 1e6, 4)} M`;
}
