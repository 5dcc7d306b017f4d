import { describe, expect, it } from 'vitest';
import type { AlgorithmInfo } from '../../gen/AlgorithmInfo';
import type { ColumnProfile } from '../../gen/ColumnProfile';
import type { ColumnType } from '../../gen/ColumnType';
import type { ParamInfo } from '../../gen/ParamInfo';
import { formOf, guessTarget, isAble, problemOf, specOf, trainCommand, whyNot } from './spec';
import { measureProblems } from './measure';
import { rangeText, readParam } from './params';

const column = (name: string, kind: ColumnType, n_distinct: number, min = 0, max = 1): ColumnProfile => ({
  name,
  kind,
  n_rows: 344,
  n_missing: 0,
  n_distinct,
  numeric:
    kind === 'integer' || kind === 'float'
      ? {
          min,
          max,
          mean: 0,
          std: 1,
          quantiles: [],
          n_zero: 0,
          n_negative: 0,
          n_not_finite: 0,
          skewness: null,
          kurtosis: null,
          n_outliers: 0,
          fences: [min, max],
          n_far_out: 0,
          histogram: { edges: [min, max], counts: [344] },
        }
      : null,
  top: [],
  time: null,
  text: null,
  likely: { kind: 'number', reason: '' },
  exact: true,
});

const trees: ParamInfo = {
  name: 'n_estimators',
  help: 'Number of trees.',
  default: 100,
  range: { kind: 'integer', min: 1, max: 2000 },
};
const FOREST: AlgorithmInfo = {
  name: 'random_forest',
  title: 'Random forest',
  family: 'Trees',
  help: '',
  problems: ['binary', 'multiclass', 'regression'],
  takes_weights: true,
  takes_missing: false,
  params: [trees, { name: 'bootstrap', help: '', default: true, range: { kind: 'bool' } }],
};
const RIDGE: AlgorithmInfo = { ...FOREST, name: 'ridge', problems: ['regression'], params: [] };
const LOGISTIC: AlgorithmInfo = { ...FOREST, name: 'logistic_regression', problems: ['binary', 'multiclass'] };

it.each([
  [[column('species', 'text', 3), column('sex', 'text', 2)], 'species'],
  [[column('a', 'integer', 90), column('Class', 'integer', 2), column('z', 'text', 4)], 'Class'],
  [[column('a', 'integer', 90), column('b', 'text', 4), column('seen', 'date', 30)], 'b'],
  [[column('a', 'text', 1)], null],
])('the target guessed %#', (columns, name) => expect(guessTarget(columns)).toBe(name));

it.each([
  [column('a', 'text', 2), 'binary'],
  [column('a', 'text', 3), 'multiclass'],
  [column('a', 'boolean', 2), 'binary'],
  [column('a', 'integer', 20), 'multiclass'],
  [column('a', 'integer', 21), 'regression'],
  [column('a', 'float', 2, 0, 1), 'binary'],
  [column('a', 'float', 2, 0, 1.5), 'regression'],
  [column('a', 'date', 30), null],
  [column('a', 'text', 1), null],
])('the problem %#', (own, problem) => expect(problemOf(own)).toBe(problem));

it.each([
  [RIDGE, column('a', 'text', 3), false],
  [RIDGE, column('a', 'integer', 3), true],
  [LOGISTIC, column('a', 'float', 90), false],
  [LOGISTIC, column('a', 'integer', 90), true],
  [FOREST, column('a', 'float', 90), true],
])('able %#', (algorithm, own, able) => expect(isAble(algorithm, own)).toBe(able));

describe('parameters', () => {
  it.each([
    [undefined, { value: 100 }],
    ['', { value: 100 }],
    ['250', { value: 250 }],
    ['2.5', { problem: 'a whole number' }],
    ['x', { problem: 'a whole number' }],
    ['0', { problem: '1 to 2,000' }],
  ])('%s', (text, read) => expect(readParam(trees, text)).toEqual(read));

  it('ranges are written short', () => {
    expect(rangeText(trees)).toBe('1 to 2,000');
    expect(rangeText({ ...trees, range: { kind: 'float', min: 1e-6, max: 1e9 } })).toBe('1e−6 to 1e9');
  });
});

it('an empty URL is the defaults, and wrong figures are told at their field', () => {
  const form = formOf({});
  expect(form).toMatchObject({ algorithm: 'random_forest', split: 'auto', test: '0.2', cv: '', seed: '0' });
  expect(measureProblems(form, FOREST)).toEqual({});
  expect(Object.keys(measureProblems({ ...form, test: '1', cv: '1', seed: '-1' }, FOREST))).toEqual([
    'test',
    'cv',
    'seed',
  ]);
});

