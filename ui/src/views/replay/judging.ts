// By which mode and methods the page of a replay judges: read from its address, and as the rule that the host is asked for.

import type { ColumnRule } from '../../gen/ColumnRule';
import type { DriftRule } from '../../gen/DriftRule';
import type { DriftSettings } from '../../gen/DriftSettings';
import type { Method } from '../../gen/Method';
import type { Mode } from '../../gen/Mode';
import { methodWords } from './statistic';

export type ColumnKind = 'numeric' | 'categorical';

/** Null: the mode's own choice. */
export interface Judging {
  mode: Mode;
  numeric: Method | null;
  categorical: Method | null;
}

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
  };
}

/** What the address says of it: nothing where it is as in the rule of the replay. */
export function judgingQuery(
  { mode, numeric, categorical }: Judging,
  kept: DriftRule,
): Record<'mode' | 'numeric' | 'categorical', string | null> {
  const said = (method: Method | null, own: Method | null) =>
    method === (mode === kept.mode ? own : null) ? null : (method ?? OWN_CHOICE);
  return {
    mode: mode === kept.mode ? null : mode,
    numeric: said(numeric, kept.numeric_method),
    categorical: said(categorical, kept.categorical_method),
  };
}

/**
 * The rule to ask for; null when it is the replay's own.
 *
 * Limits and methods of single columns are numbers of one mode's definitions: another mode goes by its own. What is muted
 * stays muted.
 */
export function otherRule({ mode, numeric, categorical }: Judging, kept: DriftRule): DriftSettings | null {
  const is_same_mode = mode === kept.mode;
  if (is_same_mode && numeric === kept.numeric_method && categorical === kept.categorical_method) return null;
  const rule = { ...kept, mode, numeric_method: numeric, categorical_method: categorical };
  if (is_same_mode) return settingsOf(rule);
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
