// What a made-up replay found besides columns: estimates, drift over several columns, quality, detectors, challengers.

/** Of one window; `shift` is 0 while it is as in training, up to 1. */
export function besideWindow(at, n_rows, shift, random, value) {
  const estimate = value + 0.02 * (random() - 0.5);
  const alert = shift > 0.4;
  return {
    metrics: [
      { metric: 'accuracy', value, low: value - 0.02, high: value + 0.02, band: 'wilson' },
      { metric: 'roc_auc', value: value + 0.05, low: value + 0.03, high: value + 0.07, band: 'de_long' },
    ],
    estimates: [
      {
        ...{ metric: 'accuracy', value: estimate, sampling_error: 0.01, low: estimate - 0.03, high: estimate + 0.03 },
        ...{ limits: { low: 0.72, high: 0.96 }, alert: estimate < 0.72 },
      },
    ],
    multivariate: {
      reconstruction: {
        ...{ n_rows, error: 1.1 + 0.4 * shift + 0.03 * random(), sampling_error: 0.02, low: 1.08 + 0.4 * shift },
        ...{ high: 1.15 + 0.4 * shift, alert },
      },
      correlation: {
        ...{ n_rows, statistic: 0.04 + 0.2 * shift + 0.02 * random(), limits: { low: 0, high: 0.11 }, alert },
        pairs: [{ first: 'feature_1', second: 'feature_2', reference: 0.12, window: 0.7, p_value: 0, p_adjusted: 0 }],
      },
      domain: {
        ...{ n_reference: 500, n_window: 500, roc_auc: 0.5 + 0.35 * shift + 0.02 * random() },
        ...{ limits: { low: 0.45, high: 0.65 }, alert },
      },
    },
  };
}

/** Of the whole report. */
export function beside(windows, columns, n_rows) {
  const n = windows.length;
  const held = windows.filter((window) => window.n_rows > 0);
  const from = Math.floor(n / 3);
  const finding = (kind, column, sentence, share) => ({
    ...{ kind, column, n_rows: 120, share, reference_share: 0.01, limit: 0.05, alert: true, sentence },
  });
  const issue = (kind, column, every, sentence, share) => ({
    ...{ kind, column, windows: windows.map(({ index }) => index).filter((at) => at >= from && at % every === 0) },
    ...{ worst_window: from + every, worst: finding(kind, column, sentence, share) },
  });
  const [one = 'a', two = 'b'] = columns.map(({ name }) => name);
  const detection = (window, signal) => ({ row: window * n_rows + 311, window, signal });
  const stream = (kind, detections) => ({
    ...{ detector: { kind }, n_rows: n * n_rows, n_warnings: 1, detections },
    n_drifts: detections.filter(({ signal }) => signal === 'drift').length,
  });
  const model = (value, place) => ({
    n_rows,
    performance: [
      { metric: 'accuracy', value, low: value - 0.02, high: value + 0.02, band: 'wilson' },
      { metric: 'calibration_error', value: 0.03 + 0.01 * place, low: 0.02, high: 0.05, band: 'normal' },
    ],
    disagreement: place === 0 ? null : 0.08 + 0.02 * place,
    gain: null,
    latency: {
      n: n_rows,
      mean_ms: 0.02,
      p50_ms: 0.018 + 0.01 * place,
      p95_ms: 0.03,
      p99_ms: 0.05 + 0.02 * place,
      max_ms: 1,
    },
  });
  const step = (window, every) => ({
    ...{
      window,
      model: Math.floor(window / every),
      performance: 0.86,
      alert: false,
      refitted: window % every === every - 1,
    },
  });
  const policy = (own, every, mean) => {
    const steps = held.map(({ index }) => step(index, every));
    return {
      policy: own,
      steps,
      n_refits: steps.filter(({ refitted }) => refitted).length,
      n_alerts: 4,
      mean_performance: mean,
    };
  };
  return {
    quality: [
      issue('missing', one, 2, `12.0 % of \`${one}\` is missing, 1.0 % in the reference.`, 0.12),
      issue('out_of_range', two, 5, `90.5 % of \`${two}\` lies outside 0 to 12.`, 0.905),
      issue(
        'volume',
        null,
        17,
        'The window has 120 rows, outside the 900 to 1,100 that the reference lets expect.',
        0.12,
      ),
    ],
    concept: [
      stream('adwin', [detection(from, 'drift'), detection(Math.floor(n * 0.7), 'drift')]),
      stream('ddm', [detection(from - 1, 'warning'), detection(from + 1, 'drift')]),
      stream('page_hinkley', [detection(from + 3, 'drift')]),
      stream('kswin', []),
    ],
    challenge: {
      models: ['made-up@1', 'made-up@2', 'boosted@7'],
      windows: held.map(({ index, performance }) => ({
        window: String(index + 1),
        models: [0, 1, 2].map((place) => model(performance.value + [0, 0.04, -0.01][place], place)),
      })),
      tests: [
        {
          ...{ champion: 'made-up@1', challenger: 'made-up@2', metric: 'accuracy', champion_value: 0.85 },
          ...{
            challenger_value: 0.89,
            gain: 0.04,
            low: 0.031,
            high: 0.049,
            n_rows: 50_000,
            n_seen: 500_000,
            better: true,
            worse: false,
          },
        },
        {
          ...{ champion: 'made-up@1', challenger: 'boosted@7', metric: 'accuracy', champion_value: 0.85 },
          ...{
            challenger_value: 0.84,
            gain: -0.006,
            low: -0.014,
            high: 0.002,
            n_rows: 50_000,
            n_seen: 500_000,
            better: false,
            worse: false,
          },
        },
      ],
      policies: [
        policy({ kind: 'never' }, Infinity, 0.85),
        policy({ kind: 'every', n_windows: 50 }, 50, 0.88),
        policy({ kind: 'on_alert', rest_windows: 10 }, 83, 0.891),
      ],
    },
    findings: [
      `Accuracy fell from 87.0 % on the test rows to 79.1 % from window ${from + 1} on.`,
      `\`${one}\` and \`${two}\` hang together otherwise than in training: 0.70, 0.12 in the reference.`,
      'Three of four detectors say that the errors changed.',
      '`made-up@2` would have been better by 4.0 points of accuracy.',
    ],
  };
}
