// A made-up report of a replay: as many columns and windows as asked for, with drifts, warnings and gaps.

import { beside, besideWindow } from './beside.mjs';

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
    const value = (at < n_windows / 3 ? 0.84 : 0.76) + 0.06 * random();
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
      ...(isGap ? {} : besideWindow(at, n_rows, at < n_windows / 3 ? 0 : 0.7, random, value)),
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
    ...beside(windows, columns, n_rows),
    ...{ verdict: 'Drifted', warnings: [], alerts: [], created_ms: 1_700_000_000_000, duration_secs: 1 },
  };
}

/** How a column of it is distributed. */
export function syntheticShapes({ windows }, name) {
  const bump = (centre) =>
    Array.from({ length: 25 }, (_, bin) => Math.round(1000 * Math.exp(-(((bin - centre) / 4) ** 2))));
  const from = windows.length / 3;
  return {
    ...{ name, bins: { kind: 'edges', edges: Array.from({ length: 26 }, (_, i) => i / 25) }, reference: bump(9) },
    windows: windows.map(({ n_rows, index }) =>
      n_rows === 0 ? [] : bump(9 + (index < from ? 0 : 6) + (index % 5) / 3),
    ),
  };
}

/** A cell of it. */
export function syntheticCell(report, column, window) {
  const drift = report.windows[window].columns.find((own) => own.column === column);
  const ecdf = (from) => ({ values: [0, 1, 2, 3].map((at) => at + from), shares: [0.3, 0.56, 0.8, 1] });
  return {
    ...{ column, window: report.windows[window], drift, bins: { kind: 'edges', edges: [0, 1, 2, 3, 4] } },
    ...{ reference: [9, 8, 7, 6], current: [1, 5, 9, 2], ecdf: { reference: ecdf(0), current: ecdf(0.6) } },
    sentence: 'It moved.',
  };
}
