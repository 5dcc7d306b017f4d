// What a comparison says: rows with differences, and one sentence for the rest.

import type { Comparison } from '../../gen/Comparison';
import type { MetricRow } from '../../gen/MetricRow';
import { duration, plural, UNKNOWN } from '../../parts/format';
import { byTelling, metricText, TELLING } from './metrics';

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

/** So many telling metrics of the test rows need no others beside them. */
const ENOUGH = 3;
const MOST_METRICS = 12;

/** Parameters that differ, metrics with the best in bold, what it cost. One run differs from nothing: all is shown. */
export function groups(comparison: Comparison): ComparedGroup[] {
  const alone = comparison.runs.length === 1;
  const params = alone ? comparison.equal : comparison.params;
  const n_params = comparison.params.length + comparison.equal.length;
  const rows = metricRows(comparison, alone);
  const telling = rows.filter(({ name }) => isTelling(name));
  // Two metrics of the test rows are not all there is to say.
  const others = telling.length > 0 ? rows.filter(({ name }) => !name.startsWith('cv.')) : rows;
  const shown = telling.length >= ENOUGH ? telling : others.slice(0, MOST_METRICS);
  const tested = shown.length > 0 && shown.every(({ name }) => name.startsWith('test.'));
  return [
    {
      title: 'Parameters',
      note: alone ? '' : `${params.length} of ${n_params} differ`,
      rows: params
        .filter(({ values }) => values.some((value) => value !== null))
        .map(({ name, values }) => ({ name, values: values.map((value) => value ?? UNKNOWN), best: null })),
    },
    {
      title: 'Metrics',
      note: [tested && 'on the test rows', !alone && 'best in bold'].filter(Boolean).join(', '),
      rows: [
        ...shown.map((row) => (tested ? { ...row, name: row.name.replace(/^test\./, '') } : row)),
        ...foldRows(comparison, telling[0]?.name.replace(/^test\./, '')),
      ],
    },
    { title: 'Cost', note: '', rows: costRows(comparison) },
  ].filter(({ rows }) => rows.length > 0);
}

/** Every metric that differs: those of the test rows first, cross-validation as mean ± deviation. */
export function metricRows({ metrics }: Comparison, all = false): ComparedRow[] {
  const shown = summed(metrics).filter(({ values }) => all || differs(values));
  const ordered = byTelling(shown.map(({ name }) => name));
  const place = (name: string) => (name.startsWith('test.') ? 0 : 1000) + ordered.indexOf(name);
  return [...shown]
    .sort((a, b) => place(a.name) - place(b.name))
    .map((row) =>
      metricRow(
        row,
        metrics.find(({ name }) => name === spreadOf(row.name)),
        all,
      ),
    );
}

/** Names and values that are the same in all runs, the most telling first. */
export function equalFacts(comparison: Comparison): { name: string; value: string }[] {
  const params = comparison.equal.flatMap(({ name, values: [value] }) => (value ? [{ name, value }] : []));
  const metrics = summed(comparison.metrics)
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

/** `cv.accuracy.mean` becomes `cv.accuracy`, its values `0.9782 ± 0.0112`. */
function metricRow({ name, values, best }: MetricRow, spread: MetricRow | undefined, alone: boolean): ComparedRow {
  const text = (value: number | null, i: number) => {
    const own = metricText(value, values);
    return spread && value !== null ? `${own} ± ${metricText(spread.values[i], values)}` : own;
  };
  return { name: name.replace(/\.mean$/, ''), values: values.map(text), best: alone ? null : best };
}

/** The last fold stands for nothing where the mean of all folds is known, and the deviation stands beside the mean. */
function summed(metrics: readonly MetricRow[]): MetricRow[] {
  const has = (wanted: string) => metrics.some(({ name }) => name === wanted);
  return metrics.filter(({ name }) => !has(`${name}.mean`) && !(name.endsWith('.std') && has(meanOf(name))));
}

function meanOf(spread: string): string {
  return spread.replace(/\.std$/, '.mean');
}

function spreadOf(mean: string): string | null {
  return mean.endsWith('.mean') ? mean.replace(/\.mean$/, '.std') : null;
}

function isTelling(name: string): boolean {
  return name.startsWith('test.') && TELLING.includes(name.slice('test.'.length));
}

/** What the folds say of one metric, in two rows. */
function foldRows({ metrics, runs }: Comparison, metric: string | undefined): ComparedRow[] {
  const rows = metrics.filter(({ name }) => name === `cv.${metric}.mean` || name === `cv.${metric}.std`);
  return rows.map((row) => ({
    ...metricRow(row, undefined, runs.length === 1),
    name: row.name.endsWith('.std') ? 'cv sd' : `cv.${metric}`,
  }));
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
