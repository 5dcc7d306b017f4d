// Alerts of a replay, in words and by weight.

import type { Alert } from '../../gen/Alert';
import type { NoticeLevel } from '../../gen/NoticeLevel';

const WEIGHT: Readonly<Record<NoticeLevel, number>> = { critical: 0, warning: 1, info: 2 };

/** What is not muted first, then the severest, then the earliest. Reports of before there were alerts have none. */
export function inWeight(alerts: readonly Alert[] | null | undefined): Alert[] {
  return (alerts ?? []).toSorted(
    (a, b) =>
      Number(a.muted) - Number(b.muted) || WEIGHT[a.severity] - WEIGHT[b.severity] || a.first_window - b.first_window,
  );
}

/** The shape, word and colour of an alert. */
export function alertStatus({ severity, muted }: Pick<Alert, 'severity' | 'muted'>): {
  state: 'critical' | 'warning' | 'notrun';
  word: string;
} {
  if (muted) return { state: 'notrun', word: 'muted' };
  return severity === 'info' ? { state: 'notrun', word: 'note' } : { state: severity, word: severity };
}
