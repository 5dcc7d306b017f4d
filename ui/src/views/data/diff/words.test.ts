import { expect, it } from 'vitest';
import type { ColumnChange } from '../../../gen/ColumnChange';
import type { Effect } from '../../../gen/Effect';
import { byStrength, cellsText, changeSentence, countChange, effectText, schemaLines, strongest } from './words';

const change = (more: Partial<ColumnChange>): ColumnChange => ({
  name: 'price',
  type_label: 'float',
  missing_share: [0, 0],
  means: null,
  stds: null,
  n_distinct: null,
  effects: [],
  magnitude: 'none',
  remark: null,
  ...more,
});
const effect = (measure: Effect['measure'], value: number, magnitude: Effect['magnitude']): Effect => ({
  measure,
  value,
  magnitude,
});

it.each<[Effect, string]>([
  [effect('cohens_d', 0.831, 'large'), 'Cohen’s d +0.83'],
  [effect('cohens_d', -0.2, 'small'), 'Cohen’s d −0.20'],
  [effect('kolmogorov_smirnov', 0.31, 'medium'), 'Kolmogorov-Smirnov 0.31'],
])('%j is written %s', (own, text) => expect(effectText(own)).toBe(text));

it('the strongest effect speaks for a column, and the strongest column comes first', () => {
  const weak = effect('cohens_d', 0.3, 'small');
  const strong = effect('missing_share', 0.9, 'large');
  expect(strongest([weak, strong])).toBe(strong);
  expect(strongest([])).toBeNull();
  const ordered = byStrength([
    change({ name: 'a' }),
    change({ name: 'b', effects: [weak], magnitude: 'small' }),
    change({ name: 'c', effects: [strong], magnitude: 'large' }),
    change({ name: 'd', effects: [effect('cohens_d', -0.4, 'small')], magnitude: 'small' }),
  ]);
  expect(ordered.map(({ name }) => name)).toEqual(['c', 'd', 'b', 'a']);
});

it.each<[Partial<ColumnChange>, string]>([
  [{ means: [3, 4] }, 'the mean rises from 3 to 4'],
  [
    { means: [4, 3], missing_share: [0, 0.5] },
    'the mean falls from 4 to 3; the missing share rises from 0.0 % to 50.0 %',
  ],
  [{ n_distinct: [3, 4] }, '3 to 4 distinct values'],
  [{ n_distinct: [3, 3], remark: 'too many values' }, '3 distinct values still; too many values'],
])('%j in a sentence', (more, sentence) => expect(changeSentence(change(more))).toBe(sentence));

it('changed cells and columns are listed', () => {
  expect(cellsText([{ column: 'a', left: null, right: '1' }])).toBe('a null → 1');
  expect(countChange(3, 5)).toBe('2 more');
  expect(countChange(5, 3)).toBe('2 fewer');
  expect(countChange(5, 5)).toBe('as many');
  const lines = schemaLines(
    {
      added: [{ name: 'sex', kind: 'text', nullable: true }],
      removed: [],
      retyped: [{ name: 'year', from: 'int', to: 'text' }],
      moved: [{ name: 'b', from: 1, to: 2 }],
    },
    ({ kind }) => kind,
  );
  expect(lines.map(({ sign, name, text }) => `${sign} ${name}: ${text}`)).toEqual([
    '+ sex: new, text',
    '≠ year: int became text',
    '↕ b: from place 1 to place 2 of the columns of both',
  ]);
});
