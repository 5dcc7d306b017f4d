// What an import would make of a file, asked again a moment after every change of how it is to be read.

import { rpc, toFailure, type Failure } from '../../host';
import type { ImportOptions } from '../../gen/ImportOptions';
import type { ImportPreview } from '../../gen/ImportPreview';

/** While someone types, the file is looked at after a pause. */
const PAUSE_MS = 250;

/** Rows that are shown. */
export const PREVIEW_ROWS = 50;

export interface Previewing {
  readonly value: ImportPreview | null;
  readonly failure: Failure | null;
  /** What is shown is older than what is asked. */
  readonly loading: boolean;
}

/** Follows what `asked` answers; null asks nothing. Not kept: the file may be another one the next time. */
export function previewing(asked: () => { path: string; options: ImportOptions | null } | null): Previewing {
  let value = $state.raw<ImportPreview | null>(null);
  let failure = $state.raw<Failure | null>(null);
  let loading = $state(false);
  let last_path = '';
  let turn = 0;

  $effect(() => {
    const wanted = asked();
    turn += 1;
    const own = turn;
    if (!wanted) {
      value = null;
      failure = null;
      loading = false;
      last_path = '';
      return;
    }
    // Another file is looked at at once, and what was shown of the one before says nothing about it.
    const isOther = wanted.path !== last_path;
    last_path = wanted.path;
    if (isOther) value = null;
    loading = true;
    const timer = setTimeout(() => void look(), isOther ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);

    async function look() {
      if (!wanted) return;
      try {
        const answer = await rpc('datasets.preview', { ...wanted, n_rows: PREVIEW_ROWS });
        if (own !== turn) return;
        value = answer;
        failure = null;
      } catch (cause) {
        if (own !== turn) return;
        failure = toFailure(cause, 'look at the file');
      }
      loading = false;
    }
  });

  return {
    get value() {
      return value;
    },
    get failure() {
      return failure;
    },
    get loading() {
      return loading;
    },
  };
}
