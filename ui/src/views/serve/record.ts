// A record for a model, from the form to the wire: what was typed for each input, and what is wrong with it.

import type { Signature } from '../../gen/Signature';
import type { SignatureColumn } from '../../gen/SignatureColumn';

export type Json = string | number | boolean | null;

/** What stands in the fields, by column. A column that is not here was left empty. */
export type Typed = Readonly<Record<string, string>>;

export interface Read {
  record: Record<string, Json>;
  /** By column, for the fields that cannot be sent. */
  problems: Record<string, string>;
}

/** Empty fields are sent as missing values. */
export function readRecord(inputs: readonly SignatureColumn[], typed: Typed): Read {
  const read: Read = { record: {}, problems: {} };
  for (const column of inputs) {
    const value = readValue(column, typed[column.name] ?? '');
    if ('problem' in value) read.problems[column.name] = value.problem;
    else read.record[column.name] = value.value;
  }
  return read;
}

function readValue({ kind, nullable }: SignatureColumn, text: string): { value: Json } | { problem: string } {
  const own = text.trim();
  if (own === '') return nullable ? { value: null } : { problem: 'the model needs a value here' };
  switch (kind) {
    case 'integer':
    case 'float': {
      const value = Number(own.replace(/^[−–]/, '-'));
      if (!Number.isFinite(value)) return { problem: 'a number is needed, such as 0.5' };
      if (kind === 'integer' && !Number.isInteger(value)) return { problem: 'a whole number is needed' };
      return { value };
    }
    case 'boolean': {
      const value = { true: true, '1': true, yes: true, false: false, '0': false, no: false }[own.toLowerCase()];
      return value === undefined ? { problem: 'true or false is needed' } : { value };
    }
    case 'date':
      return /^\d{4}-\d{2}-\d{2}$/.test(own) ? { value: own } : { problem: 'a date is needed, such as 2026-11-21' };
    default:
      return { value: own };
  }
}

/** The record as text, to be read and changed. */
export function recordText(record: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(record, null, 2);
}

/** What the fields hold for a record that was written as text; null for what is no record. */
export function typedOf(text: string): Typed | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return null;
  const entries = Object.entries(value).filter(([, own]) => own !== null);
  return Object.fromEntries(
    entries.map(([name, own]) => [name, typeof own === 'object' ? JSON.stringify(own) : String(own)]),
  );
}

/** Values from the middle of what training saw, so that there is something to send. */
export function exampleOf({ inputs }: Signature): Typed {
  return Object.fromEntries(inputs.map((column) => [column.name, exampleValue(column)]));
}

function exampleValue(column: SignatureColumn): string {
  switch (column.kind) {
    case 'integer':
    case 'boolean':
    case 'float': {
      const range = rangeOf(column);
      if (!range) return '';
      const middle = (range[0] + range[1]) / 2;
      return column.kind === 'float' ? String(Number(middle.toPrecision(4))) : String(Math.round(middle));
    }
    case 'date':
    case 'datetime':
      // A list of them, or their range.
      return /\d{4}-\d{2}-\d{2}(?:[ T][\d:.]+\S*)?/.exec(column.seen)?.[0].replace(/,$/, '') ?? '';
    case 'text':
      return categoriesOf(column)[0] ?? '';
  }
}

/** The numbers that training saw lie between these, which are one where it saw but one. */
export function rangeOf({ kind, seen }: SignatureColumn): [number, number] | null {
  if (kind !== 'integer' && kind !== 'float' && kind !== 'boolean') return null;
  const found = /^(?:constant (\S+)|(\S+) to (\S+))$/.exec(seen);
  const range: [number, number] = [numberOf(found?.[1] ?? found?.[2]), numberOf(found?.[1] ?? found?.[3])];
  return range.every(Number.isFinite) ? range : null;
}

/** A number as signatures write it: `2,700`, `−3.5`. */
function numberOf(text: string | undefined): number {
  return text === undefined ? NaN : Number(text.replaceAll(',', '').replaceAll('−', '-'));
}

/** The texts that training saw, or the first of them. */
export function categoriesOf({ kind, seen, constant }: SignatureColumn): string[] {
  if (kind !== 'text') return [];
  if (constant) return [seen.replace(/^constant /, '')];
  return seen.split(', ').filter((own) => own !== '' && own !== 'no value' && !/^and [\d,]+ more$/.test(own));
}
