import { expect, it } from 'vitest';
import type { MetricSummary } from '../../../gen/MetricSummary';
import { foldLines } from './folds';

const summary = (key: string, n: number, min: number, max: number): MetricSummary => ({
  key,
  last: max,
  min,
  max,
  best_step: 0,
  n,
});

it('lines say what the folds and the test rows say of each metric, the most telling first', () => {
  const lines = foldLines(
    [
      summary('cv.rmse', 3, 1_083.2, 1_144.9),
      summary('cv.accuracy', 3, 0.9, 0.95),
      summary('cv.accuracy.mean', 1, 0.92, 0.92),
      summary('train.loss', 40, 0.1, 0.9),
    ],
    { 'cv.accuracy.mean': 0.92, 'cv.accuracy.std': 0.02, 'test.accuracy': 0.91, 'cv.rmse.mean': 1_112.4 },
  );
  expect(lines.map(({ key }) => key)).toEqual(['cv.accuracy', 'cv.rmse']);
  expect(lines[0]).toEqual({
    key: 'cv.accuracy',
    name: 'accuracy',
    mean: '0.9200',
    std: '0.0200',
    lowest: '0.9000',
    highest: '0.9500',
    test: '0.9100',
  });
  expect(lines[1]).toMatchObject({ mean: '1,112', lowest: '1,083', test: '·' });
});
