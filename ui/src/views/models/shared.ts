// Folders that versions go through from lab to lab.

import type { OfferedVersion } from '../../gen/OfferedVersion';
import { passes } from './signature';

/** What is wrong with a path that a person wrote; undefined when nothing is, or nothing is written yet. */
export function pathProblem(path: string): string | undefined {
  return path === '' || /^([/\\~]|[A-Za-z]:[/\\])/.test(path)
    ? undefined
    : 'write the whole path, from the root of the disk';
}

/** Whether a version can be pulled, in a word with its state. */
export function offerWord(offer: OfferedVersion): { state: 'ok' | 'warning' | 'critical' | 'notrun'; word: string } {
  if (offer.damaged.length > 0) return { state: 'critical', word: `damaged: ${offer.damaged.join(', ')}` };
  switch (offer.state) {
    case 'new':
      return passes(offer.signature) ? { state: 'ok', word: 'new here' } : { state: 'critical', word: 'refused' };
    case 'same':
      return { state: 'notrun', word: 'here already' };
    case 'different':
      return { state: 'warning', word: 'another one is here' };
  }
}

/** What pulling would bring. */
export function canPull(offer: OfferedVersion): boolean {
  return offer.state === 'new' && offer.damaged.length === 0 && passes(offer.signature);
}

/** Keys that would let more be pulled if they were trusted. */
export function untrustedKeys(offers: readonly OfferedVersion[]): string[] {
  const missing = offers.filter(
    ({ state, damaged, signature }) =>
      state === 'new' && damaged.length === 0 && signature.status === 'unknown_key' && signature.key_id !== null,
  );
  return [...new Set(missing.map(({ signature }) => signature.key_id ?? ''))];
}
