// What a comparison says: rows with differences, and one sentence for the rest.

import type { Comparison } from '../../gen/Comparison';
import type { MetricRow } from '../../gen/MetricRow';
import { decimalsFor, duration, number, plural, UNKNOWN } from '../../parts/format';

export interface ComparedRow {
  name: string;
  values: string[];
  /** Index of the best; null when none stands out. */
  best: number | null;
  title?: string;
}

export interface ComparedGroup {
  title: string;
  note: string;
  rows: ComparedRow[];
}

/** Metrics shown without being asked for: those of the test rows, and what cross-validation says of them. */
const TOLD = /^test\.|^cv\..*\.(mean|std)$/;

/** Parameters that differ, metrics with the best in bold, what it cost. One run differs from nothing: all is shown. */
export function groups(comparison: Comparison): ComparedGroup[] {
  const alone = comparison.runs.length === 1;
  const params = alone ? comparison.equal : comparison.params;
  const n_params = comparison.params.length + comparison.equal.length;
  const told = comparison.metrics.filter(({ name }) => TOLD.test(name));
  const metrics = (told.length > 0 ? told : comparison.metrics).filter((row) => alone || differs(row.values));
  return [
    {
      title: 'Parameters',
      note: alone ? '' : `${params.length} of ${n_params} differ`,
      rows: params.map(({ name, values }) => ({ name, values: values.map((value) => value ?? UNKNOWN), best: null })),
    },
    {
      title: 'Metrics',
      note: alone ? 'on the test rows' : 'on the test rows, best in bold',
      rows: metrics.map((row) => metricRow(row, alone)),
    },
    { title: 'Cost', note: '', rows: costRows(comparison) },
  ].filter(({ rows }) => rows.length > 0);
}

/** Every metric that differs, for the page that has the room. */
export function metricRows(comparison: Comparison): ComparedRow[] {
  return comparison.metrics.filter(({ values }) => differs(values)).map((row) => metricRow(row, false));
}

/** Names and values that are the same in all runs, the most telling first. */
export function equalFacts(comparison: Comparison): { name: string; value: string }[] {
  const params = comparison.equal.map(({ name, values }) => ({ name, value: values[0] ?? UNKNOWN }));
  const metrics = comparison.metrics
    .filter(({ values }) => !differs(values))
    .map(({ name, values }) => ({ name, value: metricText(values[0] ?? null, values) }));
  const first = ['data', 'target', 'algorithm', 'seed', 'test_fraction'];
  const place = (name: string) => (first.includes(name) ? first.indexOf(name) : first.length);
  return [...params.sort((a, b) => place(a.name) - place(b.name)), ...metrics];
}

/** `The same in both: data penguins@1, seed 1, 9 more.` */
export function equalSentence(comparison: Comparison, most = 4): string {
  const facts = equalFacts(comparison);
  const n = comparison.runs.length;
  if (n < 2 || facts.length === 0) return '';
  const rest = facts.length - most;
  const told = facts.slice(0, rest > 0 ? most : facts.length).map(({ name, value }) => `${name} ${value}`);
  const more = rest > 0 ? [`${rest} more`] : [];
  return `The same in ${n === 2 ? 'both' : `all ${n}`}: ${[...told, ...more].join(', ')}.`;
}

export function headline(n: number): string {
  return n === 1 ? 'one run' : `${plural(n, 'run')}, differences only`;
}

function metricRow({ name, values, best }: MetricRow, alone: boolean): ComparedRow {
  return { name, values: values.map((value) => metricText(value, values)), best: alone ? null : best };
}

function metricText(value: number | null, all: readonly (number | null)[]): string {
  return number(value, decimalsFor(all, 4, 4));
}

function costRows({ runs }: Comparison): ComparedRow[] {
  const took = runs.map((run) => (run.ended_ms === null ? null : (run.ended_ms - run.started_ms) / 1000));
  const known = took.filter((secs) => secs !== null);
  if (known.length === 0) return [];
  const least = Math.min(...known);
  const best = runs.length > 1 && known.some((secs) => secs > least) ? took.indexOf(least) : null;
  return [{ name: 'took', values: took.map((secs) => duration(secs)), best }];
}

function differs(values: readonly (number | null)[]): boolean {
  return values.some((value) => value !== values[0]);
}
