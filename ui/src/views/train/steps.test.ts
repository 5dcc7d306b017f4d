import { describe, expect, it } from 'vitest';
import type { Recipe } from '../../gen/Recipe';
import type { Step } from '../../gen/Step';
import { isTabular } from './recipe';
import {
  columnsOf,
  fieldText,
  formOfStep,
  KINDS,
  kindText,
  moved,
  newStep,
  readField,
  stepsProblem,
  withSteps,
  type FieldKind,
} from './steps';

const STEPS: Step[] = [
  { step: 'impute', columns: ['a'], strategy: { strategy: 'constant', value: '0' }, indicator: false },
  { step: 'standardise', columns: ['a'] },
  { step: 'one_hot', columns: ['b'], max_categories: 8, min_count: 0, rare: null },
];
const RECIPE: Recipe = {
  schema: 1,
  inputs: [
    { name: 'a', kind: 'float' },
    { name: 'b', kind: 'text' },
  ],
  steps: STEPS,
  left_out: [],
};

describe('the steps of a recipe', () => {
  it('have the fields of their kind, and one for whatever else they say', () => {
    expect(formOfStep(STEPS[2] ?? {}).fields.map(({ key }) => key)).toEqual(['max_categories', 'min_count', 'rare']);
    const unknown = formOfStep({ step: 'warp_time', columns: ['a'], speed: 3 });
    expect(unknown.text).toBe('warp time');
    expect(unknown.fields).toEqual([{ key: 'speed', text: 'speed', kind: 'json', usual: null }]);
    expect(kindText('one_hot')).toBe('one-hot');
  });

  it.each<[FieldKind, string, unknown]>([
    ['whole', '12', 12],
    ['number', '0.5', 0.5],
    ['number or none', '', null],
    ['whole or none', '', null],
    ['whole or none', '7', 7],
    ['text or none', '', null],
    ['text or none', '(other)', '(other)'],
    [{ some: ['year', 'day_of_year'] }, 'year, day of year, year', ['year', 'day_of_year']],
    ['list', 'low, mid,high', ['low', 'mid', 'high']],
    ['fill', 'median', { strategy: 'median' }],
    ['fill', '= none', { strategy: 'constant', value: 'none' }],
    ['json', '{"x":1}', { x: 1 }],
    [{ options: ['a', 'b'] }, 'b', 'b'],
  ])('%j reads %s', (kind, text, value) => expect(readField(text, kind)).toEqual({ value }));

  it.each<[FieldKind, string]>([
    ['whole', '1.5'],
    ['number', 'many'],
    ['number', ''],
    ['whole', ''],
    ['whole or none', '1.5'],
    [{ some: ['year'] }, 'year, moon'],
    [{ some: ['year'] }, ''],
    ['json', '{'],
  ])('%j refuses %s', (kind, text) => expect(readField(text, kind).problem).toBeTruthy());

  it('write what they say as it is typed', () => {
    expect(fieldText({ strategy: 'constant', value: '0' }, 'fill')).toBe('= 0');
    expect(fieldText(['x', 'y'], 'list')).toBe('x, y');
    expect(fieldText(null, 'number')).toBe('');
    expect(fieldText(3, 'whole')).toBe('3');
  });

  it('are added, moved and judged', () => {
    expect(newStep('one_hot', ['b'])).toEqual({
      step: 'one_hot',
      columns: ['b'],
      max_categories: 32,
      min_count: 0,
      rare: null,
    });
    expect(moved(STEPS, 2, 0).map(({ step }) => step)).toEqual(['one_hot', 'impute', 'standardise']);
    expect(stepsProblem(RECIPE)).toBeNull();
    expect(stepsProblem(withSteps(RECIPE, [newStep('standardise', [])]))).toBe('step 1 names no column');
    expect(stepsProblem(withSteps(RECIPE, [newStep('ratio', ['a'])]))).toBe('step 1 takes two columns');
    expect(stepsProblem(withSteps(RECIPE, [newStep('variance_filter', []), newStep('pca', [])]))).toBeNull();
    expect(stepsProblem({ ...RECIPE, inputs: [] })).toBe('no column enters');
  });

  it.each(KINDS)('of kind %s can be read back as they are written', (kind) => {
    for (const { key, kind: how, usual } of formOfStep(newStep(kind, ['a'])).fields) {
      expect(how, key).not.toBe('json');
      expect(readField(fieldText(usual, how), how).value, key).toEqual(usual);
    }
  });

  it('name columns that enter and columns that are made', () => {
    const steps = [
      { ...newStep('impute', ['a']), indicator: true } as Step,
      newStep('date_parts', ['d']),
      newStep('ratio', ['a', 'd_year']),
      newStep('text_length', ['b']),
    ];
    expect(columnsOf(withSteps(RECIPE, steps))).toEqual([
      'a',
      'b',
      'a_is_missing',
      'd_year',
      'd_month',
      'd_weekday',
      'a_per_d_year',
      'b_n_words',
      'd',
    ]);
  });

  it('are a table as long as each column is filled and encoded once', () => {
    const columns = RECIPE.inputs.map((input) => ({ ...input, nullable: true, form: null })) as unknown as Parameters<
      typeof isTabular
    >[1];
    expect(isTabular(RECIPE, columns, 'y')).toBe(true);
    expect(isTabular(withSteps(RECIPE, [...STEPS, { step: 'passthrough', columns: ['a'] }]), columns, 'y')).toBe(false);
    const other = newStep('square', ['a']);
    expect(isTabular(withSteps(RECIPE, [...STEPS, other]), columns, 'y')).toBe(false);
  });
});
