// The names that columns, filters and orders of runs may use. Asked for when they are looked at, not at every change:
// in a lab that is being written to, they would be counted all the time.

import { untrack } from 'svelte';
import type { FieldInfo } from '../../gen/FieldInfo';
import type { FieldsRequest } from '../../gen/FieldsRequest';
import { rpc } from '../../host';
import type { Available } from './columns';

export interface RunFields {
  /** Undefined until the first answer is here. */
  readonly all: readonly FieldInfo[] | undefined;
  readonly available: Available;
  refresh(): void;
}

/** Call it while a component is set up. */
export function runFields(request: () => FieldsRequest): RunFields {
  let all = $state.raw<readonly FieldInfo[] | undefined>(undefined);
  let turn = 0;

  const key = $derived(JSON.stringify(request()));
  const available = $derived<Available>({
    params: names(all ?? [], 'param'),
    metrics: names(all ?? [], 'metric'),
    tags: names(all ?? [], 'tag').filter((name) => !isOfMachinery(name)),
  });

  $effect(() => {
    void key;
    untrack(refresh);
  });

  function refresh(): void {
    turn += 1;
    const own = turn;
    rpc('runs.fields', untrack(request)).then(
      (answer) => {
        if (own === turn) all = answer;
      },
      // The table says what is wrong with the lab; without names there is nothing to complete.
      () => {
        if (own === turn) all ??= [];
      },
    );
  }

  return {
    get all() {
      return all;
    },
    get available() {
      return available;
    },
    refresh,
  };
}

function names(fields: readonly FieldInfo[], kind: FieldInfo['kind']): string[] {
  return fields.filter((field) => field.kind === kind).map(({ name }) => name.slice(name.indexOf('.') + 1));
}

/** Tags that clients write for themselves say nothing beside the columns made of them. */
function isOfMachinery(tag: string): boolean {
  return tag.startsWith('mlflow.') || tag.startsWith('assay.');
}
