// The time of day for what is running on screen. It ticks only while someone looks.

import { createSubscriber } from 'svelte/reactivity';

const TICK_MS = 250;

const subscribe = createSubscriber((update) => {
  const timer = setInterval(update, TICK_MS);
  return () => clearInterval(timer);
});

/** Milliseconds since 1970; read while `runs`, it changes four times a second. */
export function clock(runs = true): number {
  if (runs) subscribe();
  return Date.now();
}
