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

class Shown implements Previewing {
  value = $state.raw<ImportPreview | null>(null);
  failure = $state.raw<Failure | null>(null);
  loading = $state(false);
}

/** Follows what `asked` answers; null asks nothing. Not kept: the file may be another one the next time. */
export function previewing(asked: () => { path: string; options: ImportOptions | null } | null): Previewing {
  const shown = new Shown();
  let last_path = '';
  let turn = 0;

  $effect(() => {
    const wanted = asked();
    turn += 1;
    const own = turn;
    if (!wanted) {
      shown.value = null;
      shown.failure = null;
      shown.loading = false;
      last_path = '';
      return;
    }
    // Another file is looked at at once, and what was shown of the one before says nothing about it.
    const isOther = wanted.path !== last_path;
    last_path = wanted.path;
    if (isOther) shown.value = null;
    shown.loading = true;
    const timer = setTimeout(() => void look(), isOther ? 0 : PAUSE_MS);
    return () => clearTimeout(timer);

    async function look() {
      if (!wanted) return;
      try {
        const answer = await rpc('datasets.preview', { ...wanted, n_rows: PREVIEW_ROWS });
        if (own !== turn) return;
        shown.value = answer;
        shown.failure = null;
      } catch (cause) {
        if (own !== turn) return;
        shown.failure = toFailure(cause, 'look at the file');
      }
      shown.loading = false;
    }
  });

  return shown;
}
