// Runs for the tests of this page.

import type { RunRow } from '../../gen/RunRow';

export function run(changes: Partial<RunRow> = {}): RunRow {
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
    not_finite: {},
    user: 'ada',
    is_tracked: false,
    is_archived: false,
    deleted_ms: null,
    freed_bytes: null,
    parent_run_id: null,
    depth: 0,
    n_children: 0,
    is_match: true,
    ...changes,
  };
}
