// What a component gives to a query, for tests without one.

import { flushSync } from 'svelte';
import type { Query } from './query.svelte';

export interface Box<T> {
  value: T;
}

/** Runs `make` as a component would, until `stop`. */
export function scope<T>(make: () => Query<T>): { query: Query<T>; stop: () => void } {
  let made: Query<T> | undefined;
  const stop = $effect.root(() => {
    made = make();
  });
  flushSync();
  if (!made) throw new Error('nothing was made');
  return { query: made, stop };
}

/** A value that can be followed. */
scope.box = <T>(first: T): Box<T> => {
  let value = $state(first);
  return {
    get value() {
      return value;
    },
    set value(next: T) {
      value = next;
    },
  };
};
