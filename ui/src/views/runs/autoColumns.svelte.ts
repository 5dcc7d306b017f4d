// The columns that nobody chose: taken from the first runs of an experiment, and kept while it is on screen, so that
// sorting and filtering move no column.

import { untrack } from 'svelte';
import type { RunRow } from '../../gen/RunRow';
import type { Available } from './columns';
import { defaultColumns } from './defaultColumns';

export function autoColumns(
  place: () => string,
  rows: () => readonly RunRow[],
  available: () => Available | undefined,
  allExperiments: () => boolean,
): { readonly ids: string[] } {
  let ids = $state.raw<string[]>([]);
  let takenFor: string | null = null;

  $effect.pre(() => {
    const [own, runs, names] = [place(), rows(), available()];
    // A name that is new since may be what the first run of an experiment measured only now.
    const key = `${own} ${names ? names.metrics.length > 0 : ''}`;
    if (key === takenFor || !names || runs.length === 0) return;
    takenFor = key;
    ids = untrack(() => defaultColumns(runs, names, allExperiments()));
  });

  return {
    get ids() {
      return ids;
    },
  };
}
