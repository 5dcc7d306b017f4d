// What has been read from the host, by command and request; dropped by kind when the host says what changed.

import { readsOf, rpcBytes, toFailure, type Failure, type Kind, type RequestOf } from '../host';
import type { Commands } from '../gen/commands';

type AnyCommand = keyof Commands;

export interface Entry {
  readonly command: AnyCommand;
  readonly request: RequestOf<AnyCommand>;
  readonly decode: Decode;
  value: unknown;
  failure: Failure | null;
  hasValue: boolean;
  /** True while an answer is on its way. */
  loading: boolean;
  /** Counts changes, so that an answer to an outdated question is asked for again. */
  version: number;
  readonly listeners: Set<() => void>;
}

export type Decode = (bytes: ArrayBuffer) => unknown;

/** How many answers that nobody looks at are kept. */
const KEPT = 64;

const entries = new Map<string, Entry>();
let eras = 0;
const watchers = new Set<{ kinds: readonly Kind[]; tell: (known: 'some' | 'all') => void }>();

/** The name under which an answer is kept; requests that differ only in the order of their fields share one. */
export function keyOf(command: string, request: unknown): string {
  return `${command} ${JSON.stringify(request, sorted)}`;
}

/** Finds or begins the entry and looks at it until the returned function is called. */
export function watch(
  command: AnyCommand,
  request: RequestOf<AnyCommand>,
  decode: Decode,
  listener: () => void,
): { entry: Entry; stop: () => void } {
  const key = keyOf(command, request);
  let entry = entries.get(key);
  if (!entry) {
    entry = {
      command,
      request,
      decode,
      value: undefined,
      failure: null,
      hasValue: false,
      loading: false,
      version: 0,
      listeners: new Set(),
    };
    entries.set(key, entry);
  }
  const found = entry;
  found.listeners.add(listener);
  if (!found.hasValue && !found.loading) void load(found);
  return {
    entry: found,
    stop: () => {
      found.listeners.delete(listener);
      trim();
    },
  };
}

/**
 * Asks again; the old value stays until the new one is there. What changes more often than the host answers, as a run that
 * logs, is shown as of each answer and asked for again.
 */
export async function load(entry: Entry): Promise<void> {
  entry.version += 1;
  if (entry.loading) return;
  entry.loading = true;
  tell(entry);
  let isOutdated: boolean;
  do {
    const asked = entry.version;
    try {
      const value = entry.decode(await rpcBytes(entry.command, entry.request));
      entry.value = value;
      entry.hasValue = true;
      entry.failure = null;
    } catch (cause) {
      entry.failure = toFailure(cause, `read ${entry.command}`);
    }
    // By itself: who is told may ask again, and a new round is then under way.
    isOutdated = asked !== entry.version && entry.listeners.size > 0;
    entry.loading = isOutdated;
    tell(entry);
  } while (isOutdated);
}

/** Calls `tell` when one of the kinds has changed, or may have, until the returned function is called. */
export function whenChanged(kinds: readonly Kind[], tell: (known: 'some' | 'all') => void): () => void {
  const watcher = { kinds, tell };
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** Drops what reads one of these kinds: what is on screen is read again, the rest forgotten. */
export function dropKinds(kinds: readonly Kind[] | 'all'): void {
  for (const watcher of [...watchers]) {
    if (kinds === 'all') watcher.tell('all');
    else if (watcher.kinds.some((kind) => kinds.includes(kind))) watcher.tell('some');
  }
  for (const [key, entry] of entries) {
    if (kinds !== 'all' && !readsOf(entry.command).some((kind) => kinds.includes(kind))) continue;
    if (entry.listeners.size > 0) void load(entry);
    else entries.delete(key);
  }
}

/** Forgets everything, for tests and when another lab is opened. */
export function clearCache(): void {
  entries.clear();
  eras += 1;
}

/** Another number after everything was forgotten: what was kept elsewhere is of another lab. */
export function era(): number {
  return eras;
}

function trim(): void {
  let idle = 0;
  for (const entry of entries.values()) if (entry.listeners.size === 0) idle += 1;
  for (const [key, entry] of entries) {
    if (idle <= KEPT) return;
    if (entry.listeners.size > 0) continue;
    entries.delete(key);
    idle -= 1;
  }
}

function tell(entry: Entry): void {
  for (const listener of [...entry.listeners]) listener();
}

function sorted(_key: string, value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
