// The figures of one column as names and values.

import type { ColumnProfile } from '../../gen/ColumnProfile';
import type { NumericProfile } from '../../gen/NumericProfile';
import { compact, count, number, plural } from '../../parts/format';
import { timeText } from './cells';
import { QUANTILE_NAMES, shareText, skewWords } from './profileWords';

export interface Fact {
  name: string;
  value: string;
  title?: string;
}

/** What every column has; `zone` is that of a date-time. */
export function columnFacts(column: ColumnProfile, zone: string | null): Fact[] {
  const facts: Fact[] = [
    { name: 'rows', value: count(column.n_rows) },
    { name: 'missing', value: shareText(column.n_missing, column.n_rows) },
    { name: 'distinct', value: count(column.n_distinct) },
  ];
  if (column.time) {
    facts.push(
      { name: 'earliest', value: timeText(column.time.min, zone) },
      { name: 'latest', value: timeText(column.time.max, zone) },
    );
  }
  if (column.text) {
    facts.push(
      { name: 'shortest', value: plural(column.text.min_length, 'character') },
      { name: 'longest', value: plural(column.text.max_length, 'character') },
      { name: 'mean length', value: `${number(column.text.mean_length, 1)} characters` },
    );
  }
  return facts;
}

export function numericFacts(column: ColumnProfile, numeric: NumericProfile): Fact[] {
  const n_values = column.n_rows - column.n_missing;
  const [low, high] = numeric.fences;
  return [
    { name: 'least', value: compact(numeric.min, 6) },
    { name: 'largest', value: compact(numeric.max, 6) },
    { name: 'mean', value: compact(numeric.mean, 6) },
    { name: 'standard deviation', value: compact(numeric.std, 6) },
    {
      name: 'skewness',
      value: [number(numeric.skewness, 3), skewWords(numeric.skewness)].filter(Boolean).join(', '),
      title: 'The third standardised moment: 0 for a distribution that is alike on both sides',
    },
    {
      name: 'excess kurtosis',
      value: number(numeric.kurtosis, 3),
      title: '0 for a normal distribution, more for longer tails',
    },
    { name: 'zero', value: shareText(numeric.n_zero, n_values) },
    { name: 'negative', value: shareText(numeric.n_negative, n_values) },
    ...(numeric.n_not_finite > 0 ? [{ name: 'not finite', value: shareText(numeric.n_not_finite, n_values) }] : []),
    {
      name: 'outliers',
      value: shareText(numeric.n_outliers, n_values),
      title: `Below ${compact(low, 6)} or above ${compact(high, 6)}: more than 1.5 times the middle half away from it`,
    },
    {
      name: 'far out',
      value: shareText(numeric.n_far_out, n_values),
      title: 'More than 3 times the middle half away from it',
    },
  ];
}

export function quantileFacts(numeric: NumericProfile): Fact[] {
  return numeric.quantiles.map((value, i) => ({ name: QUANTILE_NAMES[i] ?? String(i), value: compact(value, 6) }));
}
