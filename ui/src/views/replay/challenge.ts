// Models on the same windows as one row each, and how a challenger does against the champion.

import type { ChallengeReport } from '../../gen/ChallengeReport';
import type { ModelWindow } from '../../gen/ModelWindow';
import type { PairedTest } from '../../gen/PairedTest';

/** Half a 95 % interval of a normal variable in standard deviations. */
const Z = 1.959964;

export interface ModelRow {
  name: string;
  /** 0 is the champion. */
  place: number;
  performance: { value: number; low: number; high: number } | null;
  disagreement: number | null;
  calibration_error: number | null;
  p50_ms: number | null;
  p99_ms: number | null;
  test: PairedTest | null;
}

/** What models are compared by: the metric of the tests, else the first that was measured; null without labels. */
export function challengeMetric({ tests, windows }: ChallengeReport): string | null {
  const first = windows.flatMap(({ models }) => models.flatMap(({ performance }) => performance))[0]?.metric;
  return tests[0]?.metric ?? first ?? null;
}

/** Means over the windows weighted by their rows; latencies are the middle one of the windows. */
export function modelRows(report: ChallengeReport): ModelRow[] {
  const metric = challengeMetric(report);
  return report.models.map((name, place) => {
    const own = report.windows.flatMap(({ models }) => models[place] ?? []);
    return {
      name,
      place,
      performance: metric === null ? null : meanOf(own, metric),
      disagreement:
        place === 0 ? null : weighted(own.map(({ disagreement, n_rows }) => ({ value: disagreement, n_rows }))),
      calibration_error: meanOf(own, 'calibration_error')?.value ?? null,
      p50_ms: middle(own.map(({ latency }) => latency?.p50_ms)),
      p99_ms: middle(own.map(({ latency }) => latency?.p99_ms)),
      test: report.tests.find(({ challenger }) => challenger === name) ?? null,
    };
  });
}

function meanOf(windows: readonly ModelWindow[], metric: string): ModelRow['performance'] {
  const points = windows.flatMap(({ performance, n_rows }) => {
    const own = performance.find((measured) => measured.metric === metric);
    return own ? [{ ...own, n_rows }] : [];
  });
  const value = weighted(points);
  if (value === null) return null;
  const n = points.reduce((all, { n_rows }) => all + n_rows, 0);
  // Windows share no rows: their errors add as squares.
  const variance = points.reduce((all, { low, high, n_rows }) => {
    const error = (high - low) / (2 * Z);
    return all + ((n_rows / n) * error) ** 2;
  }, 0);
  const half = Z * Math.sqrt(variance);
  return { value, low: value - half, high: value + half };
}

function weighted(points: readonly { value: number | null; n_rows: number }[]): number | null {
  let [sum, n] = [0, 0];
  for (const { value, n_rows } of points) {
    if (value === null) continue;
    sum += value * n_rows;
    n += n_rows;
  }
  return n > 0 ? sum / n : null;
}

function middle(values: readonly (number | null | undefined)[]): number | null {
  const held = values.filter((value) => value !== null && value !== undefined).toSorted((a, b) => a - b);
  return held[Math.floor(held.length / 2)] ?? null;
}

/** The scale that all whiskers share, with 0 in it. */
export function whiskerDomain(rows: readonly ModelRow[]): [number, number] {
  const ends = rows.flatMap(({ test }) => (test ? [test.low, test.high] : []));
  const [low, high] = [Math.min(0, ...ends), Math.max(0, ...ends)];
  const air = (high - low) * 0.06 || 1;
  return [low - air, high + air];
}

/** The verdict of a test in a word. */
export function testWord({ better, worse }: PairedTest): string {
  return better ? 'better' : worse ? 'worse' : 'not told apart';
}
