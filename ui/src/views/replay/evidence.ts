// What stands behind the verdict of a cell, and the picture of its two distributions.

import type { ColumnDrift } from '../../gen/ColumnDrift';
import type { DriftReport } from '../../gen/DriftReport';
import type { DriftRule } from '../../gen/DriftRule';
import { compact, count, number, percent, pValue } from '../../parts/format';

export interface EvidenceLine {
  name: string;
  value: string;
  note?: string;
  strong?: boolean;
  title?: string;
}

type Report = Pick<DriftReport, 'rule' | 'n_reference_rows'>;

/** Measures that do not apply are left out; those that decide come first, with their limits. */
export function evidence(drift: ColumnDrift, report: Report, numeric: boolean, n_columns: number): EvidenceLine[] {
  const { rule } = report;
  const lines: EvidenceLine[] = [];
  const n_values = Math.max(1, drift.n_rows - drift.n_missing);
  if (drift.jensen_shannon !== null) {
    lines.push({
      name: 'Jensen-Shannon',
      value: number(drift.jensen_shannon, 3),
      note: `limit ${number(drift.limit, 3)}`,
      strong: drift.jensen_shannon >= drift.limit,
      title:
        'Distance, base 2: 0 for equal distributions, 1 for those that share no value' +
        (drift.limit > rule.min_distance
          ? `. The limit is above ${compact(rule.min_distance)} because stretches of the training rows differ that much among themselves`
          : ''),
    });
  }
  if (drift.p_adjusted !== null) {
    lines.push({
      name: `${drift.chi_square === null ? 'KS' : 'Chi-square'}, adjusted p`,
      value: pValue(drift.p_adjusted),
      note: `limit ${compact(rule.alpha)}`,
      strong: drift.p_adjusted <= rule.alpha,
      title: `After Benjamini-Hochberg over the ${n_columns} columns of the window; alone ${pValue(drift.p_value)}`,
    });
  }
  if (drift.ks_statistic !== null) {
    lines.push({
      name: 'KS statistic',
      value: number(drift.ks_statistic, 3),
      title: 'Largest gap between the two cumulative distributions',
    });
  }
  if (drift.chi_square !== null) lines.push({ name: 'Chi-square', value: compact(drift.chi_square) });
  if (drift.psi !== null) {
    lines.push({
      name: 'PSI',
      value: number(drift.psi, 3),
      note: 'no limit',
      title: 'Population stability index',
    });
  }
  if (drift.wasserstein !== null) {
    lines.push({
      name: 'Wasserstein',
      value: compact(drift.wasserstein),
      note: 'std',
      title: "In units of the reference's standard deviation",
    });
  }
  lines.push({
    name: numeric ? 'Outside range' : 'Outside categories',
    value: percent(drift.n_outside / n_values),
    note: `${count(drift.n_outside)} of ${count(drift.n_rows - drift.n_missing)}`,
  });
  if (drift.n_unseen > 0 || !numeric) {
    lines.push({ name: numeric ? 'Unseen values' : 'Unseen categories', value: count(drift.n_unseen) });
  }
  const rise = drift.missing_rise;
  lines.push({
    name: 'Missing',
    value: count(drift.n_missing),
    note: Math.abs(rise) < 0.0005 ? 'as in reference' : `${rise > 0 ? '+' : '−'}${percent(Math.abs(rise))}`,
    strong: rise >= rule.min_missing_rise,
    title: `A rise by ${percent(rule.min_missing_rise)} counts as drift on its own`,
  });
  lines.push({ name: 'Rows', value: count(drift.n_rows), note: `reference ${count(report.n_reference_rows)}` });
  return lines;
}

export interface Clipped {
  edges: number[];
  /** Said under the picture; empty when nothing was cut. */
  note: string;
}

/** How much wider than its neighbours an outer bin may be drawn. */
const WIDEST = 2;

/** The outer bins reach to the smallest and largest value of the log, however far; drawn whole they would hide the rest. */
export function clipEdges(edges: readonly number[]): Clipped {
  const n = edges.length - 1;
  const out = [...edges];
  if (n < 3) return { edges: out, note: '' };
  const widths = edges.slice(1, n).flatMap((edge, i) => (i + 2 <= n - 1 ? [(edges[i + 2] ?? edge) - edge] : []));
  const inner = widths.toSorted((a, b) => a - b)[Math.floor(widths.length / 2)] ?? 0;
  if (inner <= 0) return { edges: out, note: '' };
  const [first = 0, second = 0] = edges;
  const [before = 0, last = 0] = edges.slice(-2);
  const cut: string[] = [];
  if (second - first > WIDEST * inner) {
    out[0] = second - inner;
    cut.push(`the first bar reaches down to ${compact(first)}`);
  }
  if (last - before > WIDEST * inner) {
    out[n] = before + inner;
    cut.push(`the last bar reaches up to ${compact(last)}`);
  }
  return { edges: out, note: cut.join(', ') };
}

/** The rule behind every verdict, in words: method, limits, where they come from. */
export function ruleText(rule: DriftRule): string {
  const calibrated = rule.calibrated
    ? ', and higher for a column whose own stretches in training differ more (their mean plus three standard deviations)'
    : '';
  const source = rule.source === 'default' ? "Assay's defaults; set [drift] in assay.toml to change them" : rule.source;
  return (
    `A column drifted in a window when its Jensen-Shannon distance to the training rows is at least ` +
    `${compact(rule.min_distance)}${calibrated}, and its p-value (Kolmogorov-Smirnov or chi-square, after ` +
    `Benjamini-Hochberg over the columns of the window) at most ${compact(rule.alpha)}; or when its share of missing ` +
    `values rose by ${percent(rule.min_missing_rise, 0)} or more; or when it was constant in training and moved. ` +
    `The limits are from ${source}.`
  );
}
