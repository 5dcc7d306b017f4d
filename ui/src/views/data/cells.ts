// How the values of a data set are written, and which figure stands for a column.

import type { CellValue } from '../../data';
import type { Column } from '../../gen/Column';
import type { ColumnProfile } from '../../gen/ColumnProfile';
import type { ColumnType } from '../../gen/ColumnType';
import type { Form } from '../../gen/Form';
import type { TimeProfile } from '../../gen/TimeProfile';
import { compact, count, decimalsFor, number, percent, plural } from '../../parts/format';

/** Decimals that no column of measurements needs more of; the value itself stands in the title and in the row. */
const MOST_DECIMALS = 6;

/** A whole-number column of so few values is rather classes than amounts; of other numbers two say it all. */
const FEW_VALUES = 10;

/** The text of a cell; null when it is missing. */
export function cellText(
  value: CellValue,
  kind: ColumnType,
  decimals: number,
  form: Form | null = null,
): string | null {
  if (value === null) return null;
  if (typeof value === 'bigint') return form?.form === 'decimal' ? decimalText(value, form.scale) : count(value);
  if (typeof value === 'boolean') return String(value);
  if (typeof value === 'string') return value;
  switch (kind) {
    case 'integer':
      return count(value);
    case 'date':
      return new Date(value).toISOString().slice(0, 10);
    case 'datetime':
      return form?.form === 'zone' ? zonedDateTime(value, form.name) : isoDateTime(value);
    default:
      return Number.isNaN(value) ? 'NaN' : number(value, decimals);
  }
}

/** Decimals with which the values seen stand under one another. */
export function decimalsOf(values: Iterable<CellValue>): number {
  const figures: number[] = [];
  for (const value of values) if (typeof value === 'number') figures.push(value);
  return decimalsFor(figures, 12, MOST_DECIMALS);
}

/** The zone in which the date-times of a column are written; null for UTC and all else. */
export function zoneOf(schema: readonly Column[], name: string): string | null {
  const form = schema.find((column) => column.name === name)?.form;
  return form?.form === 'zone' ? form.name : null;
}

/** A date or a UTC date-time of a profile, `2025-12-31T23:00:00`, as the clocks of the zone show it. */
export function timeText(text: string, zone: string | null): string {
  const ms = text.includes('T') ? Date.parse(`${text}Z`) : NaN;
  if (Number.isNaN(ms)) return text;
  return zone === null ? isoDateTime(ms) : zonedDateTime(ms, zone);
}

/** The first and the last day. */
export function dayRange({ min, max }: TimeProfile, zone: string | null): [string, string] {
  return [timeText(min, zone).slice(0, 10), timeText(max, zone).slice(0, 10)];
}

/** Whether a column is shown by its values rather than by a distribution. */
export function showsValues(column: ColumnProfile): boolean {
  if (column.time) return column.n_distinct <= FEW_VALUES && column.top.length > 0;
  if (!column.numeric) return column.top.length > 0;
  const few = column.kind === 'integer' ? FEW_VALUES : 2;
  return column.n_distinct <= few && column.top.length > 0;
}

export function isNumeric(kind: ColumnType): boolean {
  return kind === 'integer' || kind === 'float';
}

/** `2 missing`, `11 missing, 3.2 %`; empty when nothing is. */
export function missingText(column: ColumnProfile): string {
  if (column.n_missing === 0) return '';
  const share = column.n_missing / Math.max(1, column.n_rows);
  return share < 0.01 ? `${count(column.n_missing)} missing` : `${count(column.n_missing)} missing, ${percent(share)}`;
}

/** What stands under the small figure in the head of a column: left and right. */
export function headTexts(column: ColumnProfile, zone: string | null = null): [string, string] {
  const first = column.top[0];
  if (column.numeric && !showsValues(column)) return [compact(column.numeric.min, 5), compact(column.numeric.max, 5)];
  if (column.time) return dayRange(column.time, zone);
  if (!first) return ['', plural(column.n_distinct, 'value')];
  const share = `${first.value === '' ? 'empty' : first.value} ${percent(first.count / Math.max(1, column.n_rows), 0)}`;
  return [share, plural(column.n_distinct, 'value')];
}

/** A note that begins with the rows it speaks of, cut so that they can be a link. */
export function splitNote(text: string): { rows: string; rest: string } {
  const found = /^((?:Row|Rows) [\d,]+(?: and [\d,]+)?|[\d,]+ rows)( .*)$/.exec(text);
  return found ? { rows: found[1] ?? '', rest: found[2] ?? '' } : { rows: '', rest: text };
}

/** The units of a decimal, exactly: 123456 of scale 2 is `1,234.56`. */
function decimalText(units: bigint, scale: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(scale + 1, '0');
  const whole = count(BigInt(digits.slice(0, digits.length - scale)));
  const sign = units < 0n ? '−' : '';
  return scale === 0 ? `${sign}${whole}` : `${sign}${whole}.${digits.slice(-scale)}`;
}

/** As the clocks of the zone show it; in UTC where the zone is not known here. */
function zonedDateTime(ms: number, zone: string): string {
  try {
    const parts = new Intl.DateTimeFormat('sv-SE', {
      timeZone: zone,
      dateStyle: 'short',
      timeStyle: 'medium',
      hourCycle: 'h23',
    });
    return parts.format(ms);
  } catch {
    return isoDateTime(ms);
  }
}

function isoDateTime(ms: number): string {
  const text = new Date(ms).toISOString();
  return `${text.slice(0, 10)} ${text.slice(11, ms % 1000 === 0 ? 19 : 23)}`;
}
