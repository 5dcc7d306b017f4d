// Which metrics of compared runs are worth a chart.

import type { Comparison } from '../../gen/Comparison';
import type { MetricSummary } from '../../gen/MetricSummary';
import { byTelling } from './metrics';

const MOST_BARS = 6;

/** Test metrics that any of the runs has; without any, whatever was measured once. */
export function barMetrics({ metrics }: Comparison): string[] {
  const names = byTelling(metrics.map(({ name }) => name));
  const test = names.filter((name) => name.startsWith('test.'));
  return (test.length > 0 ? test : names).slice(0, MOST_BARS);
}

/** Metrics with more than one point, such as one a fold. */
export function historyMetrics(summaries: readonly MetricSummary[]): string[] {
  return byTelling(summaries.filter(({ n, min, max }) => n > 2 || (n === 2 && min !== max)).map(({ key }) => key));
}

/** The direction of a metric as the host judges it. */
export function betterOf({ metrics }: Comparison): (metric: string) => 'higher' | 'lower' {
  return (metric) => (metrics.find(({ name }) => name === metric)?.larger_is_better === false ? 'lower' : 'higher');
}
