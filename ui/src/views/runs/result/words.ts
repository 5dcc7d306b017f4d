// What a run says of its model, in words and lines.

import type { Choice } from '../../../gen/Choice';
import type { MetricInfo } from '../../../gen/MetricInfo';
import type { ParamValue } from '../../../gen/ParamValue';
import type { RunResult } from '../../../gen/RunResult';
import type { ThresholdReport } from '../../../gen/ThresholdReport';
import type { ThresholdRule } from '../../../gen/ThresholdRule';
import { count, number, percent, plural } from '../../../parts/format';
import { metricDecimals } from '../metrics';

export interface MetricLine {
  name: string;
  title: string;
  help: string;
  value: string;
  /** `0.9565 to 1.0000`; empty without an interval. */
  interval: string;
  /** Of the interval and the value in it, from 0 to 1 along the scale of its line; null where there is no scale. */
  bar: { low: number; high: number; at: number } | null;
  /** `0.9636 ± 0.0122`; empty without a cross-validation. */
  folds: string;
  is_main: boolean;
}

/** Metrics of the test rows, the main ones first, with their intervals and what the folds say of each. */
export function metricLines(
  result: Pick<RunResult, 'metrics'>,
  infos: readonly MetricInfo[],
  measured: Readonly<Record<string, number | undefined>>,
): MetricLine[] {
  const known = new Map(infos.map((info) => [info.name, info]));
  const lines = result.metrics.map(({ name, value, interval }): MetricLine => {
    const info = known.get(name);
    const [mean, std] = [measured[`cv.${name}.mean`], measured[`cv.${name}.std`]];
    const decimals = metricDecimals([value, interval?.low, interval?.high]);
    return {
      name,
      title: info?.title ?? name,
      help: info?.help ?? '',
      value: number(value, decimals),
      interval: interval ? `${number(interval.low, decimals)} to ${number(interval.high, decimals)}` : '',
      bar: interval ? barOf(value, interval.low, interval.high) : null,
      folds: mean === undefined ? '' : `${number(mean, decimals)} ± ${number(std, decimals)}`,
      is_main: info?.is_main ?? false,
    };
  });
  return [...lines.filter((line) => line.is_main), ...lines.filter((line) => !line.is_main)];
}

/** Shares stand on 0 to 1, all else on 0 to a little over the interval. */
function barOf(value: number, low: number, high: number): MetricLine['bar'] {
  const shares = low >= 0 && high <= 1;
  const [from, to] = shares ? [0, 1] : [Math.min(0, low), Math.max(0, high) * 1.1];
  if (!(to > from)) return null;
  const place = (at: number) => Math.min(1, Math.max(0, (at - from) / (to - from)));
  return { low: place(low), high: place(high), at: place(value) };
}

export const RULE_WORDS: Record<ThresholdRule, { text: string; title: string }> = {
  default: { text: 'as the model has it', title: 'What the labels of the model use' },
  lowest_cost: { text: 'lowest cost', title: 'The least cost of wrong answers' },
  highest_f1: { text: 'highest F1', title: 'The best balance of precision and recall' },
  youden: { text: 'Youden', title: 'The largest true positive rate less the false positive rate' },
};

export function chosenOnWords({ chosen_on, positive_class }: ThresholdReport): string {
  const rows =
    chosen_on === 'validation_rows'
      ? 'chosen in the cross-validation, on rows that its models had not seen'
      : 'chosen on the test rows themselves, which flatters a little';
  return `Rows at or over the threshold are called \`${positive_class}\`; ${rows}.`;
}

/** The costs as typed; null while they are no pair of numbers from 0 up with one over 0. */
export function readCosts(
  false_positive: string,
  false_negative: string,
): { false_positive: number; false_negative: number } | null {
  const [positive, negative] = [cost(false_positive), cost(false_negative)];
  if (positive === null || negative === null || positive + negative === 0) return null;
  return { false_positive: positive, false_negative: negative };
}

