// The raw rows behind the errors of a run: each is read by its place in the version, a few at a time.

import { SvelteMap } from 'svelte/reactivity';
import { decodeArrow, type CellValue } from '../../../data';
import { rpcBytes, toFailure, type Failure } from '../../../host';

export type RawRow = Readonly<Record<string, CellValue>>;

export interface ErrorRows {
  /** By 0-based row of the version. */
  readonly rows: ReadonlyMap<number, RawRow>;
  readonly failure: Failure | null;
}

const AT_ONCE = 4;
const HEAD_BYTES = 8;

/** Call it while a component is set up. */
export function errorRows(asked: () => { dataset: string; rows: readonly number[] }): ErrorRows {
  const rows = new SvelteMap<number, RawRow>();
  let failure = $state.raw<Failure | null>(null);

  $effect(() => {
    const { dataset, rows: wanted } = asked();
    let wants = true;
    const left = [...wanted];
    rows.clear();
    failure = null;
    const next = async (): Promise<void> => {
      for (let row = left.shift(); row !== undefined && wants; row = left.shift()) {
        const found = await readRow(dataset, row);
        if (wants && found) rows.set(row, found);
      }
    };
    const readers = Array.from({ length: AT_ONCE }, () => next());
    Promise.all(readers).catch((cause: unknown) => {
      if (wants) failure = toFailure(cause, `read rows of \`${dataset}\``);
    });
    return () => {
      wants = false;
    };
  });

  return {
    rows,
    get failure() {
      return failure;
    },
  };
}

async function readRow(dataset: string, offset: number): Promise<RawRow | null> {
  const request = { dataset, offset, limit: 1, order_by: null, descending: false, filter: '' };
  const bytes = await rpcBytes('datasets.rows', request);
  const table = decodeArrow(bytes.slice(HEAD_BYTES));
  return (table.get(0) as RawRow | undefined) ?? null;
}
