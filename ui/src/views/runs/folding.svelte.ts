// Which runs of the tree stand open: all or none, and those that stand the other way.

import { SvelteSet } from 'svelte/reactivity';

export interface Folding {
  readonly folded: boolean;
  readonly toggled: string[];
  isOpen(run_id: string): boolean;
  toggle(run_id: string): void;
  all(folded: boolean): void;
  keep(): KeptFolds;
}

export interface KeptFolds {
  folded: boolean;
  others: readonly string[];
}

export function folding(kept?: KeptFolds): Folding {
  const others = new SvelteSet<string>(kept?.others);
  let folded = $state(kept?.folded ?? false);
  return {
    get folded() {
      return folded;
    },
    get toggled() {
      return [...others].sort();
    },
    isOpen: (run_id) => folded === others.has(run_id),
    toggle(run_id) {
      if (!others.delete(run_id)) others.add(run_id);
    },
    all(next) {
      folded = next;
      others.clear();
    },
    keep: () => ({ folded, others: [...others] }),
  };
}
