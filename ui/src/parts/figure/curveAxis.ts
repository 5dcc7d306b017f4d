// Axes of curves: numbers, time since the start, time of day; linear or logarithmic.

import { compact, dateShort, dateTime, number, timeOfDay } from '../format';
import { makeScale, niceExtent, padLog, tickTexts, type ScaleKind } from './scale';

/** What stands along the bottom: figures, seconds since a start, or milliseconds of a date. */
export type AlongKind = 'number' | 'seconds' | 'date';

const MINUTE = 60;
const HOUR = 3600;
const DAY = 86_400;

const STEPS_SECS: readonly number[] = [
  ...[0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30],
  ...[1, 2, 5, 10, 15, 30].map((minutes) => minutes * MINUTE),
  ...[1, 2, 3, 6, 12].map((hours) => hours * HOUR),
  ...[1, 2, 5, 7, 14, 28, 91, 182, 365, 730].map((days) => days * DAY),
];

/** The unit in which seconds are written for a span of them. */
export function unitOf(span_secs: number): { secs: number; name: string } {
  if (span_secs > 3 * DAY) return { secs: DAY, name: 'days' };
  if (span_secs > 3 * HOUR) return { secs: HOUR, name: 'h' };
  if (span_secs > 3 * MINUTE) return { secs: MINUTE, name: 'min' };
  return { secs: 1, name: 's' };
}

/** Round places along the axis, at most `most` of them. */
export function alongPlaces(
  kind: AlongKind,
  scale: ScaleKind,
  domain: readonly [number, number],
  most: number,
): number[] {
  if (kind === 'number' || scale !== 'linear') return makeScale(scale, domain, [0, 1]).ticks(most);
  const [from, to] = domain;
  const steps = kind === 'date' ? STEPS_SECS.map((secs) => secs * 1000) : STEPS_SECS;
  const step = steps.find((own) => (to - from) / own <= most) ?? (to - from) / most;
  // Days and hours begin where the reader's clock says so.
  const shift = kind === 'date' ? new Date(from).getTimezoneOffset() * 60_000 : 0;
  const first = Math.ceil((from - shift) / step) * step + shift;
  return Array.from({ length: Math.max(0, Math.floor((to - first) / step) + 1) }, (_, i) => first + i * step);
}
export function alongTicks(kind: AlongKind, ticks: readonly number[], span: number): string[] {
  if (kind === 'number') return tickTexts(ticks);
  if (kind === 'seconds') {
    const { secs } = unitOf(span);
    return tickTexts(ticks.map((tick) => tick / secs));
  }
  const step = (ticks[1] ?? Infinity) - (ticks[0] ?? 0);
  if (step >= DAY * 1000) return ticks.map((tick) => dateShort(tick));
  // The day stands at the first tick and where it changes.
  let before = '';
  return ticks.map((tick) => {
    const date = new Date(tick);
    const day = date.toDateString();
    const clock = step >= MINUTE * 1000 ? timeOfDay(tick).slice(0, 5) : timeOfDay(tick);
    const text = day === before ? clock : `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''} ${clock}`;
    before = day;
    return text;
  });
}

/** A place along the axis in words, for a tip. */
export function alongText(kind: AlongKind, at: number, span: number, title: string): string {
  if (kind === 'date') return `${dateTime(at)}${span < DAY * 1000 ? `, ${timeOfDay(at)}` : ''}`;
  if (kind === 'number') return `${title} ${Number.isInteger(at) ? number(at, 0) : compact(at)}`;
  const { secs, name } = unitOf(span);
  return `${number(at / secs, secs === 1 ? 2 : 1)} ${name}`;
}

/** The ends of the axis upwards, with air. A log scale needs values over zero; others fall back to linear. */
export function upwardsDomain(range: readonly [number, number], kind: ScaleKind): [number, number] {
  if (kind === 'log') return padLog(range[0] > 0 ? range : [Number.MIN_VALUE, Math.max(range[1], 1)]);
  if (kind === 'symlog') return niceExtent(range);
  const [low, high] = range;
  const air = (high - low || Math.abs(high) || 1) * 0.04;
  // A share that nearly reaches its limit stops there.
  const top = high <= 1 && high + air > 1 && low >= 0 ? 1 : high + air;
  return [low >= 0 && low - air < 0 ? 0 : low - air, Math.max(top, high)];
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
