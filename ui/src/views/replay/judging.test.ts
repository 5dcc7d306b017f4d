import { describe, expect, it } from 'vitest';
import type { ColumnDrift } from '../../gen/ColumnDrift';
import type { Decides } from '../../gen/Decides';
import type { DriftRule } from '../../gen/DriftRule';
import type { Method } from '../../gen/Method';
import type { Mode } from '../../gen/Mode';
import type { WindowReport } from '../../gen/WindowReport';
import { inWeight } from './alerts';
import { ruleText } from './evidence';
import {
  applies,
  ASKED_FOR,
  countLimits,
  judgedBy,
  judgingQuery,
  methodOptions,
  methodsInUse,
  MODES,
  NO_LIMITS,
  otherRule,
  parseLimit,
  readJudging,
  settingsOf,
  type Judging,
} from './judging';

const kept: DriftRule = {
  mode: 'textbook',
  min_distance: 0.2,
  calibrated: false,
  alpha: 0.01,
  min_missing_rise: 0.05,
  source: 'assay.toml',
  numeric_method: 'psi',
  categorical_method: null,
  correction: 'bonferroni',
  correct_over: 'window',
  min_values: 50,
  limits: { psi: { drift: 0.3, warning: null, calibrated: null } },
  columns: {
    age: { method: 'energy', drift: 0.4, warning: null, calibrated: null, muted: true },
    fare: { method: 'energy', drift: 0.4, warning: null, calibrated: null, muted: false },
  },
};
const bare = { numeric: null, categorical: null, limits: NO_LIMITS, against: null };
const own: Judging = { ...bare, mode: 'textbook', numeric: 'psi' };

describe('a mode measures by its methods only', () => {
  it.each<[Method, string]>([
    // Textbook, Evidently, NannyML; n for numbers, c for categories.
    ['jensen_shannon', 'nc nc nc'],
    ['hellinger', 'nc nc nc'],
    ['kolmogorov_smirnov', 'n n n'],
    ['wasserstein', 'n n n'],
    ['psi', 'nc nc -'],
    ['kullback_leibler', 'nc nc -'],
    ['anderson_darling', 'n n -'],
    ['cramer_von_mises', 'n n -'],
    ['energy', 'n n -'],
    ['mmd', 'n n -'],
    ['mann_whitney', 'n n -'],
    ['t_test', 'n n -'],
    ['epps_singleton', 'n n -'],
    ['chi_square', 'c c c'],
    ['g_test', 'c c -'],
    ['z_test', 'c c -'],
    ['fisher_exact', 'c c -'],
    ['total_variation', 'nc c -'],
    ['l_infinity', 'nc - c'],
  ])('%s: %s', (method, expected) => {
    const measured = MODES.map(
      ({ value }) =>
        (applies(method, value, 'numeric') ? 'n' : '') + (applies(method, value, 'categorical') ? 'c' : '') || '-',
    );
    expect(measured.join(' ')).toBe(expected);
  });

  it.each<[Mode, number, number]>([
    ['textbook', 16, 11],
    ['evidently', 14, 10],
    ['nanny_ml', 5, 5],
  ])('the lists of %s begin with its own choice, and name nothing twice', (mode, n_numeric, n_categorical) => {
    const lists = (['numeric', 'categorical'] as const).map((kind) =>
      methodOptions(mode, kind).map(({ value }) => value),
    );
    expect(lists.map((list) => list[0])).toEqual(['own', 'own']);
    expect(lists.map((list) => new Set(list).size)).toEqual([n_numeric, n_categorical]);
    expect(lists.map((list) => list.length)).toEqual([n_numeric, n_categorical]);
  });
});

