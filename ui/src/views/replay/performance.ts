// The performance of a replay as one line over its windows, gaps left open.

import type { DriftReport } from '../../gen/DriftReport';
import type { LineSeries } from '../../parts/figure';
import { niceExtent } from '../../parts/figure/scale';

export interface Performance {
  metric: string;
  whole: number;
  test: number | null;
  series: LineSeries;
  domain: readonly [number, number];
  /** Windows with too few labelled rows to be drawn. */
  n_left_out: number;
}

/** With fewer labelled rows a window says nothing, as it does to the verdict; it would stretch the axis from 0 to 1. */
export const MIN_LABELLED = 30;

/** Null without labels. Points stand in the middle of their windows. */
export function performanceOf(report: DriftReport): Performance | null {
  const { performance_metric: metric, performance: whole, test_performance: test, windows } = report;
  if (metric === null || whole === null) return null;
  const labelled = windows.map(({ performance }) => performance);
  const enough = labelled.some((point) => point !== null && point.n >= MIN_LABELLED);
  const own = labelled.map((point) => (enough && point !== null && point.n < MIN_LABELLED ? null : point));
  const n_left_out = labelled.filter((point, i) => point !== null && own[i] === null).length;
  const series: LineSeries = {
    name: metric,
    category: 1,
    x: windows.map(({ index }) => index + 0.5),
    y: own.map((point) => point?.value ?? NaN),
    band: { low: own.map((point) => point?.low ?? NaN), high: own.map((point) => point?.high ?? NaN) },
  };
  const values = own.flatMap((point) => (point ? [point.low, point.high] : []));
  const all = [...values, whole, ...(test === null ? [] : [test])];
  const [low, high] = niceExtent([Math.min(...all), Math.max(...all)]);
  return {
    metric,
    whole,
    test,
    series,
    n_left_out,
    domain: metric === 'accuracy' ? [Math.max(0, low), Math.min(1, high)] : [low, high],
  };
}
