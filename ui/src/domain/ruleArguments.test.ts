import { describe, expect, it } from 'vitest';
import type { ArgumentKind } from '../gen/ArgumentKind';
import { readArgument, writeArgument } from './ruleArguments';

describe('a value is written and read back', () => {
  const table: [ArgumentKind, unknown, string][] = [
    ['number', -1.5, '-1.5'],
    ['bound', 2700, '2700'],
    ['bound', '2026-01-01', '2026-01-01'],
    ['bound', '7', '"7"'],
    ['columns', ['a', 'b, c', 'd "e"'], 'a, "b, c", "d \\"e\\""'],
    ['values', ['red', '7', 7, true, null, 'true', ''], 'red, "7", 7, true, null, "true", ""'],
    ['texts', ['^a,b$', ' c'], '^a,b$\n c'],
    [
      'pairs',
      [
        ['a', 1],
        ['b', '2'],
      ],
      'a, 1\nb, "2"',
    ],
    [
      'quantiles',
      {
        quantiles: [0.05, 0.5, 0.95, 1],
        value_ranges: [
          [1, 2],
          [10, null],
          [null, 90],
          [null, null],
        ],
      },
      '0.05: 1 to 2\n0.5: at least 10\n0.95: at most 90\n1: any',
    ],
    ['json', { type: 'object' }, '{ "type": "object" }'],
    ['condition', 'age > 18', 'age > 18'],
    ['regex', '^ a$', '^ a$'],
    ['interpolation', 'linear', 'linear'],
    ['number', undefined, ''],
  ];
  it.each(table)('%s %j', (kind, value, text) => {
    expect(writeArgument(kind, value)).toBe(text);
    expect(readArgument(kind, text)).toEqual({ value });
  });
});

describe('what cannot be read is told', () => {
  const table: [ArgumentKind, string, string][] = [
    ['number', 'many', 'a number'],
    ['share', '1.2', 'from 0 to 1'],
    ['count', '−3', 'a whole number'],
    ['count', '2.5', 'a whole number'],
    ['pairs', 'a, 1\nb', 'line 2 holds no two values'],
    ['quantiles', '0.5: 10 until 20', 'line 1 is no quantile; write 0.5: 10 to 20'],
    ['quantiles', '5: 10 to 20', 'line 1 is no quantile; write 0.5: 10 to 20'],
    ['json', '{', 'this is no JSON'],
    ['json', '3', 'a JSON object'],
  ];
  it.each(table)('%s %s', (kind, text, wrong) => expect(readArgument(kind, text)).toEqual({ wrong }));
});

it.each([
  ['number', '1,234.5', 1234.5],
  ['number', '−2', -2],
  ['share', '.5', 0.5],
] as [ArgumentKind, string, number][])('%s %s', (kind, text, value) =>
  expect(readArgument(kind, text)).toEqual({ value }),
);