describe('the specification', () => {
  const form = formOf({
    dataset: 'penguins@2',
    target: 'species',
    'p.n_estimators': '250',
    'p.bootstrap': 'true',
    cv: '5',
    seed: '7',
    experiment: 'first try',
    split: 'stratified',
  });

  it('names only what differs from the default', () => {
    expect(specOf(form, FOREST, null)).toEqual({
      schema: 1,
      dataset: 'penguins@2',
      target: 'species',
      algorithm: 'random_forest',
      params: { n_estimators: 250 },
      recipe: null,
      split: { method: 'stratified', test_fraction: 0.2 },
      cv_folds: 5,
      seed: 7,
      experiment: 'first try',
      run_name: null,
    });
  });

  it('names a recipe of the lab only while it is unchanged', () => {
    expect(specOf(form, FOREST, null, 'birds@2')).toMatchObject({ recipe: null, named_recipe: 'birds@2' });
    const changed = specOf(form, FOREST, { schema: 1, inputs: [], steps: [], left_out: [] }, 'birds@2');
    expect(changed?.named_recipe).toBeUndefined();
  });

  it('is none while something is wrong', () => {
    expect(specOf({ ...form, params: { n_estimators: '0' } }, FOREST, null)).toBeNull();
    expect(specOf({ ...form, test: '2' }, FOREST, null)).toBeNull();
    expect(specOf({ ...form, target: '' }, FOREST, null)).toBeNull();
  });

  it('is one command', () => {
    const spec = specOf(form, FOREST, null);
    expect(spec && trainCommand(spec)).toBe(
      "assay train penguins@2 --target species --algorithm random_forest --param n_estimators=250 --split stratified --cv 5 --seed 7 --experiment 'first try'",
    );
  });

  it('a recipe of its own goes before the command', () => {
    const spec = specOf(form, FOREST, { schema: 1, inputs: [], steps: [], left_out: [] });
    const [first, second, ...rest] = (spec ? trainCommand(spec) : '').split('\n');
    expect([first, second]).toEqual([
      "cat > recipe.json <<'JSON'",
      '{"schema":1,"inputs":[],"steps":[],"left_out":[]}',
    ]);
    expect(rest.at(-1)).toMatch(/--recipe recipe\.json$/);
  });
});

it('says why an algorithm cannot predict a column', () => {
  const ridge: AlgorithmInfo = { ...FOREST, name: 'ridge', problems: ['regression'] };
  const classes: AlgorithmInfo = { ...FOREST, name: 'bayes', problems: ['binary', 'multiclass'] };
  expect(whyNot(ridge, column('species', 'text', 3))).toBe('predicts numbers, and `species` holds classes');
  expect(whyNot(classes, column('price', 'float', 300))).toBe('predicts classes, and `price` holds numbers');
  expect(whyNot({ ...classes, problems: ['binary'] }, column('species', 'text', 3))).toBe(
    'predicts two classes, and `species` has 3',
  );
  expect(whyNot(FOREST, column('species', 'text', 3))).toBeNull();
});

describe('without a target', () => {
  const clusters: AlgorithmInfo = { ...FOREST, name: 'k_means', problems: ['clustering'], params: [] };
  const form = formOf({ dataset: 'penguins@1', without: 'target', target: 'island', labels: 'species' });

  it('the form has labels, no target, and an algorithm that needs none', () => {
    expect(form).toMatchObject({ alone: true, target: '', labels: 'species', algorithm: 'k_means' });
    expect(formOf({ labels: 'species' })).toMatchObject({ alone: false, labels: '', algorithm: 'random_forest' });
  });

  it('the specification and the command name the labels alone', () => {
    const spec = specOf(form, clusters, null);
    expect(spec).toMatchObject({ target: '', labels: 'species', algorithm: 'k_means' });
    expect(spec && trainCommand(spec)).toBe('assay train penguins@1 --labels species --algorithm k_means');
    expect(specOf(form, FOREST, null)).toBeNull();
    expect(specOf(formOf({ dataset: 'penguins@1', target: 'species' }), clusters, null)).toBeNull();
  });

  it('nothing that measures against a target is asked for', () => {
    const problems = measureProblems({ ...form, cv: '5', curve: '4' }, clusters);
    expect(Object.keys(problems)).toEqual(['cv', 'curve']);
    expect(whyNot(clusters, column('a', 'text', 3))).toBe('learns without a target');
  });
});
