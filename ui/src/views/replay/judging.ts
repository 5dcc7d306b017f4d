// By which mode, methods, limits and reference the page of a replay judges: read from its address, and as the rule that the
// host is asked for.

import type { ColumnRule } from '../../gen/ColumnRule';
import type { Correction } from '../../gen/Correction';
import type { CorrectionScope } from '../../gen/CorrectionScope';
import type { DriftReport } from '../../gen/DriftReport';
import type { DriftRule } from '../../gen/DriftRule';
import type { DriftSettings } from '../../gen/DriftSettings';
import type { JudgedBy } from '../../gen/JudgedBy';
import type { Method } from '../../gen/Method';
import type { Mode } from '../../gen/Mode';
import { methodWords } from './statistic';

export type ColumnKind = 'numeric' | 'categorical';

export interface Judging {
  mode: Mode;
  /** Null: the mode's own choice. */
  numeric: Method | null;
  categorical: Method | null;
  limits: Limits;
  /** A data set that the features are held against; null: what they were held against. */
  against: string | null;
}

/** What is another than in the rule of the replay; null where nothing is. */
export interface Limits {
  /** From which value of a method on a column has drifted. */
  drift: Partial<Record<Method, number>>;
  alpha: number | null;
  correction: Correction | null;
  correct_over: CorrectionScope | null;
  calibrated: boolean | null;
}

export const NO_LIMITS: Limits = { drift: {}, alpha: null, correction: null, correct_over: null, calibrated: null };

export const CORRECTIONS: readonly { value: Correction; text: string }[] = [
  { value: 'benjamini_hochberg', text: 'Benjamini-Hochberg' },
  { value: 'bonferroni', text: 'Bonferroni' },
  { value: 'none', text: 'none' },
];

export const SCOPES: readonly { value: CorrectionScope; text: string }[] = [
  { value: 'replay', text: 'the whole replay' },
  { value: 'window', text: 'one window' },
];

/** Where the host says a rule comes from that is in no file. */
export const ASKED_FOR = 'asked for';

export const MODES: readonly { value: Mode; text: string; rules: string }[] = [
  { value: 'textbook', text: 'Textbook', rules: 'the textbook rules' },
  { value: 'evidently', text: 'Evidently', rules: "Evidently's rules" },
  { value: 'nanny_ml', text: 'NannyML', rules: "NannyML's rules" },
];

/** In the address and in the lists, the mode's own choice. */
export const OWN_CHOICE = 'own';
export type MethodChoice = Method | typeof OWN_CHOICE;

const SHARED: readonly Method[] = ['jensen_shannon', 'hellinger', 'psi', 'kullback_leibler'];
const NUMERIC: readonly Method[] = [
  'kolmogorov_smirnov',
  'wasserstein',
  'anderson_darling',
  'cramer_von_mises',
  'energy',
  'mmd',
  'mann_whitney',
  't_test',
  'epps_singleton',
];
const CATEGORICAL: readonly Method[] = ['chi_square', 'g_test', 'z_test', 'fisher_exact'];

/** Invariant: what the host's methods apply to, so that nothing is offered which it refuses. */
const METHODS: Readonly<Record<Mode, Readonly<Record<ColumnKind, readonly Method[]>>>> = {
  textbook: {
    numeric: [...SHARED, ...NUMERIC, 'total_variation', 'l_infinity'],
    categorical: [...SHARED, ...CATEGORICAL, 'total_variation', 'l_infinity'],
  },
  evidently: {
    numeric: [...SHARED, ...NUMERIC],
    categorical: [...SHARED, ...CATEGORICAL, 'total_variation'],
  },
  nanny_ml: {
    numeric: ['jensen_shannon', 'hellinger', 'kolmogorov_smirnov', 'wasserstein'],
    categorical: ['jensen_shannon', 'hellinger', 'chi_square', 'l_infinity'],
  },
};

/** Whether the mode measures columns of the kind by the method. */
export function applies(method: Method, mode: Mode, kind: ColumnKind): boolean {
  return METHODS[mode][kind].includes(method);
}

/** What a list of methods offers, the mode's own choice first. */
export function methodOptions(mode: Mode, kind: ColumnKind): { value: MethodChoice; text: string }[] {
  return [
    { value: OWN_CHOICE, text: 'its own choice' },
    ...METHODS[mode][kind].map((method) => ({ value: method, text: methodWords(method) })),
  ];
}

/** What the address asks for. What it does not say, and what the mode does not have, is as in the rule of the replay. */
export function readJudging(query: Readonly<Record<string, string>>, kept: DriftRule): Judging {
  const mode = MODES.find(({ value }) => value === query['mode'])?.value ?? kept.mode;
  const read = (text: string | undefined, kind: ColumnKind, own: Method | null): Method | null => {
    if (text === OWN_CHOICE) return null;
    const asked = METHODS[mode][kind].find((method) => method === text);
    return asked ?? (mode === kept.mode ? own : null);
  };
  return {
    mode,
    numeric: read(query['numeric'], 'numeric', kept.numeric_method),
    categorical: read(query['categorical'], 'categorical', kept.categorical_method),
    limits: readLimits(query, mode),
    against: query['against'] || null,
  };
}