describe('the address says by what is judged', () => {
  it.each<[Record<string, string>, Judging]>([
    [{}, own],
    [{ numeric: 'energy' }, { ...own, numeric: 'energy' }],
    [{ numeric: 'own' }, { ...own, numeric: null }],
    [{ mode: 'evidently' }, { ...bare, mode: 'evidently' }],
    [
      { mode: 'nanny_ml', numeric: 'wasserstein', categorical: 'l_infinity' },
      { ...bare, mode: 'nanny_ml', numeric: 'wasserstein', categorical: 'l_infinity' },
    ],
    [{ against: 'orders@2' }, { ...own, against: 'orders@2' }],
    [
      { limits: 'psi:0.4,chi_square:0.001', alpha: '0.05', correction: 'none', over: 'replay', calibrated: 'yes' },
      {
        ...own,
        limits: {
          drift: { psi: 0.4, chi_square: 0.001 },
          alpha: 0.05,
          correction: 'none',
          correct_over: 'replay',
          calibrated: true,
        },
      },
    ],
  ])('%j, there and back', (query, judging) => {
    expect(readJudging(query, kept)).toEqual(judging);
    const said = Object.entries(judgingQuery(judging, kept)).filter(([, text]) => text !== null);
    expect(Object.fromEntries(said)).toEqual(query);
  });

  it.each<[Record<string, string>, Judging]>([
    [{ mode: 'nonsense', numeric: 'nonsense' }, own],
    [{ categorical: 'energy' }, own],
    [{ limits: 'psi:-1,nonsense:3,energy', alpha: 'x', correction: 'y', over: 'z', calibrated: '1', against: '' }, own],
    [
      { mode: 'nanny_ml', numeric: 'psi' },
      { ...bare, mode: 'nanny_ml' },
    ],
  ])('%j asks for what there is not, and changes nothing by it', (query, judging) => {
    expect(readJudging(query, kept)).toEqual(judging);
  });
});

describe('the rule that is asked for', () => {
  it('is none where it is the own of the replay', () => expect(otherRule(own, kept)).toBeNull());

  it('keeps limits, columns and correction where only a method is another', () => {
    expect(otherRule({ ...own, numeric: null, categorical: 'g_test' }, kept)).toEqual({
      ...settingsOf(kept),
      numeric_method: null,
      categorical_method: 'g_test',
    });
  });

  it("goes by another mode's own limits; what is muted stays muted", () => {
    expect(otherRule({ ...bare, mode: 'evidently' }, kept)).toEqual({
      ...settingsOf(kept),
      mode: 'evidently',
      numeric_method: null,
      min_values: null,
      limits: {},
      columns: { age: { method: null, drift: null, warning: null, calibrated: null, muted: true } },
    });
  });

  it('holds the limits that are asked for over its own', () => {
    const limits = { ...NO_LIMITS, drift: { psi: 0.5, energy: 0.2 }, alpha: 0.2, calibrated: true };
    const limit = (drift: number) => ({ drift, warning: null, calibrated: null });
    expect(otherRule({ ...own, limits }, kept)).toEqual({
      ...settingsOf(kept),
      ...{ alpha: 0.2, calibrated: true, limits: { psi: limit(0.5), energy: limit(0.2) } },
    });
    expect(countLimits(limits)).toBe(4);
  });

  it('is its own where only the reference is another', () => {
    expect(judgedBy(own, kept)).toBeNull();
    expect(judgedBy({ ...own, against: 'orders@2' }, kept)).toEqual({ rule: settingsOf(kept), reference: 'orders@2' });
  });

  it('does not say where it came from, which the host would refuse', () => {
    expect(Object.keys(settingsOf(kept))).not.toContain('source');
    expect(Object.keys(settingsOf(kept)).length).toBe(Object.keys(kept).length - 1);
  });

  it('is told as one that stands in no file', () => {
    expect(ruleText({ ...kept, mode: 'evidently', source: ASKED_FOR })).toContain(
      'The rule is from what was asked for, not from a file.',
    );
  });
});

it('the limits in use are those of all columns and windows', () => {
  const cell = (method: Method, limit: number, decides: Decides) => ({ method, limit, decides }) as ColumnDrift;
  const window = (...columns: ColumnDrift[]) => ({ columns }) as WindowReport;
  const windows = [
    window(cell('wasserstein', 0.1, 'distance'), cell('chi_square', 0.05, 'p_value')),
    window(),
    window(cell('wasserstein', 0.4, 'distance'), cell('chi_square', 0.05, 'p_value')),
  ];
  expect(methodsInUse({ windows })).toEqual([
    { method: 'wasserstein', low: 0.1, high: 0.4, isP: false },
    { method: 'chi_square', low: 0.05, high: 0.05, isP: true },
  ]);
});

it.each<[string, number | null]>([
  ['0.3', 0.3],
  [' 0,25 ', 0.25],
  ['1e-3', 0.001],
  ['0', null],
  ['-1', null],
  ['', null],
  ['a lot', null],
])('a limit of %j is %s', (text, value) => expect(parseLimit(text)).toBe(value));

it('a report of before there were alerts has none', () => expect(inWeight(undefined)).toEqual([]));
