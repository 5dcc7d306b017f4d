// Folders that versions go through from lab to lab.

import type { OfferedVersion } from '../../gen/OfferedVersion';

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
      return { state: 'ok', word: 'new here' };
    case 'same':
      return { state: 'notrun', word: 'here already' };
    case 'different':
      return { state: 'warning', word: 'another one is here' };
  }
}
