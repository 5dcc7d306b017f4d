import { expect, it } from 'vitest';
import type { LeftRun } from '../../gen/LeftRun';
import type { RunChange } from '../../gen/RunChange';
import { changedText, leftText } from './bulk';

const done = (n_changed: number, n_unchanged = 0) => ({ n_changed, n_unchanged, left: [], n_left: 0, undo: null });

it.each<[RunChange, number, number, string]>([
  [{ change: 'delete', even_running: false }, 1, 0, '1 run is in the trash'],
  [{ change: 'delete', even_running: false }, 1204, 3, '1,204 runs are in the trash'],
  [{ change: 'tag', key: 'team', value: 'a' }, 2, 0, '2 runs have the tag `team`'],
  [{ change: 'untag', key: 'team' }, 1, 0, '1 run has no tag `team`'],
  [{ change: 'move', experiment: 'other' }, 2, 0, '2 runs are in `other`'],
  [{ change: 'archive' }, 0, 2, '2 runs are archived already'],
  [{ change: 'unarchive' }, 2, 0, '2 runs are among the active runs'],
  [{ change: 'restore' }, 2, 0, '2 runs are back'],
])('%j of %i, %i were so: %s', (change, n, unchanged, text) =>
  expect(changedText(change, done(n, unchanged))).toBe(text),
);

it('the first run that stayed says why', () => {
  const left: LeftRun[] = [
    { run_id: '1', name: 'forest', reason: 'registered', why: 'a model was registered from it.' },
  ];
  expect(leftText(left, 1)).toBe('`forest` stayed: a model was registered from it');
  expect(leftText(left, 12)).toBe('`forest` stayed: a model was registered from it; 11 more stayed');
  expect(leftText([], 2)).toBe('2 runs stayed as they are');
});
