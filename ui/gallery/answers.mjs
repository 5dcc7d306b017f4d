// What the host would say, for pictures only. Invented; quote none of it.

export const ANSWERS = {
  'lab.status': {
    path: '/home/ada/labs/power',
    assay_version: '0.1.0',
    size_bytes: 84_200_000,
    n_datasets: 6,
    n_runs: 1204,
    n_models: 3,
    n_replays: 2,
    n_jobs_running: 2,
    n_jobs_waiting: 1,
    n_in_trash: 0,
    last_change_ms: Date.UTC(2026, 10, 14, 13, 2, 11),
    servers: [{ address: '127.0.0.1:5611', process_id: 4711, started_ms: 0 }],
    undo: 'delete 3 runs',
  },
  search: {
    hits: [
      { kind: 'replay', title: 'nsw-price@3 on electricity.csv', detail: 'drifted, 105 windows', route: '/replay/r1' },
      {
        kind: 'replay',
        title: 'penguin-species@1 on survey.parquet',
        detail: 'stable, 8 windows',
        route: '/replay/r2',
      },
      { kind: 'dataset', title: 'reports', detail: '1,204 rows', route: '/data/reports' },
    ],
    n_searched: 1431,
    duration_secs: 0.001,
  },
};
