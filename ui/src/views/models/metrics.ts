// Metrics of a version: their order, their change from the version before, the one that a list shows.

import { number, signed } from '../../parts/format';

type Metrics = Readonly<Record<string, number | undefined>>;

export interface MetricLine {
  name: string;
  value: string;
  /** `sd 0.0060`, of a mean over folds. */
  deviation: string;
  /** `+0.0098`; empty where the version before has no such metric. */
  change: string;
  /** Whether the change is for the better; null where there is none. */
  better: boolean | null;
}

const FIRST = ['test.accuracy', 'test.r2', 'test.roc_auc', 'test.auc', 'test.f1'];

/** Losses and errors are better when they are smaller. */
export function betterWhenSmaller(name: string): boolean {
  return /(loss|rmse|mae|mse|error|mape|brier|std)/.test(name);
}

/**
 * Test metrics first, then cross-validation, then the rest, each by name; the headline metric leads. Of
 * cross-validation there is one line a metric: the mean over the folds, with their standard deviation.
 */
export function metricLines(metrics: Metrics, previous: Metrics): MetricLine[] {
  const names = Object.keys(metrics)
    .filter((name) => metrics[`${name}.mean`] === undefined)
    .filter((name) => !name.endsWith('.std') || metrics[name.replace(/std$/, 'mean')] === undefined)
    .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  return names.map((name) => {
    const value = metrics[name] ?? NaN;
    const before = previous[name];
    const deviation = name.endsWith('.mean') ? metrics[name.replace(/mean$/, 'std')] : undefined;
    const shown = Math.abs(value) >= 1000 ? 1 : 4;
    const moved = before === undefined ? 0 : value - before;
    return {
      name,
      value: number(value, shown),
      deviation: deviation === undefined ? '' : `sd ${number(deviation, shown)}`,
      change: before === undefined ? '' : signed(moved, shown),
      better: moved === 0 ? null : moved < 0 === betterWhenSmaller(name),
    };
  });
}

/** The metric that stands for a version in a list. */
export function headline(metrics: Metrics): { name: string; value: number } | null {
  const name = [...FIRST, ...Object.keys(metrics).sort()].find((one) => metrics[one] !== undefined);
  const value = name === undefined ? undefined : metrics[name];
  return name === undefined || value === undefined ? null : { name, value };
}

function rank(name: string): number {
  const first = FIRST.indexOf(name);
  if (first >= 0) return first / 10 - 1;
  if (name.startsWith('test.')) return 0;
  return name.startsWith('cv.') ? 1 : 2;
}
