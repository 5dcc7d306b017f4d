// What became of a file of a watched folder, as one status and one sentence.

import type { WatchCheck } from '../../../gen/WatchCheck';
import type { WatchedFile } from '../../../gen/WatchedFile';
import type { WatchOutcome } from '../../../gen/WatchOutcome';
import type { StatusState } from '../../../parts/Status.svelte';
import { count, plural } from '../../../parts/format';
import { href } from '../../../shell/route';

export interface OutcomeWords {
  state: StatusState;
  word: string;
  /** What there is to say beside it; empty when the word says all. */
  text: string;
  /** Where the version is. */
  href: string | null;
}

export function outcomeWords(outcome: WatchOutcome): OutcomeWords {
  switch (outcome.outcome) {
    case 'imported': {
      const check = checkWords(outcome.check);
      return {
        state: check.state,
        word: `${outcome.dataset}@${outcome.version}`,
        text: [
          outcome.already_there ? 'the same rows were there' : plural(outcome.n_rows, 'row'),
          ...(check.text ? [check.text] : []),
        ].join(', '),
        href: href('data', outcome.dataset, `v${outcome.version}`),
      };
    }
    case 'skipped':
      return { state: 'notrun', word: 'skipped', text: outcome.reason, href: null };
    case 'waiting':
      return { state: 'waiting', word: 'waits', text: 'until it is written to its end', href: null };
    case 'failed':
      return { state: 'critical', word: 'failed', text: outcome.reason, href: null };
  }
}

/** How many files stand how: `2 imported, 1 skipped`. */
export function filesText(files: readonly WatchedFile[]): string {
  if (files.length === 0) return 'no file yet';
  const words: Record<WatchOutcome['outcome'], string> = {
    imported: 'imported',
    failed: 'failed',
    waiting: 'waiting',
    skipped: 'skipped',
  };
  return Object.entries(words)
    .map(([kind, word]) => [files.filter((file) => file.outcome.outcome === kind).length, word] as const)
    .filter(([n]) => n > 0)
    .map(([n, word]) => `${count(n)} ${word}`)
    .join(', ');
}

function checkWords(check: WatchCheck): { state: StatusState; text: string } {
  switch (check.check) {
    case 'no_suite':
      return { state: 'ok', text: '' };
    case 'passed':
      return { state: 'ok', text: `all ${plural(check.n_rules, 'expectation')} hold` };
    case 'failed':
      return {
        state: 'warning',
        text: `${count(check.n_failed)} of ${plural(check.n_rules, 'expectation')} failed`,
      };
    case 'could_not_run':
      return { state: 'warning', text: `its expectations could not run: ${check.reason}` };
  }
}
