// How metrics of runs are ordered and written, in the table, beside it and on the pages.

import { decimalsFor, number } from '../../parts/format';

/** Shown without being asked for, the most telling first. */
export const TELLING = ['accuracy', 'roc_auc', 'f1_macro', 'f1', 'log_loss', 'rmse', 'mae', 'r2'];

/** Names in the order of what they tell; the rest follows as it came. */
export function byTelling(names: readonly string[]): string[] {
  const place = (name: string) => {
    const at = TELLING.indexOf(name.replace(/^[^.]*\./, '').replace(/\.(mean|std)$/, ''));
    return at < 0 ? TELLING.length : at;
  };
  return [...names].sort((a, b) => place(a) - place(b));
}

/** Shares with four decimals throughout, so that a column and its neighbours line up; other figures as they need. */
export function metricDecimals(values: readonly (number | null | undefined)[]): number {
  const known = values.filter((value) => value !== null && value !== undefined);
  return known.every((value) => Math.abs(value) <= 1) ? 4 : decimalsFor(known, 4, 4);
}

export function metricText(value: number | null | undefined, beside: readonly (number | null | undefined)[]): string {
  return number(value, metricDecimals(beside));
}
