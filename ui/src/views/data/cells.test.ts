import { describe, expect, it } from 'vitest';
import type { CellValue } from '../../data';
import type { ColumnProfile } from '../../gen/ColumnProfile';
import type { ColumnType } from '../../gen/ColumnType';
import {
  cellText,
  dayRange,
  decimalsOf,
  headTexts,
  missingText,
  showsValues,
  splitNote,
  timeText,
  zoneOf,
} from './cells';

const text = (more: Partial<ColumnProfile> = {}): ColumnProfile => ({
  name: 'sex',
  kind: 'text',
  n_rows: 344,
  n_missing: 11,
  n_distinct: 2,
  numeric: null,
  top: [
    { value: 'MALE', count: 168 },
    { value: 'FEMALE', count: 165 },
  ],
  time: null,
  text: null,
  likely: { kind: 'category', reason: '2 distinct values' },
  exact: true,
  ...more,
});

const figures = (more: Partial<ColumnProfile> = {}): ColumnProfile =>
  text({
    name: 'body_mass_g',
    kind: 'integer',
    n_missing: 2,
    n_distinct: 94,
    top: [],
    numeric: {
      min: 2700,
      max: 6300,
      mean: 4201.75,
      std: 801.95,
      quantiles: [2900, 3150, 3550, 4050, 4750, 5650, 5950],
      n_zero: 0,
      n_negative: 0,
      n_not_finite: 0,
      skewness: 0.47,
      kurtosis: -0.72,
      n_outliers: 0,
      fences: [1750, 6550],
      n_far_out: 0,
      histogram: { edges: [2700, 4500, 6300], counts: [200, 142] },
    },
    ...more,
  });

describe('cells', () => {
  const table: [CellValue, ColumnType, number, string | null][] = [
    [null, 'float', 1, null],
    [39.1, 'float', 1, '39.1'],
    [18, 'float', 1, '18.0'],
    [Number.NaN, 'float', 1, 'NaN'],
    [3750, 'integer', 0, '3,750'],
    [9007199254740993n, 'integer', 0, '9,007,199,254,740,993'],
    [-4, 'integer', 0, '−4'],
    [true, 'boolean', 0, 'true'],
    ['', 'text', 0, ''],
    [Date.UTC(1996, 4, 7), 'date', 0, '1996-05-07'],
    [Date.UTC(1996, 4, 7, 9, 30), 'datetime', 0, '1996-05-07 09:30:00'],
    [Date.UTC(1996, 4, 7, 9, 30, 1, 250), 'datetime', 0, '1996-05-07 09:30:01.250'],
  ];
  it.each(table)('%s as %s', (value, kind, decimals, written) => expect(cellText(value, kind, decimals)).toBe(written));
});

it.each([
  [[39.1, 18, null], 1],
  [[1, 2, 3], 0],
  [[0.056443, 0.1], 6],
  [[1 / 3], 6],
])('decimals of %j', (values, decimals) => expect(decimalsOf(values)).toBe(decimals));

it('few whole numbers are values, many are a distribution', () => {
  expect(showsValues(text())).toBe(true);
  expect(showsValues(figures())).toBe(false);
  expect(showsValues(figures({ n_distinct: 2, top: [{ value: '0', count: 300 }] }))).toBe(true);
});

it.each([
  [text(), '11 missing, 3.2 %'],
  [figures(), '2 missing'],
  [text({ n_missing: 0 }), ''],
])('missing %#', (column, words) => expect(missingText(column)).toBe(words));

it.each([
  [figures(), ['2,700', '6,300']],
  [text(), ['MALE 49 %', '2 values']],
  [text({ top: [], n_distinct: 0 }), ['', '0 values']],
])('the head %#', (column, texts) => expect(headTexts(column)).toEqual(texts));

it.each([
  ['Rows 4 and 340 lack every measurement', 'Rows 4 and 340', ' lack every measurement'],
  ['Row 9 lacks most measurements', 'Row 9', ' lacks most measurements'],
  ['11 rows lack most measurements', '11 rows', ' lack most measurements'],
  ['`a` and `b` move together: r 0.87', '', '`a` and `b` move together: r 0.87'],
])('a note: %s', (note, rows, rest) => expect(splitNote(note)).toEqual({ rows, rest }));

it.each<[bigint, number, string]>([
  [123456n, 2, '1,234.56'],
  [-5n, 2, '−0.05'],
  [7n, 0, '7'],
  [99999999999999999999n, 4, '9,999,999,999,999,999.9999'],
])('the decimal of %d units and scale %i', (units, scale, text) => {
  expect(cellText(units, 'float', 0, { form: 'decimal', precision: 38, scale })).toBe(text);
});

it('a moment is written as the clocks of its zone show it', () => {
  const ms = Date.UTC(2026, 6, 1, 12, 30);
  expect(cellText(ms, 'datetime', 0, { form: 'zone', name: 'Europe/Berlin' })).toBe('2026-07-01 14:30:00');
  expect(cellText(ms, 'datetime', 0, { form: 'zone', name: 'nowhere' })).toBe('2026-07-01 12:30:00');
});

describe('times of a profile', () => {
  it.each<[string, string | null, string]>([
    ['2026-01-02', null, '2026-01-02'],
    ['2025-12-31T23:00:00', null, '2025-12-31 23:00:00'],
    ['2025-12-31T23:00:00', 'Europe/Berlin', '2026-01-01 00:00:00'],
    ['2025-12-31T23:00:00.250', null, '2025-12-31 23:00:00.250'],
  ])('%s in %s is %s', (text, zone, told) => expect(timeText(text, zone)).toBe(told));

  it('are days of the zone in a range', () =>
    expect(dayRange({ min: '2025-12-31T23:00:00', max: '2026-03-03T14:23:00' }, 'Europe/Berlin')).toEqual([
      '2026-01-01',
      '2026-03-03',
    ]));

  it('of few days are shown by their values, of many by their range', () => {
    const time = { min: '2026-01-01', max: '2026-02-01' };
    expect(showsValues(text({ kind: 'date', time, n_distinct: 3 }))).toBe(true);
    expect(showsValues(text({ kind: 'date', time, n_distinct: 30 }))).toBe(false);
  });

  it('have the zone of their column', () => {
    const schema = [
      { name: 'at', kind: 'datetime' as const, nullable: false, form: { form: 'zone' as const, name: 'UTC' } },
    ];
    expect(zoneOf(schema, 'at')).toBe('UTC');
    expect(zoneOf(schema, 'other')).toBeNull();
  });
});