function readLimits(query: Readonly<Record<string, string>>, mode: Mode): Limits {
  const drift: Limits['drift'] = {};
  for (const part of (query['limits'] ?? '').split(',')) {
    const [name = '', text = ''] = part.split(':');
    const method = [...METHODS[mode].numeric, ...METHODS[mode].categorical].find((own) => own === name);
    const value = parseLimit(text);
    if (method && value !== null) drift[method] = value;
  }
  const calibrated = query['calibrated'];
  return {
    drift,
    alpha: parseLimit(query['alpha'] ?? ''),
    correction: CORRECTIONS.find(({ value }) => value === query['correction'])?.value ?? null,
    correct_over: SCOPES.find(({ value }) => value === query['over'])?.value ?? null,
    calibrated: calibrated === 'yes' ? true : calibrated === 'no' ? false : null,
  };
}

/** A limit as somebody writes it: a number over 0. */
export function parseLimit(text: string): number | null {
  const value = Number(text.trim().replace(',', '.'));
  return text.trim() !== '' && Number.isFinite(value) && value > 0 ? value : null;
}

type Key = 'mode' | 'numeric' | 'categorical' | 'limits' | 'alpha' | 'correction' | 'over' | 'calibrated' | 'against';

/** What the address says of it: nothing where it is as in the rule of the replay. */
export function judgingQuery(
  { mode, numeric, categorical, limits, against }: Judging,
  kept: DriftRule,
): Record<Key, string | null> {
  const said = (method: Method | null, own: Method | null) =>
    method === (mode === kept.mode ? own : null) ? null : (method ?? OWN_CHOICE);
  return {
    mode: mode === kept.mode ? null : mode,
    numeric: said(numeric, kept.numeric_method),
    categorical: said(categorical, kept.categorical_method),
    limits:
      Object.entries(limits.drift)
        .map((pair) => pair.join(':'))
        .join(',') || null,
    alpha: limits.alpha === null ? null : String(limits.alpha),
    correction: limits.correction,
    over: limits.correct_over,
    calibrated: limits.calibrated === null ? null : limits.calibrated ? 'yes' : 'no',
    against,
  };
}

/** How many limits are another than in the rule of the replay. */
export function countLimits({ drift, ...others }: Limits): number {
  return Object.keys(drift).length + Object.values(others).filter((own) => own !== null).length;
}

/** What verdicts go by, with the least and the largest limit of the columns; a p-value's limit is the most it may be. */
export interface MethodInUse {
  method: Method;
  low: number;
  high: number;
  isP: boolean;
}

export function methodsInUse({ windows }: Pick<DriftReport, 'windows'>): MethodInUse[] {
  const found = new Map<Method, MethodInUse>();
  for (const { columns } of windows) {
    for (const { method, limit, decides } of columns) {
      const own = found.get(method);
      if (own) {
        own.low = Math.min(own.low, limit);
        own.high = Math.max(own.high, limit);
      } else {
        found.set(method, { method, low: limit, high: limit, isP: decides === 'p_value' });
      }
    }
  }
  return [...found.values()];
}

/** What the host is asked to judge by; null when it is as it was kept. */
export function judgedBy(judging: Judging, kept: DriftRule): JudgedBy | null {
  const rule = otherRule(judging, kept);
  if (rule === null && judging.against === null) return null;
  return { rule: rule ?? settingsOf(kept), ...(judging.against !== null && { reference: judging.against }) };
}

/**
 * The rule to ask for; null when it is the replay's own.
 *
 * Limits and methods of single columns are numbers of one mode's definitions: another mode goes by its own. What is muted
 * stays muted.
 */
export function otherRule(judging: Judging, kept: DriftRule): DriftSettings | null {
  const { mode, numeric, categorical, limits } = judging;
  const is_same_mode = mode === kept.mode;
  const is_same_methods = numeric === kept.numeric_method && categorical === kept.categorical_method;
  if (is_same_mode && is_same_methods && countLimits(limits) === 0) return null;
  const bare = bareRule(judging, kept);
  const drift = Object.entries(limits.drift).map(([method, value]) => [
    method,
    { drift: value, warning: null, calibrated: null },
  ]);
  return {
    ...bare,
    limits: { ...bare.limits, ...Object.fromEntries(drift) },
    ...(limits.alpha !== null && { alpha: limits.alpha }),
    ...(limits.correction !== null && { correction: limits.correction }),
    ...(limits.correct_over !== null && { correct_over: limits.correct_over }),
    ...(limits.calibrated !== null && { calibrated: limits.calibrated }),
  };
}

/** Without what is asked for under Limits. */
function bareRule({ mode, numeric, categorical }: Judging, kept: DriftRule): DriftSettings {
  const rule = { ...kept, mode, numeric_method: numeric, categorical_method: categorical };
  if (mode === kept.mode) return settingsOf(rule);
  const muted = Object.entries(kept.columns).filter(([, own]) => own.muted);
  const bare: ColumnRule = { method: null, drift: null, warning: null, calibrated: null, muted: true };
  return settingsOf({
    ...rule,
    min_values: null,
    limits: {},
    columns: Object.fromEntries(muted.map(([name]) => [name, bare])),
  });
}

/** A rule as one asks for it: all of it but where it came from. */
export function settingsOf(rule: DriftRule): DriftSettings {
  const { mode, numeric_method, categorical_method, min_distance, calibrated, alpha } = rule;
  const { min_missing_rise, correction, correct_over, min_values, limits, columns } = rule;
  return {
    ...{ mode, numeric_method, categorical_method, min_distance, calibrated, alpha },
    ...{ min_missing_rise, correction, correct_over, min_values, limits, columns },
  };
}
