// What a verdict goes by, on scales that a picture can show: a cell of the heat map, one column over the windows.

import type { ColumnDrift } from '../../gen/ColumnDrift';
import type { DriftReport } from '../../gen/DriftReport';
import type { Method } from '../../gen/Method';
import type { Verdict } from '../../gen/Verdict';
import { compact, number, pValue } from '../../parts/format';

const METHOD_WORDS: Readonly<Record<Method, string>> = {
  kolmogorov_smirnov: 'Kolmogorov-Smirnov',
  wasserstein: 'Wasserstein',
  jensen_shannon: 'Jensen-Shannon',
  psi: 'PSI',
  kullback_leibler: 'Kullback-Leibler',
  hellinger: 'Hellinger',
  anderson_darling: 'Anderson-Darling',
  cramer_von_mises: 'Cramér-von Mises',
  energy: 'Energy distance',
  mmd: 'Maximum mean discrepancy',
  mann_whitney: 'Mann-Whitney',
  t_test: 't-test',
  epps_singleton: 'Epps-Singleton',
  chi_square: 'Chi-square',
  g_test: 'G-test',
  z_test: 'z-test of shares',
  fisher_exact: "Fisher's exact test",
  total_variation: 'Total variation',
  l_infinity: 'L-infinity',
};

/** `Jensen-Shannon` */
export function methodWords(method: Method): string {
  return METHOD_WORDS[method];
}

/** The shape, word and colour of a verdict. */
export function verdictStatus(verdict: Verdict): {
  state: 'ok' | 'warning' | 'critical' | 'notrun';
  word: string;
} {
  switch (verdict) {
    case 'drifted':
      return { state: 'critical', word: 'drifted' };
    case 'warning':
      return { state: 'warning', word: 'warning' };
    case 'stable':
      return { state: 'ok', word: 'stable' };
    case 'not_judged':
      return { state: 'notrun', word: 'not judged' };
  }
}

/** Where the limit of a method without an end to its scale stands on that of the heat map, 0 to 1. */
const LIMIT_AT = 0.1;

/** Of a cell of the heat map, both 0 to 1. */
export interface HeatValue {
  value: number;
  limit: number;
}

/**
 * Distances between 0 and 1 stand for themselves. What has no end, and what a p-value decides, is measured by its
 * limit: the limit itself is 0.1, ten times of it (for a p-value, its tenth power) is the end of the ramp.
 */
export function heatValue(cell: ColumnDrift): HeatValue {
  const { method, decides, statistic, limit } = cell;
  if (decides === 'p_value') {
    const p = cell.p_adjusted ?? cell.p_value;
    const share = p === null || limit >= 1 || limit <= 0 ? 0 : Math.log10(Math.max(p, 1e-300)) / Math.log10(limit);
    return { value: Math.min(1, LIMIT_AT * share), limit: LIMIT_AT };
  }
  const value = method === 'jensen_shannon' ? (statistic ?? cell.jensen_shannon) : statistic;
  if (BOUNDED.has(method)) return { value: value ?? 0, limit };
  return { value: limit > 0 ? Math.min(1, (LIMIT_AT * (value ?? 0)) / limit) : 0, limit: LIMIT_AT };
}

/** Methods whose statistic lies between 0 and 1. */
export const BOUNDED: ReadonlySet<Method> = new Set<Method>([
  'jensen_shannon',
  'hellinger',
  'kolmogorov_smirnov',
  'total_variation',
  'l_infinity',
]);

/** One column over all windows, in the units of what decides. */
export interface StatisticSeries {
  /** `Jensen-Shannon`, `KS, adjusted p` */
  name: string;
  /** Upwards is farther from the reference; NaN for a gap and what was not judged. */
  values: number[];
  verdicts: (Verdict | null)[];
  limit: number;
  /** From the warning to the drift; null without a warning. */
  band: readonly [number, number] | null;
  domain: readonly [number, number];
  ticks: { at: number; text: string }[];
  /** Of a value of `values`. */
  format: (value: number) => string;
}

export function statisticSeries(report: DriftReport, column: string): StatisticSeries | null {
  const at = report.columns.findIndex(({ name }) => name === column);
  const cells = report.windows.map((window) => (at < 0 ? undefined : window.columns[at]));
  const judged = cells.map((cell) => (cell && cell.verdict !== 'not_judged' ? cell : undefined));
  const some = judged.find((cell) => cell !== undefined);
  if (!some) return null;
  const isP = some.decides === 'p_value';
  // Small p-values are far: their powers of ten stand upright.
  const scaled = (p: number | null) => (p === null ? NaN : -Math.log10(Math.max(p, 1e-300)));
  const values = judged.map((cell) => {
    if (!cell) return NaN;
    if (isP) return scaled(cell.p_adjusted ?? cell.p_value);
    return cell.statistic ?? cell.jensen_shannon ?? NaN;
  });
  const limit = isP ? scaled(some.limit) : some.limit;
  const warning = some.warning_limit === null ? null : isP ? scaled(some.warning_limit) : some.warning_limit;
  const most = Math.max(limit, ...values.filter(Number.isFinite));
  const domain: [number, number] = [0, some.method === 'jensen_shannon' && !isP ? 1 : most > 0 ? 1.05 * most : 1];
  const format = isP ? (value: number) => pValue(10 ** -value) : (value: number) => number(value, 3);
  const end = isP ? Math.floor(domain[1]) : domain[1];
  return {
    name: isP ? `${METHOD_WORDS[some.method]}, adjusted p` : METHOD_WORDS[some.method],
    values,
    verdicts: cells.map((cell) => cell?.verdict ?? null),
    limit,
    band: warning !== null && warning < limit ? [warning, limit] : null,
    domain,
    ticks: [
      { at: 0, text: isP ? '1' : '0' },
      { at: end, text: isP ? (end === 0 ? '' : `1e−${end}`) : compact(end, 2) },
    ].filter(({ text }) => text !== ''),
    format,
  };
}
