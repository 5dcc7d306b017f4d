import { describe, expect, it } from 'vitest';
import type { ColumnDrift } from '../../gen/ColumnDrift';
import type { DriftReport } from '../../gen/DriftReport';
import type { DriftRule } from '../../gen/DriftRule';
import type { LogMapping } from '../../gen/LogMapping';
import type { WindowReport } from '../../gen/WindowReport';
import type { Alert } from '../../gen/Alert';
import { alertStatus, inWeight } from './alerts';
import { clipEdges, correctionText, evidence, modeText, ruleText } from './evidence';
import { inOrder, rowOrder } from './ordering';
import { NO_MAPPING, parseWindow, retrainPolicies, startCommand } from './start';
import { performanceOf } from './performance';
import { heatValue, statisticSeries, verdictStatus } from './statistic';
import { datesText, firstCell, heatRows, nextVerdict, nothingJudged, rowsText, rowTicks, windowTicks } from './windows';

const cell = (changes: Partial<ColumnDrift>): ColumnDrift => ({
  column: 'a',
  n_rows: 336,
  n_missing: 0,
  missing_rise: 0,
  method: 'jensen_shannon',
  decides: 'both',
  statistic: 0.05,
  effect: 0.05,
  jensen_shannon: 0.05,
  limit: 0.1,
  warning_limit: 0.05,
  psi: 0.1,
  ks_statistic: 0.2,
  wasserstein: 0.3,
  chi_square: null,
  p_value: 0.4,
  p_adjusted: 0.5,
  n_outside: 0,
  n_unseen: 0,
  verdict: 'stable',
  reason: '',
  ...changes,
});

const window = (index: number, changes: Partial<WindowReport> = {}): WindowReport => ({
  index,
  first_row: index * 100 + 1,
  last_row: index * 100 + 100,
  start_ms: null,
  end_ms: null,
  n_rows: 100,
  columns: [],
  n_drifted: 0,
  performance: null,
  ...changes,
});

const rule: DriftRule = {
  mode: 'textbook',
  min_distance: 0.1,
  calibrated: true,
  alpha: 0.05,
  min_missing_rise: 0.05,
  source: 'default',
  numeric_method: null,
  categorical_method: null,
  correction: 'benjamini_hochberg',
  correct_over: 'replay',
  min_values: null,
  limits: {},
  columns: {},
};

const report = (windows: WindowReport[]): DriftReport => ({
  schema: 1,
  replay_id: '0000000000000000',
  model: { model: 'm', version: 1 },
  problem: 'binary',
  logs: ['log.csv'],
  rule,
  window: '100rows',
  n_rows: 300,
  n_reference_rows: 1000,
  performance_metric: null,
  performance: null,
  test_performance: null,
  columns: [
    { name: 'a', role: 'feature', numeric: true, constant: false, n_drifted_windows: 0, first_drifted_window: null },
    { name: 'b', role: 'feature', numeric: true, constant: false, n_drifted_windows: 1, first_drifted_window: 1 },
    {
      name: 'prediction',
      role: 'prediction',
      numeric: false,
      constant: false,
      n_drifted_windows: 0,
      first_drifted_window: null,
    },
  ],
  windows,
  drifted: ['b'],
  first_drifted_window: 1,
  verdict: '',
  warnings: [],
  alerts: [],
  created_ms: 0,
  duration_secs: 1,
});

