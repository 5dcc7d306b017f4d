// How the table was left, so that coming back from a run finds it so: what the URL does not hold.

import { era } from '../../data';
import type { KeptChoice } from './chosen.svelte';
import type { KeptFolds } from './folding.svelte';
import type { KeptPages } from './runPages.svelte';

export interface AsLeft {
  /** The question whose rows these are. */
  of: string;
  scroll: number;
  cursor: number;
  folds: KeptFolds;
  choice: KeptChoice;
  pages: KeptPages | null;
}

let kept: (AsLeft & { era: number }) | null = null;

export function leave(state: AsLeft): void {
  kept = { ...state, era: era() };
}

/** Null when the table shows something else now, or another lab. */
export function asLeft(of: string): AsLeft | null {
  return kept !== null && kept.of === of && kept.era === era() ? kept : null;
}
