import { expect, it } from 'vitest';
import { typeChoice } from '../../domain/columnForms';
import { DEFAULT_IMPORT } from '../../domain/importing.svelte';
import type { ImportOptions } from '../../gen/ImportOptions';
import {
  chooseType,
  decimalChoices,
  delimiterChoices,
  importCommand,
  quoteChoices,
  readDigits,
  renameColumn,
  splitList,
} from './importOptions';

const options = (more: Partial<ImportOptions> = {}): ImportOptions => ({ ...DEFAULT_IMPORT, ...more });

it.each([
  ['', []],
  [' a , b ,', ['a', 'b']],
  ['a\nb,c', ['a', 'b', 'c']],
])('a list %j', (text, parts) => expect(splitList(text)).toEqual(parts));

it('a column that gets another name keeps the type that was chosen for it', () => {
  const chosen = chooseType(options(), 'b', typeChoice('category'));
  expect(renameColumn(chosen, ['a', 'b'], 1, ' kind ')).toEqual(
    options({ columns: ['a', 'kind'], types: { kind: typeChoice('category') } }),
  );
  expect(renameColumn(chosen, ['a', 'b'], 1, '  ')).toEqual(chosen);
  expect(chooseType(chosen, 'b', null)).toEqual(options());
});

it('a choice that is left to the file says what was found', () => {
  expect(delimiterChoices(null, ';')[0]?.text).toBe('found: semicolon  ;');
  expect(delimiterChoices(';', ';')[0]?.text).toBe('find out');
  expect(delimiterChoices('~', '~').at(-1)).toEqual({ value: '~', text: '~' });
  expect(decimalChoices(null, true)[0]?.text).toBe('found: 1.234,5');
  expect(quoteChoices('`').at(-1)).toEqual({ value: '`', text: '`' });
});

it.each([
  ['18,2', { precision: 18, scale: 2 }],
  [' 38 , 0 ', { precision: 38, scale: 0 }],
  ['39,2', null],
  ['4,5', null],
  ['0,0', null],
  ['18', null],
])('digits %j', (text, digits) => expect(readDigits(text)).toEqual(digits));

it.each<[string, string, ImportOptions, string]>([
  ['a.csv', '', options(), 'assay data import a.csv'],
  [
    "it's.csv",
    'adult',
    options({ no_header: true, columns: ['age', 'work class'], delimiter: '\t', null_values: ['?', 'NA'] }),
    "assay data import 'it'\\''s.csv' --name adult --no-header --columns 'age,work class' --delimiter $'\\t' --null '?' --null NA",
  ],
  [
    'b.csv',
    '',
    options({
      quote: '',
      encoding: 'latin1',
      decimal_comma: true,
      comment: '#',
      skip_lines: 2,
      types: { price: typeChoice('decimal', 18, 2) },
      bad_rows: 'set_aside',
    }),
    "assay data import b.csv --quote '' --encoding latin1 --decimal-comma --comment '#' --skip-lines 2 --type 'price=decimal(18,2)' --bad-rows set-aside",
  ],
  ['c.xlsx', '', options({ sheet: 'May' }), 'assay data import c.xlsx --sheet May'],
])('the command for %s', (path, name, own, command) => expect(importCommand(path, name, own)).toBe(command));
