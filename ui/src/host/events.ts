// Events the host sends by itself. A closed set: what is not known here is left out, not guessed at.

import type { Event as HostEvent } from '../gen/Event';

const KNOWN: Record<HostEvent['event'], true> = { changed: true, job: true, notice: true };

/** Reads one event from its wire form; null for one this version does not know. */
export function readEvent(value: unknown): HostEvent | null {
  if (typeof value !== 'object' || value === null || !('event' in value)) return null;
  return typeof value.event === 'string' && value.event in KNOWN ? (value as HostEvent) : null;
}
