// How a file is to be read, as the import dialog changes it step by step; and the same on the command line.

import { typeArgument } from '../../domain/columnForms';
import { quote } from '../../domain/command';
import type { ImportOptions } from '../../gen/ImportOptions';
import type { TextEncoding } from '../../gen/TextEncoding';
import type { TypeChoice } from '../../gen/TypeChoice';

/** Tabs cannot be typed into a field, so the usual delimiters have names. */
const DELIMITERS: Readonly<Record<string, string>> = {
  ',': 'comma  ,',
  ';': 'semicolon  ;',
  '\t': 'tab',
  '|': 'bar  |',
  ' ': 'blank',
  ':': 'colon  :',
};

export const ENCODINGS: Readonly<Record<TextEncoding, { text: string; argument: string }>> = {
  utf8: { text: 'UTF-8', argument: 'utf-8' },
  utf16_le: { text: 'UTF-16, little-endian', argument: 'utf-16le' },
  utf16_be: { text: 'UTF-16, big-endian', argument: 'utf-16be' },
  latin1: { text: 'Latin-1', argument: 'latin1' },
};

/** The value of a choice that leaves it to the file. */
export const AUTO = 'auto';

export interface Choice {
  value: string;
  text: string;
}

/** The usual delimiters, the one in use, and `find out`, which says what was found. */
export function delimiterChoices(asked: string | null, found: string | null): Choice[] {
  const odd = asked !== null && !(asked in DELIMITERS) ? [{ value: asked, text: asked }] : [];
  return [
    { value: AUTO, text: foundText(asked === null && found !== null ? (DELIMITERS[found] ?? found) : null) },
    ...Object.entries(DELIMITERS).map(([value, text]) => ({ value, text })),
    ...odd,
  ];
}

export function encodingChoices(asked: TextEncoding | null, found: TextEncoding | null): Choice[] {
  return [
    { value: AUTO, text: foundText(asked === null && found !== null ? ENCODINGS[found].text : null) },
    ...Object.entries(ENCODINGS).map(([value, { text }]) => ({ value, text })),
  ];
}

export function decimalChoices(asked: boolean | null, found: boolean | null): Choice[] {
  return [
    { value: AUTO, text: foundText(asked === null && found !== null ? (found ? '1.234,5' : '1,234.5') : null) },
    { value: 'point', text: 'point  1,234.5' },
    { value: 'comma', text: 'comma  1.234,5' },
  ];
}

export function quoteChoices(asked: string | null): Choice[] {
  const usual = [
    { value: AUTO, text: 'double  "' },
    { value: "'", text: "single  '" },
    { value: '', text: 'none' },
  ];
  const odd = asked !== null && asked !== "'" && asked !== '' && asked !== '"' ? [{ value: asked, text: asked }] : [];
  return [...usual, ...odd];
}

function foundText(found: string | null): string {
  return found === null ? 'find out' : `found: ${found}`;
}

/** Gives a column another name; a type that was chosen for it goes with it. An empty name changes nothing. */
export function renameColumn(
  options: Readonly<ImportOptions>,
  shown: readonly string[],
  index: number,
  name: string,
): ImportOptions {
  const before = shown[index];
  const after = name.trim();
  if (before === undefined || after === '' || after === before) return { ...options };
  const types = Object.fromEntries(
    Object.entries(options.types).map(([column, choice]) => [column === before ? after : column, choice]),
  );
  return { ...options, columns: shown.map((own, i) => (i === index ? after : own)), types };
}

/** Chooses the type of a column; null leaves it to the file again. */
export function chooseType(options: Readonly<ImportOptions>, column: string, choice: TypeChoice | null): ImportOptions {
  const types = Object.fromEntries(Object.entries(options.types).filter(([own]) => own !== column));
  return { ...options, types: choice ? { ...types, [column]: choice } : types };
}

/** The same on the command line. */
export function importCommand(path: string, name: string, options: Readonly<ImportOptions>): string {
  const words = ['assay data import', quote(path)];
  if (name) words.push(`--name ${quote(name)}`);
  if (options.no_header) words.push('--no-header');
  if (options.columns.length > 0) words.push(`--columns ${quote(options.columns.join(','))}`);
  if (options.delimiter !== null)
    words.push(`--delimiter ${options.delimiter === '\t' ? "$'\\t'" : quote(options.delimiter)}`);
  for (const text of options.null_values) words.push(`--null ${quote(text)}`);
  if (options.quote !== null) words.push(`--quote ${quote(options.quote)}`);
  if (options.encoding !== null) words.push(`--encoding ${ENCODINGS[options.encoding].argument}`);
  if (options.decimal_comma === true) words.push('--decimal-comma');
  if (options.comment !== null) words.push(`--comment ${quote(options.comment)}`);
  if (options.skip_lines > 0) words.push(`--skip-lines ${options.skip_lines}`);
  if (options.sheet !== null) words.push(`--sheet ${quote(options.sheet)}`);
  for (const [column, choice] of Object.entries(options.types))
    words.push(`--type ${quote(typeArgument(column, choice))}`);
  if (options.bad_rows === 'set_aside') words.push('--bad-rows set-aside');
  return words.join(' ');
}

/** Texts apart by commas or line ends; blanks around each do not count. */
export function splitList(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** `18,2` as digits in all and after the point; null when it is none, or more digits than a decimal holds. */
export function readDigits(text: string): { precision: number; scale: number } | null {
  const found = /^\s*(\d{1,2})\s*,\s*(\d{1,2})\s*$/.exec(text);
  if (!found) return null;
  const [precision, scale] = [Number(found[1]), Number(found[2])];
  return precision >= 1 && precision <= 38 && scale <= precision ? { precision, scale } : null;
}
