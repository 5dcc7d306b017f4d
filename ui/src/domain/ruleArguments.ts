// How the arguments of a rule are typed: a text for a person, a JSON value for the rule, either way without loss.

import type { ArgumentKind } from '../gen/ArgumentKind';

/** What a field says: a value (`undefined` for none), or what is wrong with the text. */
export type Typed = { value: unknown } | { wrong: string };

/** Kinds that are written on several lines. */
export function isLong(kind: ArgumentKind): boolean {
  return ['texts', 'pairs', 'quantiles', 'partition', 'json', 'sql'].includes(kind);
}

/** What a field of this kind shows as an example. */
export function exampleOf(kind: ArgumentKind): string {
  const examples: Partial<Record<ArgumentKind, string>> = {
    columns: 'a, b',
    bound: 'no bound',
    texts: 'one on a line',
    values: 'red, "7", 7, true',
    pairs: 'a, 1\nb, 2',
    types: 'int, float',
    regex: '^[A-Z]{2}\\d+$',
    quantiles: '0.5: 10 to 20\n0.95: at most 90',
    partition: '{"values": ["a", "b"], "weights": [0.4, 0.6]}',
    json: '{"type": "object"}',
    sql: 'SELECT * FROM {batch} WHERE shipped < ordered',
    condition: 'age > 18 and city == "Oslo"',
  };
  return examples[kind] ?? '';
}

/** The text of a value in a field. */
export function writeArgument(kind: ArgumentKind, value: unknown): string {
  if (value === undefined || value === null) return '';
  switch (kind) {
    case 'columns':
    case 'types':
      return Array.isArray(value) ? value.map((one) => writeItem(one, false)).join(', ') : JSON.stringify(value);
    case 'values':
      return Array.isArray(value) ? value.map((one) => writeItem(one, true)).join(', ') : JSON.stringify(value);
    case 'texts':
      return Array.isArray(value) ? value.join('\n') : JSON.stringify(value);
    case 'pairs':
      return Array.isArray(value) ? value.map(writePair).join('\n') : JSON.stringify(value);
    case 'quantiles':
      return writeQuantiles(value);
    case 'bound':
      return typeof value === 'string' && isFigure(value) ? JSON.stringify(value) : String(value);
    default:
      return typeof value === 'object' ? JSON.stringify(value, null, 1).replaceAll(/\n */g, ' ') : String(value);
  }
}

/** The value that a text means. */
export function readArgument(kind: ArgumentKind, text: string): Typed {
  const line = text.trim();
  if (line === '') return { value: undefined };
  switch (kind) {
    case 'number':
    case 'share':
    case 'count':
      return readFigure(kind, line);
    case 'bound': {
      if (isFigure(line)) return { value: toFigure(line) };
      return { value: unquote(line) };
    }
    case 'columns':
    case 'types':
      return { value: splitItems(line).map(unquote) };
    case 'values':
      return { value: splitItems(line).map(readItem) };
    case 'texts':
      return { value: text.split('\n').filter((own) => own.trim() !== '') };
    case 'pairs': {
      const pairs = lines(text).map((own) => splitItems(own).map(readItem));
      const bad = pairs.findIndex((pair) => pair.length !== 2);
      return bad < 0 ? { value: pairs } : { wrong: `line ${String(bad + 1)} holds no two values` };
    }
    case 'quantiles':
      return readQuantiles(text);
    case 'partition':
    case 'json':
      return readJson(line);
    case 'condition':
      return line.startsWith('{') ? readJson(line) : { value: line };
    case 'interpolation':
      return { value: line === 'false' ? false : line === 'true' ? true : line };
    case 'regex':
    case 'text':
      // Blanks belong to a pattern.
      return { value: text };
    default:
      return { value: line };
  }
}

