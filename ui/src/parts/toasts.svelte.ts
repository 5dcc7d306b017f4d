// Short messages about things already done, with Undo; they go after 10 s, and wait while the pointer is on them.

import { untrack } from 'svelte';

export interface Toast {
  id: number;
  text: string;
  note?: string;
  /** Takes the thing back. */
  undo?: () => void | Promise<void>;
  /** Leads to the thing. */
  open?: { text: string; href: string };
  /** Something to do about it. */
  act?: { text: string; run: () => void };
  /** How far a thing is that is not done yet; such a toast stays until it is dismissed. */
  busy?: () => { phase: string; done: number; total: number; unit?: string; secs_left?: number | null } | null;
  warning?: boolean;
}

const SHOWN_MS = 10_000;

let last = 0;
const list = $state<Toast[]>([]);

interface Clock {
  id: number;
  timer: ReturnType<typeof setTimeout> | undefined;
  until_ms: number;
  /** Set while the clock stands still. */
  left_ms: number | null;
}

let clocks: Clock[] = [];

/** Those on screen, the newest last; never more than three. */
export function toasts(): readonly Toast[] {
  return list;
}

/** Shows a message; it may be called inside an effect. */
export function toast(message: Omit<Toast, 'id'>): number {
  last += 1;
  const id = last;
  untrack(() => {
    list.push({ ...message, id });
    while (list.length > 3) dismiss(list[0]?.id ?? 0);
  });
  if (!message.busy) start(id, SHOWN_MS);
  return id;
}

export function dismiss(id: number): void {
  const at = list.findIndex((toast) => toast.id === id);
  if (at >= 0) list.splice(at, 1);
  clearTimeout(clocks.find((clock) => clock.id === id)?.timer);
  clocks = clocks.filter((clock) => clock.id !== id);
}

/** Stops the clock of all of them. */
export function hold(): void {
  for (const clock of clocks) {
    if (clock.left_ms !== null) continue;
    clearTimeout(clock.timer);
    clock.left_ms = Math.max(0, clock.until_ms - Date.now());
  }
}

export function release(): void {
  for (const clock of clocks) if (clock.left_ms !== null) start(clock.id, clock.left_ms);
}

function start(id: number, ms: number): void {
  clocks = clocks.filter((clock) => clock.id !== id);
  clocks.push({ id, timer: setTimeout(() => dismiss(id), ms), until_ms: Date.now() + ms, left_ms: null });
}
