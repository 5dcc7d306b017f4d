// Which curve of a running fit is worth a line, and how its last figure is written.

import type { Figure } from '../../gen/Figure';
import type { MetricSummary } from '../../gen/MetricSummary';
import type { Series } from '../../gen/Series';
import { number } from '../../parts/format';
import type { ScaleKind } from '../../parts/figure/scale';

/** What unseen rows say goes before what the fit says of its own rows. */
const FIRST: readonly string[] = ['validation.loss', 'train.loss', 'train.error'];
const MOST_CURVES = 2;
const FAR = 30;

/** The curves to watch, the most telling first. Metrics of folds are points of their own, not a curve. */
export function watched(summaries: readonly MetricSummary[]): MetricSummary[] {
  const place = ({ key }: MetricSummary) => (FIRST.includes(key) ? FIRST.indexOf(key) : FIRST.length);
  return summaries
    .filter(({ key, n }) => n > 1 && !key.startsWith('cv.'))
    .sort((a, b) => place(a) - place(b))
    .slice(0, MOST_CURVES);
}

/** Five digits, so that the figure keeps its width while it changes. */
export function figureText(value: number): string {
  const digits = Math.floor(Math.log10(Math.max(1, Math.abs(value))));
  return number(value, Math.max(0, 4 - digits));
}

/** The only line of a chart; null of another figure. */
export function lineOf(figure: Figure | undefined): Pick<Series, 'x' | 'y'> | null {
  return (figure?.figure === 'lines' ? figure.series[0] : null) ?? null;
}

/** A loss that has fallen far is read in powers of ten. */
export function curveScale(summaries: readonly MetricSummary[]): ScaleKind {
  const low = Math.min(...summaries.map(({ min }) => min));
  const high = Math.max(...summaries.map(({ max }) => max));
  return low > 0 && high / low > FAR ? 'log' : 'linear';
}
