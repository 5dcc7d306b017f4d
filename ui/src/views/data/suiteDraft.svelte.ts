// Rules that are being edited and not saved yet, by data set: they survive a look at another tab or page.

import { SvelteMap } from 'svelte/reactivity';
import type { Expectation } from '../../gen/Expectation';
import { sameRule } from '../../domain/expectations';

const drafts = new SvelteMap<string, readonly Expectation[]>();

export function draftOf(dataset: string): readonly Expectation[] | null {
  return drafts.get(dataset) ?? null;
}

/** Keeps a draft; one that says the same as what is saved is none. */
export function keepDraft(dataset: string, rules: readonly Expectation[], saved: readonly Expectation[]): void {
  if (countChanges(rules, saved) === 0) drafts.delete(dataset);
  else drafts.set(dataset, rules);
}

export function dropDraft(dataset: string): void {
  drafts.delete(dataset);
}

/** Rules added, taken out, or changed in how grave they are. */
export function countChanges(rules: readonly Expectation[], saved: readonly Expectation[]): number {
  const left = [...saved];
  let n = 0;
  for (const rule of rules) {
    const at = left.findIndex((one) => sameRule(one, rule));
    if (at < 0) {
      n += 1;
      continue;
    }
    if (left[at]?.severity !== rule.severity) n += 1;
    left.splice(at, 1);
  }
  // A rule that was changed is one change, not one added and one taken out.
  return Math.max(n, left.length + rules.filter((rule) => saved.some((one) => changedSeverity(one, rule))).length);
}

function changedSeverity(a: Expectation, b: Expectation): boolean {
  return sameRule(a, b) && a.severity !== b.severity;
}
