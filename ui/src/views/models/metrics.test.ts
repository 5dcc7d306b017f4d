import { expect, it } from 'vitest';
import { betterWhenSmaller, headline, metricLines } from './metrics';
import { actionTitle, algorithmTitle, shortFigures } from './words';

it('test metrics lead, each with its change from the version before', () => {
  const lines = metricLines(
    { 'cv.accuracy.mean': 0.9187, 'test.log_loss': 0.3799, 'test.accuracy': 0.863 },
    { 'test.log_loss': 0.4016, 'test.accuracy': 0.862 },
  );
  expect(lines.map(({ name, value, change, better }) => [name, value, change, better])).toEqual([
    ['test.accuracy', '0.8630', '+0.0010', true],
    ['test.log_loss', '0.3799', '−0.0217', true],
    ['cv.accuracy.mean', '0.9187', '', null],
  ]);
});

it('cross-validation is one line a metric, with the deviation of its folds', () => {
  const lines = metricLines({ 'cv.accuracy': 0.98, 'cv.accuracy.mean': 0.9187, 'cv.accuracy.std': 0.006 }, {});
  expect(lines.map(({ name, value, deviation }) => [name, value, deviation])).toEqual([
    ['cv.accuracy.mean', '0.9187', 'sd 0.0060'],
  ]);
});

it('no change is no verdict', () => {
  expect(metricLines({ 'test.r2': 0.5 }, { 'test.r2': 0.5 })[0]).toMatchObject({ change: '0.0000', better: null });
});

it.each([
  ['test.accuracy', false],
  ['test.log_loss', true],
  ['test.rmse', true],
  ['cv.accuracy.std', true],
  ['test.r2', false],
])('%s is better when smaller: %s', (name, smaller) => expect(betterWhenSmaller(name)).toBe(smaller));

it('a list shows the metric that people ask for first', () => {
  expect(headline({ 'test.f1': 0.8, 'test.accuracy': 0.9 })).toEqual({ name: 'test.accuracy', value: 0.9 });
  expect(headline({ 'cv.x': 1 })).toEqual({ name: 'cv.x', value: 1 });
  expect(headline({})).toBeNull();
});

it('codes are told in words', () => {
  expect(['random_forest', 'lightgbm', 'gaussian_nb'].map(algorithmTitle)).toEqual([
    'Random forest',
    'LightGBM',
    'Gaussian naive Bayes',
  ]);
  expect(actionTitle({ action: 'model.alias_moved' })).toBe('Alias moved');
  expect(actionTitle({ action: 'model.looked_at' })).toBe('Looked at');
});

it('long figures are shortened, others stay', () => {
  expect(shortFigures('0.000059999999999999995 to 0.299327')).toBe('6e−5 to 0.299327');
  expect(shortFigures('Biscoe, Dream')).toBe('Biscoe, Dream');
});