function readFigure(kind: 'number' | 'share' | 'count', line: string): Typed {
  if (!isFigure(line)) return { wrong: kind === 'count' ? 'a whole number' : 'a number' };
  const value = toFigure(line);
  if (kind === 'share' && !(value >= 0 && value <= 1)) return { wrong: 'from 0 to 1' };
  if (kind === 'count' && !(Number.isInteger(value) && value >= 0)) return { wrong: 'a whole number' };
  return { value };
}

function isFigure(text: string): boolean {
  return /^[-−+]?(\d[\d,]*(\.\d*)?|\.\d+)(e[-−+]?\d+)?$/i.test(text.trim());
}

function toFigure(text: string): number {
  return Number(text.replaceAll('−', '-').replaceAll(',', ''));
}

/** Parts between commas; a comma between quotes parts nothing. */
function splitItems(line: string): string[] {
  const items = line.match(/(?:"(?:\\.|[^"\\])*"|[^,"])+|"/g) ?? [];
  return items.map((item) => item.trim()).filter((item) => item !== '');
}

function readItem(item: string): unknown {
  if (item === 'true' || item === 'false') return item === 'true';
  if (item === 'null') return null;
  // In a list the comma parts values, so that a figure has none.
  return isFigure(item) ? toFigure(item) : unquote(item);
}

function unquote(item: string): string {
  if (!/^".*"$/s.test(item)) return item;
  try {
    return String(JSON.parse(item));
  } catch {
    return item.slice(1, -1);
  }
}

function writeItem(value: unknown, typed: boolean): string {
  if (typeof value !== 'string') return JSON.stringify(value);
  const plain = value === value.trim() && value !== '' && !/[",\n]/.test(value);
  const other = typed && (isFigure(value) || ['true', 'false', 'null'].includes(value));
  return plain && !other ? value : JSON.stringify(value);
}

function writePair(pair: unknown): string {
  return Array.isArray(pair) ? pair.map((one) => writeItem(one, true)).join(', ') : JSON.stringify(pair);
}

function writeQuantiles(value: unknown): string {
  const { quantiles, value_ranges } = (typeof value === 'object' ? value : {}) as Record<string, unknown>;
  if (!Array.isArray(quantiles) || !Array.isArray(value_ranges)) return JSON.stringify(value);
  return quantiles
    .map((probability: unknown, i) => {
      const [least = null, most = null] = (value_ranges[i] ?? []) as unknown[];
      if (least !== null && most !== null) return `${String(probability)}: ${String(least)} to ${String(most)}`;
      if (least !== null) return `${String(probability)}: at least ${String(least)}`;
      return `${String(probability)}: ${most === null ? 'any' : `at most ${String(most)}`}`;
    })
    .join('\n');
}

function readQuantiles(text: string): Typed {
  if (text.trim().startsWith('{')) return readJson(text);
  const figure = '([-−+]?[\\d.,]+(?:e[-−+]?\\d+)?)';
  const grammar = new RegExp(
    `^${figure}\\s*:\\s*(?:${figure}\\s+to\\s+${figure}|at least\\s+${figure}|at most\\s+${figure}|any)$`,
    'i',
  );
  const quantiles: number[] = [];
  const value_ranges: (number | null)[][] = [];
  for (const [at, own] of lines(text).entries()) {
    const found = grammar.exec(own.trim());
    const probability = toFigure(found?.[1] ?? '');
    if (!found || !(probability >= 0 && probability <= 1))
      return { wrong: `line ${String(at + 1)} is no quantile; write 0.5: 10 to 20` };
    const side = (i: number) => (found[i] === undefined ? null : toFigure(found[i]));
    quantiles.push(probability);
    value_ranges.push([side(2) ?? side(4), side(3) ?? side(5)]);
  }
  return { value: { quantiles, value_ranges } };
}

function readJson(text: string): Typed {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { value } : { wrong: 'a JSON object' };
  } catch {
    return { wrong: 'this is no JSON' };
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter((own) => own.trim() !== '');
}