describe('the heat map', () => {
  const windows = [
    window(0, { columns: [cell({}), cell({ verdict: 'not_judged' }), cell({})] }),
    window(1, { columns: [cell({}), cell({ verdict: 'drifted', statistic: 0.7, jensen_shannon: 0.7 }), cell({})] }),
    window(2, { n_rows: 0 }),
  ];

  it('puts what drifted first at the top, answers below, gaps and what was not judged as no value', () => {
    const rows = inOrder(heatRows(report(windows)), 'first');
    expect(rows.map(({ name, group }) => [name, group])).toEqual([
      ['b', 'feature'],
      ['a', 'feature'],
      ['prediction', 'answer'],
    ]);
    expect(Array.from(rows[0]?.values ?? [])).toEqual([NaN, 0.7, NaN]);
    expect(Array.from(rows[0]?.over ?? [])).toEqual([0, 1, 0]);
  });

  it.each([
    ['first', ['b', 'a', 'prediction']],
    ['severity', ['b', 'a', 'prediction']],
    ['clustered', ['b', 'a', 'prediction']],
    ['model', ['a', 'b', 'prediction']],
    ['nonsense', ['b', 'a', 'prediction']],
  ])('in the order %s the rows are %j', (order, names) => {
    expect(inOrder(heatRows(report(windows)), rowOrder(order)).map(({ name }) => name)).toEqual(names);
  });

  it('begins at the first cell that drifted', () => {
    const rows = inOrder(heatRows(report(windows)), 'first');
    expect(firstCell(rows, 1)).toEqual({ window: 1, column: 'b' });
    expect(firstCell(rows, null)).toEqual({ window: 0, column: 'b' });
  });

  it('knows when nothing could be judged', () => {
    expect(nothingJudged(report(windows))).toBe(false);
    expect(nothingJudged(report([window(0, { columns: [cell({ verdict: 'not_judged' })] })]))).toBe(true);
  });

  it('goes to the next change of verdict, either way', () => {
    const over = [0, 0, 1, 1, 0];
    expect(nextVerdict(over, 0, 1)).toBe(2);
    expect(nextVerdict(over, 2, 1)).toBe(4);
    expect(nextVerdict(over, 4, -1)).toBe(3);
    expect(nextVerdict(over, 1, -1)).toBeNull();
  });
});

describe('what decides', () => {
  it.each([
    [{ statistic: 0.7 }, 0.7, 0.1],
    [{ method: 'psi', decides: 'distance', statistic: 0.5, limit: 0.25 }, 0.2, 0.1],
    [{ method: 'wasserstein', decides: 'distance', statistic: 9, limit: 0.1 }, 1, 0.1],
    [{ method: 'psi', decides: 'distance', statistic: 0.5, limit: 0 }, 0, 0.1],
    [{ method: 'kolmogorov_smirnov', decides: 'p_value', limit: 0.05, p_adjusted: 0.05 }, 0.1, 0.1],
    [{ method: 'kolmogorov_smirnov', decides: 'p_value', limit: 0.05, p_adjusted: 0.0025 }, 0.2, 0.1],
    [{ method: 'kolmogorov_smirnov', decides: 'p_value', limit: 0.05, p_adjusted: 0 }, 1, 0.1],
    [{ method: 'chi_square', decides: 'p_value', limit: 0.05, p_adjusted: null, p_value: null }, 0, 0.1],
  ] as const)('%j stands at %s, its limit at %s', (changes, value, limit) => {
    const own = heatValue(cell(changes));
    expect(own.value).toBeCloseTo(value, 10);
    expect(own.limit).toBe(limit);
  });

  it('a distance over the windows has its limit and its band', () => {
    const windows = [
      window(0, { columns: [cell({ statistic: 0.02 })] }),
      window(1, { columns: [cell({ statistic: 0.07, verdict: 'warning' })] }),
      window(2, { n_rows: 0 }),
      window(3, { columns: [cell({ statistic: 0.6, verdict: 'drifted' })] }),
      window(4, { columns: [cell({ statistic: 0.9, verdict: 'not_judged' })] }),
    ];
    const series = statisticSeries(report(windows), 'a');
    expect(series).toMatchObject({
      ...{ name: 'Jensen-Shannon', values: [0.02, 0.07, NaN, 0.6, NaN] },
      ...{
        verdicts: ['stable', 'warning', null, 'drifted', 'not_judged'],
        limit: 0.1,
        band: [0.05, 0.1],
        domain: [0, 1],
      },
    });
    expect(series?.format(0.6)).toBe('0.600');
    expect(statisticSeries(report(windows), 'nothing')).toBeNull();
  });

  it('a p-value stands upright by its power of ten', () => {
    const changes = { method: 'chi_square', decides: 'p_value', limit: 0.01, warning_limit: null } as const;
    const windows = [0.5, 1e-6].map((p_adjusted, i) => window(i, { columns: [cell({ ...changes, p_adjusted })] }));
    const series = statisticSeries(report(windows), 'a');
    expect(series?.name).toBe('Chi-square, adjusted p');
    expect(series?.values[1]).toBeCloseTo(6, 10);
    expect(series?.limit).toBeCloseTo(2, 10);
    expect(series?.band).toBeNull();
    expect(series?.ticks.map(({ text }) => text)).toEqual(['1', '1e−6']);
  });

  it('every verdict has a shape and a word', () => {
    const all = (['stable', 'warning', 'drifted', 'not_judged'] as const).map(verdictStatus);
    expect(new Set(all.map(({ word }) => word)).size).toBe(4);
    expect(new Set(all.map(({ state }) => state)).size).toBe(4);
  });
});

