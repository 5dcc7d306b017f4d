import { expect, it } from 'vitest';
import type { ColumnType } from '../../gen/ColumnType';
import { changesBetween, readChosen, tagsByVersion, toggleChosen } from './versions';

const version = (columns: Record<string, ColumnType>) => ({
  columns: { columns: Object.entries(columns).map(([name, kind]) => ({ name, kind, nullable: false })) },
});

it.each([
  [null, version({ a: 'integer' }), undefined],
  [version({ a: 'integer' }), version({ a: 'integer' }), 'the same columns'],
  [version({ a: 'integer', b: 'text' }), version({ a: 'text', c: 'date' }), '+ c, − b, a int → text'],
])('changes %#', (before, after, words) => expect(changesBetween(before, after)).toBe(words));

it('at most two versions are chosen, and those that exist', () => {
  expect(readChosen('3,1,2', [1, 2, 3])).toEqual([3, 1]);
  expect(readChosen('9,x,2,2', [1, 2, 3])).toEqual([2]);
  expect(readChosen(undefined, [1])).toEqual([]);
  expect(toggleChosen([1, 2], 3)).toEqual([2, 3]);
  expect(toggleChosen([1, 2], 1)).toEqual([2]);
});

it('tags stand with their version', () => {
  expect([...tagsByVersion({ live: 2, audited: 2, old: 1 })]).toEqual([
    [2, ['audited', 'live']],
    [1, ['old']],
  ]);
});
