// Reading from the host inside a component: asks when the request changes, again when the host says it changed.

import { untrack } from 'svelte';
import { decodeJson, type BytesCommand, type Command, type Failure, type RequestOf, type ResponseOf } from '../host';
import { keyOf, load, watch, type Decode, type Entry } from './cache';

/** An answer that takes longer than this is worth showing as loading. */
const SLOW_MS = 100;

export interface QueryOptions {
  /** Keep the answer to the former request on screen however long the next one takes: for filters and pages of a list. */
  keep?: boolean;
}

/** What a component sees of one read. */
export interface Query<T> {
  readonly value: T | undefined;
  readonly failure: Failure | null;
  /** True while an answer is on its way, even if an older one is on screen. */
  readonly loading: boolean;
  /** True when nothing can be shown and the wait is long enough to say so. */
  readonly slow: boolean;
  /** True when the value belongs to a former request. */
  readonly stale: boolean;
  refetch(): void;
}

/** Reads a document. Call it while a component is set up; a request of `null` asks for nothing. */
export function query<C extends Command>(
  command: C,
  request: () => RequestOf<C> | null,
  options: QueryOptions = {},
): Query<ResponseOf<C>> {
  return follow<C, ResponseOf<C>>(command, request, decodeJson, options);
}

/** Reads bytes and decodes them once; the decoded value is what is kept. */
export function queryBytes<C extends BytesCommand, T>(
  command: C,
  request: () => RequestOf<C> | null,
  decode: (bytes: ArrayBuffer) => T,
  options: QueryOptions = {},
): Query<T> {
  return follow<C, T>(command, request, decode, options);
}

function follow<C extends Command | BytesCommand, T>(
  command: C,
  request: () => RequestOf<C> | null,
  decode: Decode,
  options: QueryOptions,
): Query<T> {
  let value = $state.raw<T | undefined>(undefined);
  let failure = $state.raw<Failure | null>(null);
  let loading = $state(false);
  let slow = $state(false);
  let stale = $state(false);
  let refetch: () => void = () => undefined;

  const asked = $derived.by(() => {
    const wanted = request();
    return wanted === null || wanted === undefined ? null : { key: keyOf(command, wanted), wanted };
  });
  const key = $derived(asked?.key ?? null);

  $effect(() => {
    if (key === null) {
      value = undefined;
      failure = null;
      loading = slow = stale = false;
      refetch = () => undefined;
      return;
    }
    const wanted = untrack(() => asked?.wanted as RequestOf<C>);
    let timer: ReturnType<typeof setTimeout> | undefined;
    let entry: Entry | null = null;
    const show = () => {
      if (!entry) return;
      loading = entry.loading;
      if (entry.hasValue) value = entry.value as T;
      if (!entry.loading || entry.hasValue) {
        clearTimeout(timer);
        slow = stale = false;
        failure = entry.failure;
        if (!entry.hasValue) value = undefined;
      }
    };

    const watched = untrack(() => watch(command, wanted, decode, show));
    entry = watched.entry;
    untrack(() => {
      failure = null;
      stale = value !== undefined && !watched.entry.hasValue;
      show();
      if (watched.entry.loading && !watched.entry.hasValue) {
        timer = setTimeout(() => {
          if (!options.keep) {
            value = undefined;
            stale = false;
          }
          slow = value === undefined;
        }, SLOW_MS);
      }
    });
    refetch = () => void load(watched.entry);
    return () => {
      clearTimeout(timer);
      watched.stop();
    };
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
    get slow() {
      return slow;
    },
    get stale() {
      return stale;
    },
    refetch: () => refetch(),
  };
}
