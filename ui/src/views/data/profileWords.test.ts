import { describe, expect, it } from 'vitest';
import type { ColumnProfile } from '../../gen/ColumnProfile';
import type { Note } from '../../gen/Note';
import type { NoteSeverity } from '../../gen/NoteSeverity';
import type { Profile } from '../../gen/Profile';
import { numericFacts, quantileFacts } from './columnFacts';
import {
  accuracyWords,
  boundOf,
  byWeight,
  gist,
  groupNotes,
  notesOn,
  noteWord,
  shareText,
  skewWords,
} from './profileWords';

const note = (severity: NoteSeverity, text: string, columns: string[] = []): Note => ({
  kind: 'missing',
  severity,
  text,
  columns,
  rows: [],
});
const NOTES = [note('low', 'a', ['x']), note('high', 'b', ['x', 'y']), note('medium', 'c'), note('high', 'd')];

const column: ColumnProfile = {
  name: 'x',
  kind: 'float',
  n_rows: 1000,
  n_missing: 10,
  n_distinct: 900,
  numeric: {
    min: -1,
    max: 9,
    mean: 4,
    std: 2,
    skewness: 1.2,
    kurtosis: null,
    quantiles: [0, 1, 2, 4, 6, 8, 9],
    n_zero: 0,
    n_negative: 1,
    n_not_finite: 3,
    n_outliers: 2,
    fences: [-4, 12],
    n_far_out: 0,
    histogram: { edges: [-1, 9], counts: [987] },
  },
  top: [],
  time: null,
  text: null,
  likely: { kind: 'number', reason: '' },
  exact: false,
};
const profile: Profile = {
  schema: 2,
  n_rows: 1000,
  n_missing: 10,
  n_duplicate_rows: 0,
  columns: [column],
  associations: [],
  notes: NOTES,
  exact: false,
  accuracy: [
    { figures: 'totals', exact: true, bound: '' },
    { figures: 'distinct', exact: false, bound: 'within 2 %' },
  ],
};

describe('notes', () => {
  it('stand by weight, the order of the profile within', () =>
    expect(byWeight(NOTES).map(({ text }) => text)).toEqual(['b', 'd', 'c', 'a']));
  it('have a heading each', () =>
    expect(groupNotes(NOTES.slice(0, 2)).map(({ severity, notes }) => [severity, notes.length])).toEqual([
      ['high', 1],
      ['low', 1],
    ]));
  it('are found by column', () => expect(notesOn(profile, 'x').map(({ text }) => text)).toEqual(['b', 'a']));
  it('have a word for every kind', () => expect(noteWord('numeric_text')).toBe('numbers as text'));
});

describe('how exact the figures are', () => {
  it('is said quietly', () => {
    expect(accuracyWords(profile)).toEqual({ text: 'some figures estimated', title: 'Distinct values: within 2 %' });
    expect(accuracyWords({ ...profile, exact: true }).text).toBe('exact');
  });
  it('has the bound of a column’s figures', () => {
    expect(boundOf(profile, column, 'distinct')).toBe('within 2 %');
    expect(boundOf(profile, column, 'totals')).toBe('');
    expect(boundOf(profile, { ...column, exact: true }, 'distinct')).toBe('');
  });
});

it.each([
  [null, ''],
  [0.1, 'even'],
  [-0.7, 'a little to the left'],
  [1.2, 'clearly to the right'],
  [5, 'strongly to the right'],
])('skewness %s is %s', (skewness, words) => expect(skewWords(skewness)).toBe(words));

it('figures of a column', () => {
  const facts = column.numeric ? numericFacts(column, column.numeric) : [];
  const value = (name: string) => facts.find((fact) => fact.name === name)?.value;
  expect(value('negative')).toBe('1, 0.1 %');
  expect(value('zero')).toBe('none');
  expect(value('not finite')).toBe('3, 0.3 %');
  expect(value('excess kurtosis')).toBe('·');
  expect(column.numeric ? quantileFacts(column.numeric)[3] : null).toEqual({ name: 'median', value: '4' });
});

it('a column in one line', () => {
  expect(gist(column)).toBe('−1 to 9');
  expect(gist({ ...column, numeric: null })).toBe('no value');
  expect(gist({ ...column, numeric: null, top: [{ value: '', count: 500 }] })).toBe('empty text 50 %');
  expect(shareText(0, 10)).toBe('none');
});
