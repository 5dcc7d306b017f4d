import { expect, it } from 'vitest';
import type { WatchedFile } from '../../../gen/WatchedFile';
import type { WatchOutcome } from '../../../gen/WatchOutcome';
import { filesText, outcomeWords } from './outcome';

const imported = (more: Partial<Extract<WatchOutcome, { outcome: 'imported' }>> = {}): WatchOutcome => ({
  outcome: 'imported',
  dataset: 'sales',
  version: 2,
  n_rows: 12,
  hash: '00',
  already_there: false,
  check: { check: 'no_suite' },
  ...more,
});

it.each<[WatchOutcome, string, string]>([
  [imported(), 'ok', 'sales@2: 12 rows'],
  [imported({ already_there: true }), 'ok', 'sales@2: the same rows were there'],
  [imported({ check: { check: 'passed', n_rules: 3 } }), 'ok', 'sales@2: 12 rows, all 3 expectations hold'],
  [
    imported({ check: { check: 'failed', n_rules: 3, n_failed: 1 } }),
    'warning',
    'sales@2: 12 rows, 1 of 3 expectations failed',
  ],
  [
    imported({ check: { check: 'could_not_run', reason: 'no column `a`' } }),
    'warning',
    'sales@2: 12 rows, its expectations could not run: no column `a`',
  ],
  [{ outcome: 'skipped', reason: 'it is hidden' }, 'notrun', 'skipped: it is hidden'],
  [{ outcome: 'waiting' }, 'waiting', 'waits: until it is written to its end'],
  [{ outcome: 'failed', reason: 'line 3 has 2 fields' }, 'critical', 'failed: line 3 has 2 fields'],
])('%j', (outcome, state, said) => {
  const words = outcomeWords(outcome);
  expect(words.state).toBe(state);
  expect(`${words.word}: ${words.text}`).toBe(said);
});

it('a folder says how its files stand', () => {
  const file = (outcome: WatchOutcome): WatchedFile => ({
    file: 'a.csv',
    size_bytes: 1,
    modified_ns: '1',
    seen_ms: 1,
    outcome,
  });
  expect(filesText([])).toBe('no file yet');
  expect(filesText([imported(), imported(), { outcome: 'skipped', reason: '' } as const].map(file))).toBe(
    '2 imported, 1 skipped',
  );
});
