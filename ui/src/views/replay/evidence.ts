// What stands behind the verdict of a cell, and the picture of its two distributions.

import type { ColumnDrift } from '../../gen/ColumnDrift';
import type { DriftReport } from '../../gen/DriftReport';
import type { DriftRule } from '../../gen/DriftRule';
import type { Mode } from '../../gen/Mode';
import { compact, count, number, percent, pValue } from '../../parts/format';
import { ASKED_FOR } from './judging';
import { BOUNDED, methodWords } from './statistic';

export interface EvidenceLine {
  name: string;
  value: string;
  note?: string;
  strong?: boolean;
  title?: string;
}

type Report = Pick<DriftReport, 'rule' | 'n_reference_rows'>;

/** Measures that do not apply are left out; those that decide come first, with their limits. */
export function evidence(drift: ColumnDrift, report: Report, numeric: boolean): EvidenceLine[] {
  const { rule } = report;
  const { method, decides, limit } = drift;
  const lines: EvidenceLine[] = [];
  const n_values = Math.max(1, drift.n_rows - drift.n_missing);
  const statistic = drift.statistic ?? (method === 'jensen_shannon' ? drift.jensen_shannon : null);
  if (statistic !== null) {
    lines.push({
      name: methodWords(method),
      value: BOUNDED.has(method) ? number(statistic, 3) : compact(statistic),
      ...(decides === 'p_value' ? {} : { note: `limit ${number(limit, 3)}`, strong: statistic >= limit }),
      title: [
        method === 'jensen_shannon'
          ? 'Distance, base 2: 0 for equal distributions, 1 for those that share no value'
          : 'What the verdict goes by',
        ...(rule.mode === 'textbook' && decides === 'both' && limit > rule.min_distance
          ? [
              `The limit is above ${compact(rule.min_distance)} because stretches of the training rows differ that much among themselves`,
            ]
          : []),
      ].join('. '),
    });
  }
  const p = drift.p_adjusted ?? drift.p_value;
  if (p !== null) {
    const test = decides === 'p_value' ? methodWords(method) : drift.chi_square === null ? 'KS' : 'Chi-square';
    const p_limit = decides === 'p_value' ? limit : rule.alpha;
    lines.push({
      name: `${test}, ${drift.p_adjusted === null ? '' : 'adjusted '}p`,
      value: pValue(p),
      ...(decides === 'distance' ? {} : { note: `limit ${compact(p_limit)}`, strong: p <= p_limit }),
      title: `${correctionText(rule)}; alone ${pValue(drift.p_value)}`,
    });
  }
  if (decides === 'p_value' && drift.effect !== null && drift.effect !== statistic) {
    lines.push({
      name: 'Effect',
      value: compact(drift.effect),
      title: 'How large the difference is, whatever the number of rows',
    });
  }
  if (method !== 'jensen_shannon' && drift.jensen_shannon !== null) {
    lines.push({ name: 'Jensen-Shannon', value: number(drift.jensen_shannon, 3), note: 'no limit' });
  }
  if (drift.ks_statistic !== null && method !== 'kolmogorov_smirnov') {
    lines.push({
      name: 'KS statistic',
      value: number(drift.ks_statistic, 3),
      title: 'Largest gap between the two cumulative distributions',
    });
  }
  if (drift.chi_square !== null && method !== 'chi_square')
    lines.push({ name: 'Chi-square', value: compact(drift.chi_square) });
  if (drift.psi !== null && method !== 'psi') {
    lines.push({
      name: 'PSI',
      value: number(drift.psi, 3),
      note: 'no limit',
      title: 'Population stability index',
    });
  }
  if (drift.wasserstein !== null && method !== 'wasserstein') {
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

const MODES: Readonly<Record<Mode, string>> = { textbook: 'textbook', evidently: 'Evidently', nanny_ml: 'NannyML' };

/** `NannyML mode` */
export function modeText({ mode }: Pick<DriftRule, 'mode'>): string {
  return `${MODES[mode]} mode`;
}

/** How p-values answer for one another: `After Benjamini-Hochberg over the columns of the window`. */
export function correctionText({ correction, correct_over }: DriftRule): string {
  if (correction === 'none') return 'Not corrected for the number of tests';
  const name = correction === 'bonferroni' ? 'Bonferroni' : 'Benjamini-Hochberg';
  return `After ${name} over ${correct_over === 'window' ? 'the columns of the window' : 'all columns and windows'}`;
}

/** The rule behind every verdict, in words: method, limits, where they come from. */
export function ruleText(rule: DriftRule): string {
  const source =
    rule.source === 'default'
      ? "Assay's defaults; set [drift] in assay.toml to change them"
      : rule.source === ASKED_FOR
        ? 'what was asked for, not from a file'
        : rule.source;
  const own = [
    ...(rule.numeric_method === null ? [] : [`${methodWords(rule.numeric_method)} for numbers`]),
    ...(rule.categorical_method === null ? [] : [`${methodWords(rule.categorical_method)} for categories`]),
    ...(Object.keys(rule.columns).length === 0
      ? []
      : [`rules of their own for ${Object.keys(rule.columns).join(', ')}`]),
  ];
  const methods = own.length === 0 ? '' : ` With ${own.join(', ')}.`;
  if (rule.mode !== 'textbook') {
    const definitions = `Methods, definitions and limits are those of ${MODES[rule.mode]}.`;
    return `${definitions}${methods} ${correctionText(rule)}. The rule is from ${source}.`;
  }
  const calibrated = rule.calibrated
    ? ', and higher for a column whose own stretches in training differ more (their mean plus three standard deviations)'
    : '';
  return (
    `A column drifted in a window when its distance to the training rows (Jensen-Shannon unless said otherwise) is at ` +
    `least ${compact(rule.min_distance)}${calibrated}, and its p-value (Kolmogorov-Smirnov or chi-square; ` +
    `${lower(correctionText(rule))}) at most ${compact(rule.alpha)}; or when its share of missing ` +
    `values rose by ${percent(rule.min_missing_rise, 0)} or more; or when it was constant in training and moved.` +
    `${methods} The limits are from ${source}.`
  );
}

function lower(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
