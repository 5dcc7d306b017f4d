// A filter as rows of a form, and back to its text. Only flat filters fit a form; the text can say more.

import { KEYWORDS, type Filter, type Literal } from './parse';

export const OPERATORS = [
  { value: '=', text: 'is' },
  { value: '!=', text: 'is not' },
  { value: '>', text: 'over' },
  { value: '>=', text: 'at least' },
  { value: '<', text: 'under' },
  { value: '<=', text: 'at most' },
  { value: 'like', text: 'like' },
  { value: 'ilike', text: 'like, any case' },
  { value: 'in', text: 'one of' },
  { value: 'is null', text: 'is missing' },
  { value: 'is not null', text: 'is there' },
] as const;

export type RowOperator = (typeof OPERATORS)[number]['value'];

export interface ConditionRow {
  name: string;
  operator: RowOperator;
  /** As it is typed: `0.9`, `ridge`, `ridge, forest` for a list. */
  value: string;
  /** Quotes around a figure make it a text: `'1'`. */
  quoted: boolean;
}

export interface FilterForm {
  joined: 'and' | 'or';
  rows: ConditionRow[];
}

/** The rows of a flat filter; null for one with parentheses or `not`. */
export function toForm(filter: Filter): FilterForm | null {
  if (filter.is === 'all') return { joined: 'and', rows: [] };
  const joined = filter.is === 'or' ? 'or' : 'and';
  const parts = filter.is === 'and' || filter.is === 'or' ? filter.of : [filter];
  const rows = parts.map(toRow);
  return rows.every((row) => row !== null) ? { joined, rows } : null;
}

/** The text of the rows that are complete. */
export function formText({ joined, rows }: FilterForm): string {
  return rows.filter(isComplete).map(rowText).join(` ${joined} `);
}

export function isComplete({ name, operator, value }: ConditionRow): boolean {
  return name !== '' && (operator.startsWith('is ') || value.trim() !== '');
}

/** A name as a filter writes it, in back-ticks where a part is no plain word. */
export function writeName(name: string): string {
  const plain = (part: string, i: number) =>
    /^[\p{Alphabetic}_][\p{Alphabetic}\p{N}_\-/:]*$/u.test(part) && !(i === 0 && KEYWORDS.includes(part.toLowerCase()));
  if (name.split('.').every(plain)) return name;
  // The prefix stays readable: metrics.`odd name`.
  const [, prefix = '', rest = name] = /^(metrics|params|tags|attributes)\.(.*)$/s.exec(name) ?? [];
  const quoted = `\`${rest.replaceAll('`', '``')}\``;
  return prefix ? `${prefix}.${quoted}` : quoted;
}

export function writeText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function toRow(filter: Filter): ConditionRow | null {
  switch (filter.is) {
    case 'compare':
      return { name: filter.name, operator: filter.operator, ...typed(filter.value) };
    case 'like':
      if (filter.negated) return null;
      return {
        name: filter.name,
        operator: filter.ignore_case ? 'ilike' : 'like',
        value: filter.pattern,
        quoted: true,
      };
    case 'in': {
      if (filter.negated || filter.values.some((value) => String(value).includes(','))) return null;
      return {
        name: filter.name,
        operator: 'in',
        value: filter.values.join(', '),
        quoted: filter.values.every((value) => typeof value === 'string'),
      };
    }
    case 'null':
      return { name: filter.name, operator: filter.negated ? 'is not null' : 'is null', value: '', quoted: false };
    default:
      return null;
  }
}

function typed(value: Literal): { value: string; quoted: boolean } {
  return { value: String(value), quoted: typeof value === 'string' };
}

function rowText({ name, operator, value, quoted }: ConditionRow): string {
  const before = `${writeName(name)} ${operator}`;
  if (operator.startsWith('is ')) return before;
  if (operator === 'like' || operator === 'ilike') return `${before} ${writeText(value)}`;
  const literal = (text: string) => (!quoted && isBare(text) ? text : writeText(text));
  if (operator !== 'in') return `${before} ${literal(value.trim())}`;
  const values = value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean);
  return `${before} (${values.map(literal).join(', ')})`;
}

/** A number or a truth value, which stand without quotes. */
function isBare(text: string): boolean {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) || /^(true|false)$/i.test(text);
}
