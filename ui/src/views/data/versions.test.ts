import { expect, it } from 'vitest';
import type { ColumnType } from '../../gen/ColumnType';
import { changesBetween } from './versions';

const version = (columns: Record<string, ColumnType>) => ({
  columns: { columns: Object.entries(columns).map(([name, kind]) => ({ name, kind, nullable: false })) },
});

it.each([
  [null, version({ a: 'integer' }), undefined],
  [version({ a: 'integer' }), version({ a: 'integer' }), 'the same columns'],
  [version({ a: 'integer', b: 'text' }), version({ a: 'text', c: 'date' }), '+ c, − b, a int → text'],
])('changes %#', (before, after, words) => expect(changesBetween(before, after)).toBe(words));
