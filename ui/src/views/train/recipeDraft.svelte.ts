// Recipes that were changed by hand, by data set and target: they survive a look at another page.

import { SvelteMap } from 'svelte/reactivity';
import type { Recipe } from '../../gen/Recipe';
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

const steps = new SvelteMap<string, Recipe>();

/** A recipe that was changed step by step; it goes before one that was changed in the table. */
export function stepsDraft(dataset: string, target: string): Recipe | null {
  return steps.get(keyOf(dataset, target)) ?? null;
}

/** Null forgets it. */
export function keepSteps(dataset: string, target: string, recipe: Recipe | null): void {
  if (recipe) steps.set(keyOf(dataset, target), recipe);
  else steps.delete(keyOf(dataset, target));
}

function keyOf(dataset: string, target: string): string {
  return JSON.stringify([dataset, target]);
}
