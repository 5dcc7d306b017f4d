import { describe, expect, it } from 'vitest';
import type { Column } from '../../gen/Column';
import type { Recipe } from '../../gen/Recipe';
import { encodingsFor, fillsFor, rowProblem, sameRows, toRecipe, toRows, withUse, type RecipeRow } from './recipe';

const COLUMNS: Column[] = [
  { name: 'species', kind: 'text', nullable: false },
  { name: 'island', kind: 'text', nullable: false },
  { name: 'body_mass_g', kind: 'integer', nullable: true },
  { name: 'bill_length_mm', kind: 'float', nullable: true },
  { name: 'tagged', kind: 'boolean', nullable: false },
  { name: 'observed', kind: 'date', nullable: false },
  { name: 'notes', kind: 'text', nullable: true },
];

const RECIPE: Recipe = {
  schema: 1,
  inputs: [
    { name: 'island', kind: 'text' },
    { name: 'body_mass_g', kind: 'integer' },
    { name: 'bill_length_mm', kind: 'float' },
    { name: 'tagged', kind: 'boolean' },
    { name: 'notes', kind: 'text' },
  ],
  steps: [
    { step: 'impute', columns: ['island'], strategy: { strategy: 'constant', value: '(missing)' }, indicator: false },
    { step: 'impute', columns: ['body_mass_g', 'bill_length_mm'], strategy: { strategy: 'median' }, indicator: true },
    { step: 'impute', columns: ['tagged'], strategy: { strategy: 'mode' }, indicator: false },
    { step: 'text_length', columns: ['notes'] },
    { step: 'one_hot', columns: ['island'], max_categories: 32, min_count: 2, rare: '(other)' },
    { step: 'standardise', columns: ['body_mass_g', 'bill_length_mm'] },
    { step: 'passthrough', columns: ['tagged'] },
    { step: 'tfidf', columns: ['notes'], max_words: 64, min_count: 2 },
    { step: 'standardise', columns: ['notes_n_words'] },
  ],
  left_out: [{ column: 'observed', reason: 'it holds no value' }],
};

const rows = () => toRows(RECIPE, COLUMNS, 'species');
const change = (name: string, more: Partial<RecipeRow>) =>
  rows().map((row) => (row.name === name ? { ...row, ...more } : row));

it('a recipe comes back from its table as it was', () => expect(toRecipe(rows())).toEqual(RECIPE));

it('the target is no line, and a column that is left out says why', () => {
  expect(rows().map(({ name }) => name)).not.toContain('species');
  expect(rows().find(({ name }) => name === 'observed')).toMatchObject({
    used: false,
    reason: RECIPE.left_out[0]?.reason,
  });
});

it('columns that are treated alike share a step, others do not', () => {
  const recipe = toRecipe(change('body_mass_g', { fill: 'mean', encoding: 'passthrough' }));
  expect(recipe.steps).toContainEqual({
    step: 'impute',
    columns: ['body_mass_g'],
    strategy: { strategy: 'mean' },
    indicator: true,
  });
  expect(recipe.steps).toContainEqual({ step: 'passthrough', columns: ['body_mass_g', 'tagged'] });
  expect(recipe.steps).toContainEqual({ step: 'standardise', columns: ['bill_length_mm'] });
});

it('a column taken out leaves every step', () => {
  const recipe = toRecipe(rows().map((row) => (row.name === 'island' ? withUse(row, false) : row)));
  expect(recipe.inputs.map(({ name }) => name)).not.toContain('island');
  expect(recipe.steps.flatMap((step) => step.columns)).not.toContain('island');
  expect(recipe.left_out).toContainEqual({ column: 'island', reason: 'left out by hand' });
});

it('putting it back is no change', () => {
  const out = rows().map((row) => (row.name === 'island' ? withUse(row, false) : row));
  expect(sameRows(rows(), out)).toBe(false);
  expect(
    sameRows(
      rows(),
      out.map((row) => (row.name === 'island' ? withUse(row, true) : row)),
    ),
  ).toBe(true);
});

describe('what keeps a line from training', () => {
  it.each<[string, Partial<RecipeRow>, number, string | null]>([
    ['body_mass_g', {}, 2, null],
    ['body_mass_g', { fill: 'none' }, 2, 'missing values must become something'],
    ['body_mass_g', { fill: 'none' }, 0, null],
    ['body_mass_g', { fill: 'constant', fill_value: 'x' }, 2, 'write a number'],
    ['island', { fill: 'none' }, 2, null],
    ['island', { max_categories: 0 }, 0, 'keep at least 1 category'],
    ['island', { max_categories: 0, used: false }, 0, null],
    ['notes', { max_words: 0.5 }, 2, 'keep at least 1 word'],
  ])('%s %j with %d missing', (name, more, n_missing, problem) => {
    const row = change(name, more).find((one) => one.name === name);
    expect(row && rowProblem(row, n_missing)).toBe(problem);
  });
});

it('every line offers what it has', () => {
  for (const row of rows()) {
    expect(fillsFor(row.kind).map(({ value }) => value)).toContain(row.fill);
    expect(encodingsFor(row.kind).map(({ value }) => value)).toContain(row.encoding);
  }
});