function cost(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) && value >= 0 ? value : null;
}

/** `max_depth 4, n_estimators 50` */
export function paramWords(params: Readonly<Record<string, ParamValue | undefined>>): string {
  const words = Object.entries(params).map(([name, value]) => `${name} ${String(value)}`);
  return words.join(', ') || 'the defaults';
}

export function choiceWords(choice: Choice, n_outer: number): string {
  const best = choice.candidates[choice.chosen];
  const outer =
    n_outer > 0 && best
      ? ` ${count(best.n_outer_chosen)} of ${plural(n_outer, 'fold')} of the cross-validation chose it too.`
      : '';
  return `${plural(choice.n_inner_folds, 'fold')} inside the training rows chose among ${plural(
    choice.candidates.length,
    'candidate',
  )} by ${choice.metric}.${outer}`;
}

/** What comparing the ends of a learning curve says about more rows. */
export function curveWords(curve: NonNullable<RunResult['learning_curve']>): string {
  const [before, last] = [curve.points.at(-2), curve.points.at(-1)];
  if (!before || !last) return '';
  const gain = Math.abs(last.validation - before.validation);
  const noise = Math.max(last.validation_std, 1e-12);
  return gain < noise
    ? `The last ${count(last.n_train_rows - before.n_train_rows)} rows changed it by less than the folds differ: more rows of this kind would hardly help.`
    : `It still changes with the last ${count(last.n_train_rows - before.n_train_rows)} rows: more rows may help.`;
}

/** `61 of 69`: how many of the test rows each group got, the share as a note. */
export function groupFacts(groups: RunResult['groups']): { name: string; value: string; note: string }[] {
  const all = groups.reduce((sum, { n_rows }) => sum + n_rows, 0);
  return groups.map(({ name, n_rows }) => ({
    name,
    value: count(n_rows),
    note: percent(n_rows / Math.max(1, all), 0),
  }));
}

export type ResultTab = 'overview' | 'curves' | 'residuals' | 'importances' | 'slices' | 'errors' | 'validation';

export interface ResultTabItem {
  value: ResultTab;
  text: string;
  note?: string;
}

/** The tabs that have something to show; the overview is always there. */
export function resultTabs(result: RunResult | undefined, n_folds: number): ResultTabItem[] {
  const tabs: ResultTabItem[] = [{ value: 'overview', text: 'Overview' }];
  if (!result) return tabs;
  const worse = result.slices.filter((slice) => slice.is_worse).length;
  if (result.roc || result.precision_recall || result.calibration) tabs.push({ value: 'curves', text: 'Curves' });
  if (result.residuals) tabs.push({ value: 'residuals', text: 'Residuals' });
  if (result.importances.own || result.importances.permutation)
    tabs.push({ value: 'importances', text: 'Importances' });
  if (result.slices.length > 0)
    tabs.push({ value: 'slices', text: 'Slices', note: worse > 0 ? `${count(worse)} worse` : undefined });
  if (result.errors.length > 0) tabs.push({ value: 'errors', text: 'Errors', note: count(result.errors.length) });
  if (n_folds > 0 || result.learning_curve || result.choice) tabs.push({ value: 'validation', text: 'Validation' });
  return tabs;
}

/** `mean distance 0.0123, largest 0.0456; 0.0789 before it was calibrated (isotonic)` */
export function calibrationWords({
  calibration,
  uncalibrated,
}: Pick<RunResult, 'calibration' | 'uncalibrated'>): string {
  if (!calibration) return '';
  const now = `mean distance ${number(calibration.expected_error, 4)}, largest ${number(calibration.largest_error, 4)}`;
  if (!uncalibrated?.calibration) return now;
  const before = number(uncalibrated.calibration.expected_error, 4);
  return `${now}; ${before} before it was calibrated (${uncalibrated.method})`;
}
