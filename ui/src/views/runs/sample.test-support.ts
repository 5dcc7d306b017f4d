// Runs for the tests of this page.

import type { RunSummary } from '../../gen/RunSummary';

export function run(changes: Partial<RunSummary> = {}): RunSummary {
  return {
    run_id: '0'.repeat(32),
    name: 'ridge-01',
    experiment: 'Default',
    status: 'finished',
    started_ms: 1_000,
    ended_ms: 2_500,
    params: {},
    metrics: {},
    tags: {},
    dataset: 'penguins@1',
    models: [],
    ...changes,
  };
}
