// One line of the history of checks, in words.

import { verdictOf } from '../../domain/expectations';
import type { CheckSummary } from '../../gen/CheckSummary';
import type { StatusState } from '../../parts/Status.svelte';
import { dateTime } from '../../parts/format';

export interface CheckFacts {
  state: StatusState;
  /** Rules that passed, 0 to 1; 1 for a suite without rules. */
  share: number;
  title: string;
}

export function totalOf({ outcome }: Pick<CheckSummary, 'outcome'>): number {
  return outcome.n_passed + outcome.n_failed + outcome.n_warning;
}

export function checkFacts(check: CheckSummary): CheckFacts {
  const { state, text } = verdictOf(check.outcome);
  const total = totalOf(check);
  return {
    state,
    share: total === 0 ? 1 : check.outcome.n_passed / total,
    title: `${check.dataset.replace('@', ' v')}, ${dateTime(check.checked_ms)}: ${text}`,
  };
}
