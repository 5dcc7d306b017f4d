// Recipes that were changed by hand, by data set and target: they survive a look at another page.

import { SvelteMap } from 'svelte/reactivity';
import { sameRows, type RecipeRow } from './recipe';

const drafts = new SvelteMap<string, readonly RecipeRow[]>();

export function recipeDraft(dataset: string, target: string): readonly RecipeRow[] | null {
  return drafts.get(keyOf(dataset, target)) ?? null;
}

/** Keeps the rows; those that say the same as the recipe suggested are no draft. */
export function keepRecipe(
  dataset: string,
  target: string,
  rows: readonly RecipeRow[],
  original: readonly RecipeRow[],
): void {
  if (sameRows(rows, original)) drafts.delete(keyOf(dataset, target));
  else drafts.set(keyOf(dataset, target), rows);
}

function keyOf(dataset: string, target: string): string {
  return JSON.stringify([dataset, target]);
}
