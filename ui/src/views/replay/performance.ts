// The performance of a replay as lines over its windows, gaps left open: measured, estimated, and that of challengers.

import type { DriftReport } from '../../gen/DriftReport';
import type { WindowReport } from '../../gen/WindowReport';
import type { Limit, LineSeries } from '../../parts/figure';
import { niceExtent } from '../../parts/figure/scale';
import { metricWords } from './words';

export interface Performance {
  metric: string;
  /** Over all labelled rows, of the metric that the report names. */
  whole: number | null;
  /** On the model's own test rows, or on those of the reference where nothing is known of its training. */
  test: number | null;
  rows: 'test' | 'reference';
  /** Of measured windows first; what is estimated is dashed. */
  series: LineSeries[];
  /** Between which an estimate is as ordinary. */
  limits: Limit[];
  domain: readonly [number, number];
  /** Windows with too few labelled rows to be drawn. */
  n_left_out: number;
}

/** With fewer labelled rows a window says nothing, as it does to the verdict; it would stretch the axis from 0 to 1. */
export const MIN_LABELLED = 30;

/** Metrics between 0 and 1. */
const SHARES = /^(accuracy|balanced_accuracy|precision|recall|specificity|f1|roc_auc|pr_auc|brier|calibration_error)/;

interface Point {
  value: number;
  low: number;
  high: number;
  n: number;
}

/** Metrics that some window has, measured or estimated; the report's own first. */
export function metricsOf(report: DriftReport): string[] {
  const own = report.performance_metric === null ? [] : [report.performance_metric];
  const others = report.windows.flatMap((window) => [
    ...(window.metrics ?? []).map(({ metric }) => metric),
    ...(window.estimates ?? []).map(({ metric }) => metric),
  ]);
  return [...new Set([...own, ...others])];
}

/** Whether a value of the metric is a share, to be written in per cent. */
export function isShare(metric: string): boolean {
  return SHARES.test(metric);
}

/** Null without labels and without estimates. Points stand in the middle of their windows. */
export function performanceOf(report: DriftReport, wanted?: string): Performance | null {
  const metrics = metricsOf(report);
  const metric = metrics.find((own) => own === wanted) ?? metrics[0];
  if (metric === undefined) return null;
  const isOwn = metric === report.performance_metric;
  const measured = report.windows.map((window) => measuredAt(window, metric, isOwn));
  const enough = measured.some((point) => point !== null && point.n >= MIN_LABELLED);
  const points = measured.map((point) => (enough && point !== null && point.n < MIN_LABELLED ? null : point));
  const series = [
    ...lineOf(report.challenge?.models[0] ?? metricWords(metric), 1, points),
    ...challengers(report, metric),
    ...estimated(report, metric),
  ];
  if (series.length === 0) return null;
  const whole = isOwn ? report.performance : null;
  const test = isOwn ? report.test_performance : null;
  const limits = estimateLimits(report, metric);
  const all = [
    ...series.flatMap(({ y, band }) => [y, band?.low ?? [], band?.high ?? []].flatMap((own) => Array.from(own))),
    ...[whole, test].flatMap((own) => (own === null ? [] : [own])),
    ...limits.map(({ value }) => value),
  ].filter(Number.isFinite);
  const [low, high] = niceExtent([Math.min(...all), Math.max(...all)]);
  return {
    metric,
    whole,
    test,
    rows: report.baseline_rows ?? 'test',
    series,
    limits,
    n_left_out: measured.filter((point, i) => point !== null && points[i] === null).length,
    domain: isShare(metric) ? [Math.max(0, low), Math.min(1, high)] : [low, high],
  };
}

function measuredAt(window: WindowReport, metric: string, isOwn: boolean): Point | null {
  if (isOwn && window.performance) return window.performance;
  const own = window.metrics?.find((measured) => measured.metric === metric);
  return own ? { ...own, n: window.performance?.n ?? window.n_rows } : null;
}

function estimated(report: DriftReport, metric: string): LineSeries[] {
  const points = report.windows.map((window) => {
    const own = window.estimates?.find((estimate) => estimate.metric === metric);
    return own ? { value: own.value, low: own.low ?? NaN, high: own.high ?? NaN } : null;
  });
  return lineOf(`${metricWords(metric)}, estimated`, 3, points).map((line) => ({ ...line, dashed: true }));
}

/** The champion is what was measured already. */
function challengers({ challenge, windows }: DriftReport, metric: string): LineSeries[] {
  if (!challenge) return [];
  const isWhole = challenge.windows.length === windows.length;
  // Where gaps are left out, the windows with rows are those that were compared.
  let next = 0;
  const compared = windows.map(({ n_rows }, i) => challenge.windows[isWhole ? i : n_rows > 0 ? next++ : -1]);
  return challenge.models.slice(1).flatMap((name, i) => {
    const points = compared.map((window) => {
      const own = window?.models[i + 1]?.performance.find((measured) => measured.metric === metric);
      return own ? { value: own.value, low: NaN, high: NaN } : null;
    });
    return lineOf(name, challengerCategory(i), points);
  });
}

/** The colour of a challenger, the same in the table and in the chart: what the estimate has is left to it. */
export function challengerCategory(place: number): number {
  return [2, 4, 5, 6, 7, 8][place % 6] ?? 2;
}

function lineOf(name: string, category: number, points: readonly (Omit<Point, 'n'> | null)[]): LineSeries[] {
  if (!points.some((point) => point !== null)) return [];
  return [
    {
      name,
      category,
      x: points.map((_, i) => i + 0.5),
      y: points.map((point) => point?.value ?? NaN),
      band: { low: points.map((point) => point?.low ?? NaN), high: points.map((point) => point?.high ?? NaN) },
    },
  ];
}

function estimateLimits(report: DriftReport, metric: string): Limit[] {
  const limits = report.windows
    .flatMap(({ estimates }) => estimates ?? [])
    .find((own) => own.metric === metric && own.limits)?.limits;
  if (!limits) return [];
  const isInside = (value: number | null): value is number =>
    value !== null && !(isShare(metric) && (value <= 0 || value >= 1));
  return [
    ...(isInside(limits.low) ? [{ value: limits.low, name: 'least expected' }] : []),
    ...(isInside(limits.high) ? [{ value: limits.high, name: 'most expected' }] : []),
  ];
}
