// The import dialog's fields as they are typed, and the options that they mean.

import { quote } from '../../domain/command';
import type { ImportOptions } from '../../gen/ImportOptions';

export interface ImportFields {
  no_header: boolean;
  columns: string;
  /** A key of `DELIMITERS`, or the character itself. */
  delimiter: string;
  null_values: string;
}

/** Tabs cannot be typed into a field, so the usual delimiters have names. */
export const DELIMITERS = [
  { value: 'auto', text: 'find out' },
  { value: ',', text: 'comma  ,' },
  { value: ';', text: 'semicolon  ;' },
  { value: '\t', text: 'tab' },
  { value: '|', text: 'bar  |' },
  { value: ' ', text: 'blank' },
  { value: ':', text: 'colon  :' },
] as const;

export function toFields(options: Readonly<ImportOptions>): ImportFields {
  return {
    no_header: options.no_header,
    columns: options.columns.join(', '),
    delimiter: options.delimiter ?? 'auto',
    null_values: options.null_values.join(', '),
  };
}

export function toOptions(fields: Readonly<ImportFields>): ImportOptions {
  return {
    no_header: fields.no_header,
    columns: splitList(fields.columns),
    delimiter: fields.delimiter === 'auto' ? null : fields.delimiter,
    null_values: splitList(fields.null_values),
  };
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
  return words.join(' ');
}

/** Texts apart by commas or line ends; blanks around each do not count. */
export function splitList(text: string): string[] {
  return text
    .split(/[,\n]/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}
