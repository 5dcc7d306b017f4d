// Which curve of a running fit is worth a line, and how its last figure is written.

import type { Figure } from '../../gen/Figure';
import type { MetricSummary } from '../../gen/MetricSummary';
import { number } from '../../parts/format';

/** What unseen rows say goes before what the fit says of its own rows. */
const FIRST = ['validation.loss', 'train.loss', 'train.error'];

/** The curve to watch; null while nothing has two points. Metrics of folds are points of their own, not a curve. */
export function watched(summaries: readonly MetricSummary[]): MetricSummary | null {
  const curves = summaries.filter(({ key, n }) => n > 1 && !key.startsWith('cv.'));
  const known = FIRST.flatMap((name) => curves.filter(({ key }) => key === name));
  return known[0] ?? curves[0] ?? null;
}

/** Five digits, so that the figure keeps its width while it changes. */
export function figureText(value: number): string {
  const digits = Math.floor(Math.log10(Math.max(1, Math.abs(value))));
  return number(value, Math.max(0, 4 - digits));
}

/** The values of the only line of a chart, in their order; none of another figure. */
export function curveValues(figure: Figure | undefined): readonly number[] {
  return figure?.figure === 'lines' ? (figure.series[0]?.y ?? []) : [];
}
