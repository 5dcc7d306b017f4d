// The table's rows, however many: only the windows that are looked at are read. What changes in the lab is written into
// the rows in sight; the windows are read again only when rows came, went or moved to another list.

import { untrack } from 'svelte';
import { SvelteMap, SvelteSet } from 'svelte/reactivity';
import { keyOf, whenChanged } from '../../data/cache';
import type { RunChanges } from '../../gen/RunChanges';
import type { RunPage } from '../../gen/RunPage';
import type { RunQuery } from '../../gen/RunQuery';
import type { RunRow } from '../../gen/RunRow';
import { rpc, toFailure, type Failure } from '../../host';

export const PAGE_RUNS = 100;

/** Windows kept beside those in sight, so that a look back finds them. */
const MOST_PAGES = 40;

/** Rows beyond those in view that are read with them, so that a slow wheel never meets an empty one. */
const AHEAD_ROWS = 20;

/** Rows that the host follows at once. */
const MOST_SHOWN = 1000;

/** How long rows that shift are waited for, so that many that shift at once are read once. */
const SETTLE_MS = 150;

export type RunsAsked = Omit<RunQuery, 'offset' | 'limit' | 'skip_names'>;

export interface RunPages {
  /** The first window: counts, names of columns. Undefined until it is here; the former stays until the next is. */
  readonly head: RunPage | undefined;
  readonly failure: Failure | null;
  /** True when nothing can be shown yet. */
  readonly waiting: boolean;
  row(index: number): RunRow | undefined;
  /** The rows of the first window. */
  readonly first: readonly RunRow[];
  /** All rows that are here, in the order of the table. */
  readonly rows: readonly RunRow[];
  show(first: number, last: number): void;
  /** The runs between two rows, both included, that match by themselves. */
  idsBetween(first: number, last: number): Promise<string[]>;
  refetch(): void;
  /** The rows in sight and the first ones, to be shown at once when the table comes back. */
  keep(): KeptPages | null;
}

export interface KeptPages {
  key: string;
  head: RunPage;
  /** By number. */
  pages: readonly [number, RunRow[]][];
}

