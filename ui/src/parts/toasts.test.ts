import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { dismiss, hold, release, toast, toasts } from './toasts.svelte';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  for (const { id } of [...toasts()]) dismiss(id);
  vi.useRealTimers();
});

it('a toast goes after ten seconds', () => {
  toast({ text: '3 runs moved to the trash' });
  vi.advanceTimersByTime(9_900);
  expect(toasts()).toHaveLength(1);
  vi.advanceTimersByTime(200);
  expect(toasts()).toHaveLength(0);
});

it('it waits while the pointer is on it, and then takes what was left', () => {
  toast({ text: 'held' });
  vi.advanceTimersByTime(8_000);
  hold();
  vi.advanceTimersByTime(60_000);
  expect(toasts()).toHaveLength(1);
  release();
  vi.advanceTimersByTime(1_900);
  expect(toasts()).toHaveLength(1);
  vi.advanceTimersByTime(200);
  expect(toasts()).toHaveLength(0);
});

it('never more than three, the oldest goes', () => {
  for (const text of ['a', 'b', 'c', 'd']) toast({ text });
  expect(toasts().map(({ text }) => text)).toEqual(['b', 'c', 'd']);
});
