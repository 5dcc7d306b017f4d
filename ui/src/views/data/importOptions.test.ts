import { expect, it } from 'vitest';
import { importCommand, splitList, toFields, toOptions } from './importOptions';

const ADULT = { no_header: true, columns: ['age', 'work class'], delimiter: '\t', null_values: ['?', 'NA'] };

it('options come back from their fields as they were', () => {
  for (const options of [ADULT, { no_header: false, columns: [], delimiter: null, null_values: [] }])
    expect(toOptions(toFields(options))).toEqual(options);
});

it.each([
  ['', []],
  [' a , b ,', ['a', 'b']],
  ['a\nb,c', ['a', 'b', 'c']],
])('a list %j', (text, parts) => expect(splitList(text)).toEqual(parts));

it.each([
  [
    'a.csv',
    '',
    { ...ADULT, columns: [], no_header: false, delimiter: null, null_values: [] },
    'assay data import a.csv',
  ],
  [
    "it's.csv",
    'adult',
    ADULT,
    "assay data import 'it'\\''s.csv' --name adult --no-header --columns 'age,work class' --delimiter $'\\t' --null '?' --null NA",
  ],
])('the command for %s', (path, name, options, command) => expect(importCommand(path, name, options)).toBe(command));
