// Which columns the table of runs has as long as nobody chose: what tells its runs apart.

import type { RunRow } from '../../gen/RunRow';
import { DURATION, EXPERIMENT, STARTED, type Available } from './columns';
import { byTelling, TELLING } from './metrics';

const MOST_METRICS = 4;
const MOST_PARAMS = 8;

type Told = Pick<RunRow, 'experiment' | 'params' | 'metrics'>;

export function defaultColumns(runs: readonly Told[], available: Available, allExperiments: boolean): string[] {
  const measured = available.metrics.filter((name) => runs.some((run) => name in run.metrics));
  const telling = TELLING.map((name) => `test.${name}`).filter((name) => measured.includes(name));
  // Where the test rows say little, what else was measured does; folds and what was trained on say less than that.
  const isTested = (name: string) => Number(name.startsWith('test.'));
  const others = byTelling(measured.filter((name) => !telling.includes(name))).sort(
    (a, b) => isTested(b) - isTested(a),
  );
  const metrics = [...telling, ...(telling.length > 0 ? others.filter((name) => !/^(cv|train)\./.test(name)) : others)];
  return [
    ...(allExperiments && new Set(runs.map((run) => run.experiment)).size > 1 ? [EXPERIMENT] : []),
    // The algorithm explains the other parameters.
    ...(available.params.includes('algorithm') ? ['params.algorithm'] : []),
    ...differing(runs, available.params)
      .slice(0, MOST_PARAMS)
      .map((name) => `params.${name}`),
    ...metrics.slice(0, MOST_METRICS).map((name) => `metrics.${name}`),
    DURATION,
    STARTED,
  ];
}

/** Parameters that are not the same in all runs of an algorithm: what every forest has, the algorithm says already. */
export function differing(runs: readonly Pick<RunRow, 'params'>[], names: readonly string[]): string[] {
  const families: Record<string, Pick<RunRow, 'params'>[]> = {};
  for (const run of runs) (families[run.params['algorithm'] ?? ''] ??= []).push(run);
  return names.filter(
    (name) =>
      name !== 'algorithm' &&
      Object.values(families).some((family) => new Set(family.map((run) => run.params[name])).size > 1),
  );
}