describe('performance', () => {
  const point = (value: number, n: number) => ({ value, low: value - 0.1, high: value + 0.05, n });
  const known = { performance_metric: 'accuracy', performance: 0.8, test_performance: 0.9 };

  it('is a line with gaps; a window of a few rows does not stretch it', () => {
    const windows = [point(0.8, 100), null, point(0, 1), point(0.7, 50)].map((performance, i) =>
      window(i, { performance }),
    );
    const shown = performanceOf({ ...report(windows), ...known });
    expect(shown?.series[0]?.x).toEqual([0.5, 1.5, 2.5, 3.5]);
    expect(shown?.series[0]?.y).toEqual([0.8, NaN, NaN, 0.7]);
    expect(shown?.n_left_out).toBe(1);
    expect(shown?.domain[0]).toBeGreaterThanOrEqual(0.55);
    expect(shown?.domain[1]).toBeLessThanOrEqual(1);
  });

  it('is drawn from small windows when there are no others, and not at all without labels', () => {
    const small = { ...report([window(0, { performance: point(0.5, 8) })]), ...known };
    expect(performanceOf(small)).toMatchObject({ n_left_out: 0, series: [{ y: [0.5] }] });
    expect(performanceOf(report([window(0)]))).toBeNull();
  });
});

describe('time', () => {
  const at = (text: string) => Date.parse(`${text}Z`);

  it.each([
    ['1997-05-04T00:00', '1997-05-11T00:00', '4 to 11 May 1997'],
    ['1996-12-30T00:00', '1997-01-06T00:00', '30 Dec 1996 to 6 Jan 1997'],
    ['1997-04-28T00:00', '1997-05-05T00:00', '28 Apr to 5 May 1997'],
    ['1997-05-04T06:00', '1997-05-04T12:00', '4 May 1997 06:00 to 12:00'],
    ['1997-05-04T18:00', '1997-05-05T06:00', '4 May 1997 18:00 to 5 May 1997 06:00'],
  ])('%s to %s reads %s', (from, to, text) => {
    expect(datesText(window(0, { start_ms: at(from), end_ms: at(to) }))).toBe(text);
  });

  it('ticks stand on months, January with its year', () => {
    const weeks = Array.from({ length: 60 }, (_, i) =>
      window(i, {
        start_ms: at('1996-11-04T00:00') + i * 7 * 86_400_000,
        end_ms: at('1996-11-11T00:00') + i * 7 * 86_400_000,
      }),
    );
    expect(windowTicks(weeks).map(({ text }) => text)).toEqual(['Jan 1997', 'Apr', 'Jul', 'Oct']);
    expect(windowTicks(weeks)[0]).toMatchObject({ strong: true });
    expect(windowTicks(weeks)[0]?.at).toBeCloseTo(8 + 2 / 7, 5);
  });

  it('without times the ticks are rows at round figures', () => {
    expect(
      rowTicks(
        [0, 1, 2].map((i) => window(i)),
        3,
      ),
    ).toEqual([
      { at: 0.99, text: '100' },
      { at: 1.99, text: '200' },
      { at: 2.99, text: '300' },
    ]);
    expect(windowTicks([window(0, { n_rows: 0, last_row: 0 })])).toEqual([]);
  });

  it('a gap says so', () => {
    expect(rowsText(window(3))).toBe('rows 301 to 400');
    expect(rowsText(window(3, { n_rows: 0 }))).toBe('a gap: no rows');
  });
});