/** Call it while a component is set up. */
export function runPages(request: () => RunsAsked, kept?: KeptPages | null): RunPages {
  const pages = new SvelteMap<number, RunRow[]>(kept?.pages);
  let head = $state.raw<RunPage | undefined>(kept?.head);
  let failure = $state.raw<Failure | null>(null);
  let from = 0;
  let to = 0;
  let shownKey: string | null = kept?.key ?? null;
  /** Windows from before the table was left: shown, and read again when they are looked at. */
  const old = new SvelteSet(kept?.pages.map(([page]) => page));
  /** Counts questions: an answer to one that is no longer asked is dropped. */
  let turn = 0;
  /** The change up to which the rows are known. */
  let since: number | null = null;
  let following = false;
  let missed = false;
  let again: ReturnType<typeof setTimeout> | undefined;
  /** Windows on their way, of the present turn. */
  const coming = new SvelteSet<number>();

  const asked = $derived(request());
  const key = $derived(keyOf('runs.list', asked));

  $effect(() => {
    void key;
    untrack(() => ask());
  });

  $effect(() => () => clearTimeout(again));

  $effect(() => whenChanged(['runs', 'models'], (known) => (known === 'all' ? ask() : void follow())));

  /** Reads what changed of the rows in sight; while one answer is on its way the next is asked for once. */
  async function follow(): Promise<void> {
    if (since === null) return;
    if (following) {
      missed = true;
      return;
    }
    following = true;
    do {
      missed = false;
      const own: number = turn;
      const asking: number = since;
      try {
        const answer: RunChanges = await rpc('runs.follow', {
          since: asking,
          shown: inSight(),
          columns: asked.columns,
        });
        if (own === turn) {
          since = answer.change;
          take(answer);
        }
      } catch {
        // The rows stay as they are; the window says by itself when its host cannot be heard.
        break;
      }
    } while (missed);
    following = false;
  }

  function inSight(): string[] {
    const shown: string[] = [];
    for (let page = from; page <= to; page += 1) for (const { run_id } of pages.get(page) ?? []) shown.push(run_id);
    return shown.slice(0, MOST_SHOWN);
  }

  /** Asks anew for what is in sight; what is here stays until the answer is. */
  function ask(): void {
    turn += 1;
    coming.clear();
    const sameRows = shownKey === key;
    const isNear = sameRows && from <= 1;
    // The first window has the counts, and other rows begin at their top; what is in sight comes with it when it is near.
    void fetchPages(0, isNear ? to : sameRows ? 0 : to - from);
    if (sameRows && !isNear) void fetchPages(from, to);
  }

  /** Asks for the windows in sight that are not here, in one question: they are neighbours. */
  function askMissing(): void {
    if (shownKey !== key) return;
    const missing: number[] = [];
    for (let page = from; page <= to; page += 1)
      if ((!pages.has(page) || old.has(page)) && !coming.has(page)) missing.push(page);
    const [first] = missing;
    const last = missing.at(-1);
    if (first !== undefined && last !== undefined) void fetchPages(first, last);
  }

  async function fetchPages(first: number, last: number): Promise<void> {
    const [own, base, now] = [turn, asked, key];
    for (let page = first; page <= last; page += 1) coming.add(page);
    try {
      const answer = await rpc('runs.list', {
        ...base,
        skip_names: true,
        offset: first * PAGE_RUNS,
        limit: (last - first + 1) * PAGE_RUNS,
      });
      if (own !== turn) return;
      if (shownKey !== now) pages.clear();
      shownKey = now;
      if (first === 0) {
        // A second turn of the same question: windows out of sight may be old.
        for (const other of pages.keys()) if (other < from || other > to) pages.delete(other);
        head = answer;
        since = answer.change;
        failure = null;
      }
      for (let page = first; page <= last; page += 1) {
        const begin = (page - first) * PAGE_RUNS;
        pages.set(page, answer.runs.slice(begin, begin + PAGE_RUNS));
        old.delete(page);
        coming.delete(page);
      }
      for (const other of pages.keys()) {
        if (pages.size <= MOST_PAGES) break;
        if (other !== 0 && (other < from || other > to)) pages.delete(other);
      }
      if (first === 0) askMissing();
    } catch (cause) {
      if (own === turn && first === 0) failure = toFailure(cause, 'read the runs');
    } finally {
      if (own === turn) for (let page = first; page <= last; page += 1) coming.delete(page);
    }
  }

  function take({ runs, rows_shift }: Pick<RunChanges, 'runs' | 'rows_shift'>): void {
    if (rows_shift) {
      // A client that begins many runs must not keep the table from ever being read to its end.
      clearTimeout(again);
      again = setTimeout(() => (coming.size > 0 ? take({ runs, rows_shift }) : ask()), SETTLE_MS);
      return;
    }
    if (runs.length === 0) return;
    const changed = Object.fromEntries(runs.map((run) => [run.run_id, run]));
    for (const [page, rows] of pages) {
      if (!rows.some(({ run_id }) => run_id in changed)) continue;
      pages.set(
        page,
        rows.map((row) => {
          const next = changed[row.run_id];
          const { depth, n_children, is_match } = row;
          return next ? { ...next, depth, n_children, is_match } : row;
        }),
      );
    }
  }

  return {
    get head() {
      return head;
    },
    get failure() {
      return failure;
    },
    get waiting() {
      return failure === null && head === undefined;
    },
    row: (index) => pages.get(Math.floor(index / PAGE_RUNS))?.[index % PAGE_RUNS],
    get first() {
      return pages.get(0) ?? [];
    },
    get rows() {
      return [...pages.keys()].sort((a, b) => a - b).flatMap((page) => pages.get(page) ?? []);
    },
    show: (firstRow, lastRow) =>
      untrack(() => {
        from = Math.max(0, Math.floor((firstRow - AHEAD_ROWS) / PAGE_RUNS));
        const n_rows = head?.n_rows ?? 0;
        to = Math.max(from, Math.floor(Math.min(Math.max(0, n_rows - 1), lastRow + AHEAD_ROWS) / PAGE_RUNS));
        askMissing();
      }),
    async idsBetween(first, last) {
      const here: RunRow[] = [];
      for (let index = first; index <= last; index += 1) {
        const row = pages.get(Math.floor(index / PAGE_RUNS))?.[index % PAGE_RUNS];
        if (row) here.push(row);
      }
      if (here.length <= last - first) {
        const window = { offset: first, limit: last - first + 1, skip_names: true, columns: [] };
        const answer = await rpc('runs.list', { ...asked, ...window });
        here.splice(0, here.length, ...answer.runs);
      }
      return here.filter((row) => row.is_match).map(({ run_id }) => run_id);
    },
    refetch: ask,
    keep() {
      if (head === undefined || shownKey === null) return null;
      const near = [...pages].filter(([page]) => page === 0 || (page >= from && page <= to));
      return { key: shownKey, head, pages: near };
    },
  };
}
