// The rows of a data set for a table of any length: only the pages that are looked at are read.

import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { RowsRequest } from '../gen/RowsRequest';
import type { Failure } from '../host';
import { decodeArrow, type ArrowTable } from './arrow';
import { keyOf, watch, type Entry } from './cache';

const PAGE_ROWS = 500;

export type CellValue = string | number | bigint | boolean | null;

export interface DataRow {
  /** 1-based row of the version, whatever the order and the filter. */
  number: number;
  /** The value of a column; null when it is missing. */
  value(column: string): CellValue;
}

export interface Rows {
  /** Rows that match the filter; undefined until the first page is here. */
  readonly n_matching: number | undefined;
  readonly failure: Failure | null;
  readonly loading: boolean;
  /** The row at a 0-based place of the order asked for; undefined while it is not here. */
  row(index: number): DataRow | undefined;
  /** Says which rows are looked at: give it to the table's `onrange`. */
  show(first: number, last: number): void;
}

interface Page {
  n_matching: number;
  table: ArrowTable;
}

/** Call it while a component is set up; a request of `null` asks for nothing. */
export function queryRows(request: () => Omit<RowsRequest, 'offset' | 'limit'> | null): Rows {
  const pages = new SvelteMap<number, Page>();
  let n_matching = $state<number | undefined>(undefined);
  let failure = $state.raw<Failure | null>(null);
  let loading = $state(false);
  let from = $state(0);
  let to = $state(0);

  const asked = $derived(request());
  const key = $derived(asked === null ? null : keyOf('rows', asked));

  // Rows of another order or filter are other rows; the old ones stay until the first page of the new is here.
  let shownKey: string | null = null;

  $effect(() => {
    const base = asked;
    const now = key;
    if (base === null) return;
    const wanted = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    const stops = untrack(() => wanted.map((page) => follow(base, now, page)));
    return () => stops.forEach((stop) => stop());
  });

  function follow(base: Omit<RowsRequest, 'offset' | 'limit'>, now: string | null, page: number): () => void {
    let entry: Entry | null = null;
    const show = () => {
      if (!entry) return;
      loading = entry.loading;
      failure = entry.failure;
      if (!entry.hasValue) return;
      if (shownKey !== now) pages.clear();
      shownKey = now;
      const value = entry.value as Page;
      pages.set(page, value);
      n_matching = value.n_matching;
    };
    const request = { ...base, offset: page * PAGE_ROWS, limit: PAGE_ROWS };
    const watched = watch('datasets.rows', request, decodePage, show);
    entry = watched.entry;
    show();
    return watched.stop;
  }

  return {
    get n_matching() {
      return n_matching;
    },
    get failure() {
      return failure;
    },
    get loading() {
      return loading;
    },
    row(index) {
      const page = pages.get(Math.floor(index / PAGE_ROWS));
      return page ? rowOf(page.table, index % PAGE_ROWS) : undefined;
    },
    show(first, last) {
      from = Math.max(0, Math.floor(first / PAGE_ROWS));
      to = Math.max(from, Math.floor(Math.max(0, last) / PAGE_ROWS));
    },
  };
}

/** The count of matching rows as u64, little-endian, then an Arrow IPC stream. */
export function decodePage(bytes: ArrayBuffer): Page {
  const n_matching = Number(new DataView(bytes).getBigUint64(0, true));
  return { n_matching, table: decodeArrow(bytes.slice(8)) };
}

function rowOf(table: ArrowTable, at: number): DataRow | undefined {
  if (at >= table.numRows) return undefined;
  return {
    number: Number(table.getChild('__row')?.at(at) ?? at + 1),
    value: (column) => (table.getChild(column)?.at(at) ?? null) as CellValue,
  };
}