describe('evidence', () => {
  it('names the measures that apply, the deciding ones with their limits', () => {
    const far = { statistic: 0.738, jensen_shannon: 0.738 };
    const lines = evidence(cell({ ...far, p_adjusted: 4e-128, n_outside: 304 }), report([]), true);
    expect(lines.map(({ name, value, note }) => [name, value, note ?? ''])).toEqual([
      ['Jensen-Shannon', '0.738', 'limit 0.100'],
      ['KS, adjusted p', '4e−128', 'limit 0.05'],
      ['KS statistic', '0.200', ''],
      ['PSI', '0.100', 'no limit'],
      ['Wasserstein', '0.3', 'std'],
      ['Outside range', '90.5 %', '304 of 336'],
      ['Missing', '0', 'as in reference'],
      ['Rows', '336', 'reference 1,000'],
    ]);
    expect(lines.filter(({ strong }) => strong).map(({ name }) => name)).toEqual(['Jensen-Shannon', 'KS, adjusted p']);
  });

  it('shows the statistic that the verdict goes by, which a mode may define otherwise', () => {
    const [first] = evidence(cell({ statistic: 0.09, jensen_shannon: 1, limit: 0.02 }), report([]), true);
    expect(first).toMatchObject({ name: 'Jensen-Shannon', value: '0.090', note: 'limit 0.020', strong: true });
  });

  it('a column of categories has chi-square and unseen categories', () => {
    const names = evidence(cell({ chi_square: 12, ks_statistic: null, wasserstein: null }), report([]), false).map(
      ({ name }) => name,
    );
    expect(names).toEqual([
      'Jensen-Shannon',
      'Chi-square, adjusted p',
      'Chi-square',
      'PSI',
      'Outside categories',
      'Unseen categories',
      'Missing',
      'Rows',
    ]);
  });
});

describe('evidence of another method', () => {
  const about = (changes: Partial<ColumnDrift>) =>
    evidence(cell(changes), report([]), true)
      .slice(0, 3)
      .map(({ name, value, note }) => [name, value, note ?? '']);

  it('a distance that decides alone has the limit, its p-value none', () => {
    expect(about({ method: 'psi', decides: 'distance', statistic: 0.31, limit: 0.25, effect: 0.31 })).toEqual([
      ['PSI', '0.31', 'limit 0.250'],
      ['KS, adjusted p', '0.500', ''],
      ['Jensen-Shannon', '0.050', 'no limit'],
    ]);
  });

  it('a p-value that decides has the limit, its statistic none', () => {
    const changes = { method: 'mann_whitney', decides: 'p_value', statistic: 1234, limit: 0.01, effect: 0.2 } as const;
    expect(about(changes)).toEqual([
      ['Mann-Whitney', '1,234', ''],
      ['Mann-Whitney, adjusted p', '0.500', 'limit 0.01'],
      ['Effect', '0.2', ''],
    ]);
  });

  it('the rule says whose definitions it follows and what it corrects', () => {
    expect(modeText({ mode: 'nanny_ml' })).toBe('NannyML mode');
    expect(correctionText({ ...rule, correction: 'none' })).toBe('Not corrected for the number of tests');
    expect(correctionText({ ...rule, correction: 'bonferroni', correct_over: 'window' })).toBe(
      'After Bonferroni over the columns of the window',
    );
    expect(ruleText(rule)).toContain('after Benjamini-Hochberg over all columns and windows');
    expect(ruleText({ ...rule, mode: 'evidently', numeric_method: 'psi' })).toMatch(
      /^Methods, definitions and limits are those of Evidently\. With PSI for numbers\./,
    );
  });
});

