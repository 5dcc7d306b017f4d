// Where the recipe of a training comes from: the profile, the lab's own recipes, or a run that is changed.

import { query } from '../../data';
import type { Recipe } from '../../gen/Recipe';
import type { Failure } from '../../host';

export interface Asked {
  dataset: string;
  /** Or the labels of a training without a target; empty for neither. */
  target: string;
  /** The target can be predicted, or none is needed. */
  able: boolean;
  /** A recipe of the lab, `name` or `name@version`. */
  named: string | null;
  /** A run whose own recipe is taken over. */
  from: string | null;
}

export interface RecipeSource {
  /** Undefined until it is here. */
  readonly base: Recipe | undefined;
  /** `churn@2`, for a recipe of the lab. */
  readonly named: string | null;
  /** What a training holds that leaves it unchanged; null when the host knows the recipe by itself. */
  readonly own: Recipe | null;
  /** In words. */
  readonly origin: string;
  /** Under which name changes to it are kept. */
  readonly key: string;
  /** What was asked for is not here yet: nothing may be trained with another. */
  readonly waiting: boolean;
  readonly slow: boolean;
  readonly failure: Failure | null;
  refetch(): void;
}

/** Call it while a component is set up. */
export function recipeSource(asked: () => Asked): RecipeSource {
  const suggested = query('recipes.suggest', () => {
    const { dataset, target, able } = asked();
    return dataset && able ? { dataset, target } : null;
  });
  const kept = query(
    'recipes.show',
    () => {
      const { named } = asked();
      return named === null ? null : { recipe: named };
    },
    { keep: true },
  );
  const run = query('runs.show', () => {
    const { from, named } = asked();
    return from === null || named !== null ? null : { run_id: from };
  });

  const brought = $derived.by(() => {
    const { dataset, target } = asked();
    const spec = run.value?.record?.spec;
    return spec?.dataset === dataset && (spec.target || (spec.labels ?? '')) === target ? spec.recipe : null;
  });
  const named = $derived(kept.value && asked().named !== null ? `${kept.value.name}@${kept.value.version}` : null);
  const waiting = $derived(
    asked().named !== null ? !kept.value || kept.stale : asked().from !== null && !run.value && run.failure === null,
  );

  return {
    get base() {
      // Until what was asked for is here, what was there stays on screen, and the focus in it.
      if (asked().named !== null && kept.failure) return undefined;
      return named === null ? (brought ?? suggested.value) : kept.value?.recipe;
    },
    get named() {
      return named;
    },
    get own() {
      return named === null ? brought : null;
    },
    get origin() {
      if (named !== null) return named;
      return brought ? `that of ${run.value?.summary.name ?? 'the run'}` : 'made from the profile';
    },
    get key() {
      const { dataset, from } = asked();
      if (named !== null) return `${dataset} by ${named}`;
      return brought ? `${dataset} as in ${from}` : dataset;
    },
    get waiting() {
      return waiting;
    },
    get slow() {
      return suggested.slow || kept.slow || run.slow;
    },
    get failure() {
      if (asked().named !== null) return kept.failure;
      return suggested.value ? null : suggested.failure;
    },
    refetch() {
      if (asked().named !== null) kept.refetch();
      else suggested.refetch();
    },
  };
}
