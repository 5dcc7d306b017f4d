// Metrics of a version: their order, their change from the version before, the one that a list shows.

import { decimalsFor, number, signed } from '../../parts/format';

type Metrics = Readonly<Record<string, number | undefined>>;

export interface MetricLine {
  name: string;
  value: string;
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

/** Test metrics first, then cross-validation, then the rest, each by name; the headline metric leads. */
export function metricLines(metrics: Metrics, previous: Metrics): MetricLine[] {
  const names = Object.keys(metrics).sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  return names.map((name) => {
    const value = metrics[name] ?? NaN;
    const before = previous[name];
    const decimals = Math.max(4, Math.min(6, decimalsFor([value], 4)));
    const shown = Math.abs(value) >= 1000 ? 1 : decimals;
    if (before === undefined) return { name, value: number(value, shown), change: '', better: null };
    const moved = value - before;
    return {
      name,
      value: number(value, shown),
      change: signed(moved, shown),
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