it('alerts stand by weight, the muted ones last', () => {
  const alert = (rule: string, changes: Partial<Alert>): Alert => ({
    ...{ schema: 1, rule, severity: 'warning', metric: 'drift', model: { model: 'm', version: 1 } },
    ...{ replay_id: '0', column: 'a', first_window: 5, last_window: 9, is_ongoing: false, value: null },
    ...{ threshold: null, muted: false, sentence: '', at_ms: 0 },
    ...changes,
  });
  const all = [
    alert('muted', { severity: 'critical', muted: true }),
    alert('note', { severity: 'info' }),
    alert('late', {}),
    alert('early', { first_window: 1 }),
    alert('worst', { severity: 'critical' }),
  ];
  expect(inWeight(all).map(({ rule: name }) => name)).toEqual(['worst', 'early', 'late', 'note', 'muted']);
  expect(inWeight(all).map((own) => alertStatus(own).word)).toEqual([
    'critical',
    'warning',
    'warning',
    'note',
    'muted',
  ]);
});

describe('wide outer bins', () => {
  it('are cut to the width of their neighbours, and said', () => {
    expect(clipEdges([-50, 0, 1, 2, 3, 900])).toEqual({
      edges: [-1, 0, 1, 2, 3, 4],
      note: 'the first bar reaches down to −50, the last bar reaches up to 900',
    });
  });

  it('stay when they are as wide as the others', () => {
    expect(clipEdges([0, 1, 2, 3, 4])).toEqual({ edges: [0, 1, 2, 3, 4], note: '' });
    expect(clipEdges([0, 1])).toEqual({ edges: [0, 1], note: '' });
  });
});

describe('the dialog', () => {
  it.each([
    ['', null],
    ['336', '336rows'],
    ['1000 rows', '1000rows'],
    ['12h', '12h'],
    ['1 w', '1w'],
    ['30min', '30min'],
  ])('reads the window %j as %j', (text, window) => expect(parseWindow(text)).toEqual({ window }));

  it.each(['0', '1y', 'week', '-3d'])('refuses the window %j', (text) => {
    expect(parseWindow(text)).toHaveProperty('problem');
  });

  const command = (mapping: Partial<LogMapping>, window = '') =>
    startCommand(['my log.csv'], {
      against: { model: 'm@champion' },
      window,
      mapping: { ...NO_MAPPING, ...mapping },
    }).replace("assay replay 'my log.csv' --model m@champion", '…');

  it.each<[Partial<LogMapping>, string, string]>([
    [{ timestamp: 'at' }, '1d', '… --window 1d --timestamp at'],
    [{ time_format: 'day_first', zone: 'Europe/Tallinn' }, '', '… --time-format day_first --zone Europe/Tallinn'],
    [{ renamed: { weight: 'w' }, id: 'key' }, '', "… --id key --renamed 'weight=w'"],
    [
      { labels: { path: '/later/truth.csv', label: 'y', timestamp: 'at', tolerance_secs: 5 } },
      '',
      '… --labels truth.csv --label y --label-time at --tolerance 5',
    ],
  ])('writes %j with the window %j as the command that does the same', (mapping, window, text) =>
    expect(command(mapping, window)).toBe(text),
  );

  it('a data set is a reference', () => {
    const fields = { against: { reference: 'prices@2' }, window: '', mapping: NO_MAPPING };
    expect(startCommand([], fields)).toBe('assay replay log.csv --reference prices@2');
    expect(startCommand([], { ...fields, against: { model: 'm@1', reference: 'prices@2' } })).toBe(
      'assay replay log.csv --model m@1 --reference prices@2',
    );
    expect(startCommand([], { ...fields, isRemembered: true })).toMatch(/ --as-before$/);
  });

  it.each([
    ['', false, []],
    ['10', false, ['never', 'every']],
    ['x', true, ['never', 'on_alert']],
  ] as const)('training again every %j windows, on alert %j', (every, onAlert, kinds) => {
    expect(retrainPolicies(every, onAlert).map(({ kind }) => kind)).toEqual(kinds);
  });
});
