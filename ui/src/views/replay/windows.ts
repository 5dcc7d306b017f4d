// What the page of a replay reads out of its report: rows of the heat map, ticks, titles, the way to the next verdict.

import type { DriftReport } from '../../gen/DriftReport';
import type { WindowReport } from '../../gen/WindowReport';
import type { HeatRow } from '../../parts/figure';
import { count } from '../../parts/format';
import { heatValue } from './statistic';

export interface Tick {
  at: number;
  text: string;
  strong?: boolean;
}

/** One row a column, in the order of the model; predictions and labels stand apart below. */
export function heatRows(report: DriftReport): HeatRow[] {
  return report.columns.map((column, i): HeatRow => {
    const cells = report.windows.map((window) => window.columns[i]);
    // What was not judged is a gap: a small distance of three rows says nothing.
    const drawn = cells.map((cell) => (cell && cell.verdict !== 'not_judged' ? heatValue(cell) : null));
    return {
      name: column.name,
      values: drawn.map((own) => own?.value ?? NaN),
      over: cells.map((cell) => (cell?.verdict === 'drifted' ? 1 : 0)),
      warned: cells.map((cell) => (cell?.verdict === 'warning' ? 1 : 0)),
      threshold: drawn.find((own) => own !== null)?.limit ?? report.rule.min_distance,
      group: column.role === 'feature' ? 'feature' : 'answer',
    };
  });
}

/** The first cell that drifted, a feature before an answer; the first of all when none did. */
export function firstCell(rows: readonly HeatRow[], drifted: number | null): { window: number; column: string } {
  const window = drifted ?? 0;
  const row = rows.find(({ over }) => (over[window] ?? 0) > 0) ?? rows[0];
  return { window, column: row?.name ?? '' };
}

/** True when no cell could be judged: too few rows everywhere, or no reference. */
export function nothingJudged(report: DriftReport): boolean {
  return !report.windows.some(({ columns }) => columns.some(({ verdict }) => verdict !== 'not_judged'));
}

/** The next window at which the verdict of a row changes; null when there is none that way. */
export function nextVerdict(over: ArrayLike<number>, from: number, step: 1 | -1): number | null {
  for (let at = from + step; at >= 0 && at < over.length; at += step) {
    if ((over[at] ?? 0) !== (over[at - step] ?? 0)) return at;
  }
  return null;
}

const DAY_MS = 86_400_000;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** Marks of time over the windows, at fractions of a window; rows of the log where there is no time. */
export function windowTicks(windows: readonly WindowReport[], wanted = 8): Tick[] {
  const first = windows[0]?.start_ms;
  const last = windows.at(-1)?.end_ms;
  if (typeof first !== 'number' || typeof last !== 'number' || last <= first) return rowTicks(windows, wanted);
  return timesBetween(first, last, wanted).map((at_ms) => {
    const date = new Date(at_ms);
    return { at: placeOf(windows, at_ms), ...timeText(date, last - first) };
  });
}

/** Rows of the log at round figures. */
export function rowTicks(windows: readonly WindowReport[], wanted = 7): Tick[] {
  const held = windows.filter(({ n_rows }) => n_rows > 0);
  const last = held.at(-1)?.last_row ?? 0;
  if (last === 0) return [];
  const step = roundStep(last / wanted);
  const ticks: Tick[] = [];
  for (let row = step; row <= last; row += step) {
    const window = held.find(({ first_row, last_row }) => row >= first_row && row <= last_row);
    if (window)
      ticks.push({ at: window.index + (row - window.first_row) / Math.max(1, window.n_rows), text: count(row) });
  }
  return ticks;
}

function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
  return ([1, 2, 5, 10].find((factor) => factor * power >= least) ?? 10) * power;
}

function placeOf(windows: readonly WindowReport[], at_ms: number): number {
  const at = windows.findIndex(({ end_ms }) => (end_ms ?? 0) > at_ms);
  const window = windows[at];
  if (!window) return windows.length;
  const [from, to] = [window.start_ms ?? 0, window.end_ms ?? 0];
  return at + Math.max(0, Math.min(1, (at_ms - from) / Math.max(1, to - from)));
}

/** Times on the borders of hours, days, months or years; at most about `wanted`. */
function timesBetween(from: number, to: number, wanted: number): number[] {
  const span = to - from;
  const HOUR = DAY_MS / 24;
  const even = [1, 3, 6, 12, 24, 48, 24 * 7, 24 * 14]
    .map((hours) => hours * HOUR)
    .find((step) => span / step <= wanted);
  const times: number[] = [];
  if (even !== undefined) {
    for (let at = Math.ceil(from / even) * even; at < to; at += even) times.push(at);
    return times;
  }
  const months = [1, 3, 6, 12, 24, 60, 120].find((step) => span / (step * 30.4 * DAY_MS) <= wanted) ?? 120;
  const start = new Date(from);
  let month = Math.ceil((start.getUTCFullYear() * 12 + start.getUTCMonth()) / months) * months;
  for (; ; month += months) {
    const at = Date.UTC(Math.floor(month / 12), month % 12);
    if (at >= to) return times;
    if (at >= from) times.push(at);
  }
}

function timeText(date: Date, span: number): { text: string; strong: boolean } {
  const month = MONTHS[date.getUTCMonth()] ?? '';
  if (span > 8 * 14 * DAY_MS) {
    const strong = date.getUTCMonth() === 0;
    return { text: strong ? `${month} ${date.getUTCFullYear()}` : month, strong };
  }
  const midnight = date.getTime() % DAY_MS === 0;
  return midnight ? { text: `${date.getUTCDate()} ${month}`, strong: true } : { text: clock(date), strong: false };
}

/** `rows 17,393 to 17,728`; a gap says so. */
export function rowsText(window: WindowReport): string {
  return window.n_rows > 0 ? `rows ${count(window.first_row)} to ${count(window.last_row)}` : 'a gap: no rows';
}

/** `4 to 11 May 1997`, `30 Dec 1996 to 6 Jan 1997`, `4 May 1997 06:00 to 12:00`; empty without times. In UTC, as the log is read. */
export function datesText(window: WindowReport): string {
  if (window.start_ms === null || window.end_ms === null) return '';
  const [from, to] = [new Date(window.start_ms), new Date(window.end_ms)];
  const sameDay = from.toISOString().slice(0, 10) === to.toISOString().slice(0, 10);
  const whole = window.start_ms % DAY_MS === 0 && window.end_ms % DAY_MS === 0;
  if (sameDay) return `${dayText(from)} ${clock(from)} to ${clock(to)}`;
  if (!whole && window.end_ms - window.start_ms < 2 * DAY_MS) {
    return `${dayText(from)} ${clock(from)} to ${dayText(to)} ${clock(to)}`;
  }
  if (from.getUTCFullYear() !== to.getUTCFullYear()) return `${dayText(from)} to ${dayText(to)}`;
  if (from.getUTCMonth() !== to.getUTCMonth()) return `${from.getUTCDate()} ${monthOf(from)} to ${dayText(to)}`;
  return `${from.getUTCDate()} to ${dayText(to)}`;
}

function dayText(date: Date): string {
  return `${date.getUTCDate()} ${monthOf(date)} ${date.getUTCFullYear()}`;
}

function monthOf(date: Date): string {
  return MONTHS[date.getUTCMonth()] ?? '';
}

function clock(date: Date): string {
  return `${String(date.getUTCHours()).padStart(2, '0')}:${String(date.getUTCMinutes()).padStart(2, '0')}`;
}
