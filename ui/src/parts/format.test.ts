import { describe, expect, it } from 'vitest';
import {
  bytes,
  compact,
  count,
  dateShort,
  dateTime,
  decimalsFor,
  duration,
  number,
  percent,
  plural,
  pValue,
  scientific,
  shortHash,
  signed,
  timeLeft,
  timeOfDay,
} from './format';

const now = new Date(2026, 10, 14, 15, 0);

describe('figures are written as the design says', () => {
  it.each([
    [count(1204), '1,204'],
    [count(0), '0'],
    [count(-3), '−3'],
    [count(null), '·'],
    [count(undefined), '·'],
    [count(NaN), '·'],
    [count(12n), '12'],
    [number(0.9236, 4), '0.9236'],
    [number(0.92, 4), '0.9200'],
    [number(-1.5, 1), '−1.5'],
    [number(-0.0001, 2), '0.00'],
    [number(Infinity, 2), '∞'],
    [number(-Infinity, 2), '−∞'],
    [compact(0.003467), '0.003467'],
    [compact(4201.754), '4,202'],
    [compact(43.92), '43.92'],
    [compact(0), '0'],
    [compact(0.00001234), '1.234e−5'],
    [compact(-12.5), '−12.5'],
    [compact(2.5e12), '2.5e12'],
    [signed(0.0098, 4), '+0.0098'],
    [signed(-0.0217, 4), '−0.0217'],
    [signed(0, 2), '0.00'],
    [signed(0.00001, 2), '0.00'],
    [scientific(2.4e-7), '2.4e−7'],
    [scientific(4e-128, 0), '4e−128'],
    [scientific(0), '0'],
    [scientific(1.04e-9), '1e−9'],
    [pValue(4e-128), '4e−128'],
    [pValue(0.043), '0.043'],
    [pValue(0), '< 1e−300'],
    [pValue(1), '1.000'],
    [percent(0.968), '96.8 %'],
    [percent(0), '0.0 %'],
    [percent(1), '100.0 %'],
    [percent(1, 0), '100 %'],
    [percent(0.9999), '> 99.9 %'],
    [percent(0.0001), '< 0.1 %'],
    [percent(null), '·'],
    [bytes(92_000), '92 kB'],
    [bytes(13_479), '13.5 kB'],
    [bytes(84_200_000), '84.2 MB'],
    [bytes(412_000_000), '412 MB'],
    [bytes(6_100_000_000), '6.1 GB'],
    [bytes(999), '999 B'],
    [bytes(999_999), '1 MB'],
    [bytes(0), '0 B'],
    [bytes(100_000), '100 kB'],
    [bytes(null), '·'],
    [plural(1, 'row'), '1 row'],
    [plural(344, 'row'), '344 rows'],
    [plural(2, 'entry', 'entries'), '2 entries'],
    [shortHash('b3:9f27c4e1aa55'), 'b3:9f27c4e1'],
    [shortHash('9f27c4e1aa55'), '9f27c4e1'],
    [shortHash(null), '·'],
  ])('%s is %s', (written, wanted) => expect(written).toBe(wanted));
});

describe('durations', () => {
  it.each([
    [0, '0 s'],
    [3.1e-6, '3.1 µs'],
    [0.003, '3 ms'],
    [0.042, '42 ms'],
    [0.4, '0.4 s'],
    [41.8, '41.8 s'],
    [59.99, '1 min'],
    [125, '2 min 5 s'],
    [3599.7, '1 h'],
    [3780, '1 h 3 min'],
    [90_000, '1 d 1 h'],
    [null, '·'],
  ])('%s seconds are %s', (secs, text) => expect(duration(secs)).toBe(text));

  it.each([
    [0.2, '1 s left'],
    [19.4, '19 s left'],
    [125.4, '2 min 5 s left'],
    [null, ''],
  ])('%s seconds to wait are "%s"', (secs, text) => expect(timeLeft(secs)).toBe(text));
});

describe('times', () => {
  it.each([
    [dateTime(new Date(2026, 10, 12, 14, 31), now), '12 Nov 14:31'],
    [dateTime(new Date(2025, 10, 12, 14, 31), now), '12 Nov 2025'],
    [dateTime(new Date(2026, 0, 2, 3, 4).getTime(), now), '2 Jan 03:04'],
    [dateTime('', now), '·'],
    [dateTime('nonsense', now), '·'],
    [dateShort(new Date(2026, 10, 14, 9, 5), now), '09:05'],
    [dateShort(new Date(2026, 10, 12, 9, 5), now), '12 Nov'],
    [timeOfDay(new Date(2026, 10, 14, 14, 2, 11)), '14:02:11'],
  ])('%s is %s', (written, wanted) => expect(written).toBe(wanted));
});

describe('the decimals of a column', () => {
  it.each([
    [[1, 2, 3], 0],
    [[0.5, 1], 1],
    [[0.9236, 0.92], 4],
    [[1234.5678, 2], 0],
    [[0.00012345], 6],
    [[null, undefined, NaN, Infinity], 0],
  ])('%j need %i', (values, decimals) => expect(decimalsFor(values)).toBe(decimals));
});
