import { describe, expect, it } from 'vitest';
import type { AlgorithmInfo } from '../../gen/AlgorithmInfo';
import type { TrainSpec } from '../../gen/TrainSpec';
import { families } from './families';
import { measureOf, measureProblems, measureSpec, measureWords, nFits, readCandidates } from './measure';

const TREE: AlgorithmInfo = {
  name: 'decision_tree',
  title: 'Decision tree',
  family: 'Trees',
  help: 'One tree.',
  problems: ['binary', 'multiclass', 'regression'],
  takes_weights: true,
  takes_missing: false,
  params: [
    { name: 'max_depth', help: '', default: 64, range: { kind: 'integer', min: 1, max: 64 } },
    { name: 'criterion', help: '', default: 'gini', range: { kind: 'choice', options: ['gini', 'entropy'] } },
  ],
};

describe('how a training is measured', () => {
  it('is left to the host when nothing is said', () => {
    expect(measureSpec(measureOf({}), TREE)).toEqual({
      split: { method: 'auto', test_fraction: 0.2 },
      cv_folds: null,
      seed: 0,
    });
  });

  it('passes on what belongs to the kind of split, and nothing else', () => {
    const typed = { group: 'id', time: 'day', gap: '7', repeats: '2', window: '90' };
    expect(measureSpec(measureOf({ ...typed, split: 'grouped', cv: '4' }), TREE)).toMatchObject({
      split: { method: 'grouped', test_fraction: 0.2, group: 'id' },
      cv: { method: 'auto', repeats: 2, window: { kind: 'expanding' }, inner_folds: 3 },
    });
    const byTime = measureSpec(measureOf({ ...typed, split: 'time', cv: '4' }), TREE);
    expect(byTime.split).toEqual({ method: 'time', test_fraction: 0.2, time: 'day', gap: 7 });
    expect(byTime.cv).toEqual({
      method: 'auto',
      repeats: 1,
      window: { kind: 'sliding', max_train_rows: 90 },
      inner_folds: 3,
    });
  });

  it.each([
    [{ split: 'grouped' }, { group: 'choose the column of the groups' }],
    [{ split: 'grouped', group: 'nowhere' }, { group: 'there is no such column' }],
    [{ test: '1' }, { test: 'a share over 0 and under 1' }],
    [
      { cv: '1', repeats: '0' },
      { cv: '2 to 100, or empty for none', repeats: '1 to 100' },
    ],
    [{ curve: '1' }, { curve: '2 to 20, or empty for none' }],
    [{ seed: '-1' }, { seed: 'a whole number from 0 on' }],
    [{ candidates: 'max_depth=2' }, { candidates: 'write two or more, with semicolons between' }],
    [{ candidates: 'depth=2; depth=3' }, { candidates: 'there is no parameter depth' }],
    [{ candidates: 'max_depth=2; max_depth=900' }, { candidates: 'max_depth: 1 to 64' }],
    [{ candidates: 'max_depth=2; max_depth=' }, { candidates: 'max_depth: a value is missing' }],
    [{ split: 'stratified_grouped', group: 'id', cv: '3' }, {}],
  ])('%j is told as %j', (query: Record<string, string>, problems) => {
    expect(measureProblems(measureOf(query), TREE, ['id', 'day'])).toEqual(problems);
  });

  it('reads candidates and counts the models', () => {
    const text = 'max_depth=4; max_depth=10,criterion=entropy';
    expect(readCandidates(text, TREE).candidates).toEqual([{ max_depth: 4 }, { max_depth: 10, criterion: 'entropy' }]);
    expect(nFits(measureOf({}), TREE)).toBe(1);
    expect(nFits(measureOf({ cv: '5', repeats: '2' }), TREE)).toBe(11);
    expect(nFits(measureOf({ cv: '5', candidates: text }), TREE)).toBe(6 * 7);
  });

  it('is said by the command too', () => {
    const form = measureOf({
      split: 'stratified_grouped',
      group: 'the id',
      cv: '3',
      repeats: '2',
      candidates: 'max_depth=4; max_depth=8',
      inner: '4',
      curve: '5',
      weight: 'n',
      seed: '7',
    });
    const spec = { ...measureSpec(form, TREE) } as TrainSpec;
    expect(measureWords(spec).join(' ')).toBe(
      "--split stratified-grouped --group 'the id' --weight n --cv 3 --cv-repeats 2 --candidate 'max_depth=4' --candidate 'max_depth=8' --inner-folds 4 --learning-curve 5 --seed 7",
    );
  });
});

describe('what stands around a model', () => {
  const VOTING: AlgorithmInfo = {
    ...TREE,
    name: 'voting',
    params: [
      { name: 'members', help: '', default: 'auto', range: { kind: 'algorithms', max: 20 } },
      { name: 'weights', help: '', default: '', range: { kind: 'numbers' } },
    ],
  };

  it('is passed on and said by the command', () => {
    const spec = measureSpec(measureOf({ calibrate: 'isotonic' }), TREE);
    expect(spec.calibrate).toBe('isotonic');
    expect(measureWords({ ...spec } as TrainSpec)).toEqual(['--calibrate isotonic']);
    const scaled = measureSpec(measureOf({ transform: 'box_cox' }), TREE);
    expect(scaled.target_transform).toBe('box_cox');
    expect(measureWords({ ...scaled } as TrainSpec)).toEqual(['--target-transform box_cox']);
    expect(measureOf({ calibrate: 'none', transform: 'sqrt' })).toMatchObject({ calibrate: '', transform: '' });
  });

  it('is one of two', () => {
    expect(measureProblems(measureOf({ calibrate: 'platt', transform: 'log' }), TREE)).toEqual({
      transform: 'classes are calibrated, numbers are transformed: choose one',
    });
  });

  it('may be members with parameters of their own', () => {
    const text = 'members=ridge,knn(n_neighbors=9,metric=manhattan),weights=1,2; members=ridge';
    expect(readCandidates(text, VOTING)).toEqual({
      candidates: [{ members: 'ridge,knn(n_neighbors=9,metric=manhattan)', weights: '1,2' }, { members: 'ridge' }],
    });
    expect(readCandidates('members=knn(; members=ridge', VOTING).problem).toBe('members: a parenthesis has no other');
    expect(readCandidates('weights=0; weights=1', VOTING).problem).toBe('weights: numbers over 0, with commas between');
  });
});

describe('the algorithms', () => {
  const RIDGE: AlgorithmInfo = {
    ...TREE,
    name: 'ridge',
    title: 'Ridge',
    family: 'Linear',
    help: '',
    problems: ['regression'],
    params: [],
  };

  it('stand in the families of the catalogue', () => {
    const found = families([RIDGE, TREE], null, '');
    expect(found.map(({ title, lines }) => [title, lines.length])).toEqual([
      ['Linear', 1],
      ['Trees', 1],
    ]);
    expect(families([RIDGE, TREE], null, 'linear').map(({ title }) => title)).toEqual(['Linear']);
  });

  it('are searched by every word', () => {
    const names = (search: string) =>
      families([RIDGE, TREE], null, search).flatMap(({ lines }) => lines.map(({ algorithm }) => algorithm.name));
    expect(names('')).toEqual(['ridge', 'decision_tree']);
    expect(names('one TREE')).toEqual(['decision_tree']);
    expect(names('forest')).toEqual([]);
  });
});
