// A made-up report of a replay: as many columns and windows as asked for, with drifts, warnings and gaps.

/** The same numbers give the same report. */
export function syntheticReplay(n_columns, n_windows) {
  let seed = 11;
  const random = () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
  const n_rows = 1000;
  const limit = 0.1;
  const shapes = Array.from({ length: 8 }, () => ({ from: Math.floor(random() * n_windows), size: 0.1 + random() }));
  const columns = Array.from({ length: n_columns }, (_, i) => ({
    name: i === n_columns - 1 ? 'prediction' : `feature_${i + 1}`,
    role: i === n_columns - 1 ? 'prediction' : 'feature',
    numeric: true,
    constant: false,
    n_drifted_windows: 0,
    first_drifted_window: null,
  }));
  const windows = Array.from({ length: n_windows }, (_, at) => {
    const isGap = at % 61 === 60;
    const cells = columns.map(({ name }, i) => {
      const shape = shapes[i % shapes.length];
      const isIn = i % 3 > 0 && at >= shape.from && at < shape.from + n_windows / 4;
      const distance = Math.min(1, (isIn ? shape.size : 0) * (0.6 + 0.4 * random()) + 0.055 * random());
      const verdict = distance >= limit ? 'drifted' : distance >= limit / 2 ? 'warning' : 'stable';
      return {
        ...{ column: name, n_rows, n_missing: 0, missing_rise: 0, method: 'jensen_shannon', decides: 'both' },
        ...{ statistic: distance, effect: distance, jensen_shannon: distance, limit, warning_limit: limit / 2 },
        ...{ psi: distance, ks_statistic: distance, wasserstein: distance, chi_square: null, p_value: 1e-9 },
        ...{ p_adjusted: 1e-8, n_outside: 0, n_unseen: 0, verdict, reason: `distance ${distance.toFixed(3)}` },
      };
    });
    const value = 0.8 + 0.1 * random();
    return {
      index: at,
      first_row: isGap ? 0 : at * n_rows + 1,
      last_row: isGap ? 0 : (at + 1) * n_rows,
      start_ms: 1_700_000_000_000 + at * 86_400_000,
      end_ms: 1_700_000_000_000 + (at + 1) * 86_400_000,
      n_rows: isGap ? 0 : n_rows,
      columns: isGap ? [] : cells,
      n_drifted: isGap ? 0 : cells.filter(({ verdict }) => verdict === 'drifted').length,
      performance: isGap ? null : { value, low: value - 0.02, high: value + 0.02, n: n_rows },
    };
  });
  return {
    ...{ schema: 1, replay_id: '0123456789abcdef', model: { model: 'made-up', version: 1 }, problem: 'binary' },
    ...{ logs: ['log.parquet'], window: '1d', n_rows: n_rows * n_windows, n_reference_rows: 100_000 },
    rule: {
      ...{ mode: 'textbook', min_distance: limit, calibrated: true, alpha: 0.05, min_missing_rise: 0.05 },
      ...{ source: 'default', numeric_method: null, categorical_method: null, correction: 'benjamini_hochberg' },
      ...{ correct_over: 'replay', min_values: null, limits: {}, columns: {} },
    },
    ...{ performance_metric: 'accuracy', performance: 0.85, test_performance: 0.87 },
    ...{ columns, windows, drifted: ['feature_2'], first_drifted_window: Math.min(...shapes.map(({ from }) => from)) },
    ...{ verdict: 'Drifted', warnings: [], alerts: [], created_ms: 1_700_000_000_000, duration_secs: 1 },
  };
}
