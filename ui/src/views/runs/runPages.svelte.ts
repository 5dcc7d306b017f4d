// The table's runs, however many: only the pages that are looked at are read, and read again when the lab changes.

import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { keyOf, load, watch, type Entry } from '../../data/cache';
import type { RunPage } from '../../gen/RunPage';
import type { RunQuery } from '../../gen/RunQuery';
import type { RunSummary } from '../../gen/RunSummary';
import { decodeJson, type Failure } from '../../host';

export const PAGE_RUNS = 500;

export interface RunPages {
  /** The first page: counts, names of columns. Undefined until it is here; the former stays until the next is. */
  readonly head: RunPage | undefined;
  readonly failure: Failure | null;
  /** True when nothing can be shown yet. */
  readonly waiting: boolean;
  run(index: number): RunSummary | undefined;
  /** The runs of the first page. */
  readonly runs: readonly RunSummary[];
  show(first: number, last: number): void;
  refetch(): void;
}

/** Call it while a component is set up. */
export function runPages(request: () => Omit<RunQuery, 'offset' | 'limit'>): RunPages {
  const pages = new SvelteMap<number, RunPage>();
  let failure = $state.raw<Failure | null>(null);
  let from = $state(0);
  let to = $state(0);
  let shownKey: string | null = null;
  let first: Entry | null = null;

  const asked = $derived(request());
  const key = $derived(keyOf('runs.list', asked));

  $effect(() => {
    const now = key;
    const base = untrack(() => asked);
    const seen = Array.from({ length: to - from + 1 }, (_, i) => from + i);
    const wanted = seen.includes(0) ? seen : [0, ...seen];
    const stops = untrack(() => wanted.map((page) => follow(base, now, page)));
    return () => stops.forEach((stop) => stop());
  });

  function follow(base: Omit<RunQuery, 'offset' | 'limit'>, now: string, page: number): () => void {
    let entry: Entry | null = null;
    const show = () => {
      if (!entry) return;
      if (page === 0) failure = entry.loading ? failure : entry.failure;
      if (!entry.hasValue) return;
      if (shownKey !== now) pages.clear();
      shownKey = now;
      pages.set(page, entry.value as RunPage);
    };
    const watched = watch('runs.list', { ...base, offset: page * PAGE_RUNS, limit: PAGE_RUNS }, decodeJson, show);
    entry = watched.entry;
    if (page === 0) first = entry;
    show();
    return watched.stop;
  }

  return {
    get head() {
      return pages.get(0);
    },
    get failure() {
      return failure;
    },
    get waiting() {
      return failure === null && !pages.has(0);
    },
    run: (index) => pages.get(Math.floor(index / PAGE_RUNS))?.runs[index % PAGE_RUNS],
    get runs() {
      return pages.get(0)?.runs ?? [];
    },
    show(firstRow, lastRow) {
      from = Math.max(0, Math.floor(firstRow / PAGE_RUNS));
      to = Math.max(from, Math.floor(Math.max(0, lastRow) / PAGE_RUNS));
    },
    refetch: () => {
      if (first) void load(first);
    },
  };
}
