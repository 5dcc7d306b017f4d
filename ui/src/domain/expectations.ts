// Rules about data: their kinds with what can be changed in each, and their wording.

import type { CheckReport } from '../gen/CheckReport';
import type { ColumnType } from '../gen/ColumnType';
import type { Expectation } from '../gen/Expectation';
import type { RuleResult } from '../gen/RuleResult';
import type { Severity } from '../gen/Severity';
import type { SuiteOutcome } from '../gen/SuiteOutcome';
import type { StatusState } from '../parts/Status.svelte';
import { count, plural } from '../parts/format';

export type RuleType = Expectation['type'];

/** One argument of a rule, as a form shows it. */
export interface RuleField {
  name: string;
  label: string;
  kind: 'number' | 'count' | 'share' | 'text' | 'texts' | 'type' | 'flag';
}

export interface RuleKind {
  type: RuleType;
  /** "values between". */
  text: string;
  /** Without a column: a rule on the whole table. */
  of: 'column' | 'table';
  fields: readonly RuleField[];
  /** The arguments of a new rule. */
  begin: (column: string, columns: readonly string[]) => Record<string, unknown>;
}

const MOSTLY: RuleField = { name: 'mostly', label: 'mostly', kind: 'share' };
const LEAST: RuleField = { name: 'min_value', label: 'at least', kind: 'number' };
const MOST: RuleField = { name: 'max_value', label: 'at most', kind: 'number' };
const FEWEST: RuleField = { ...LEAST, kind: 'count' };
const LARGEST: RuleField = { ...MOST, kind: 'count' };
const BOUNDS = { min_value: null, max_value: null };

export const RULE_KINDS: readonly RuleKind[] = [
  {
    type: 'expect_column_values_to_not_be_null',
    text: 'not null',
    of: 'column',
    fields: [MOSTLY],
    begin: (column) => ({ column, mostly: 1 }),
  },
  {
    type: 'expect_column_values_to_be_unique',
    text: 'unique',
    of: 'column',
    fields: [MOSTLY],
    begin: (column) => ({ column, mostly: 1 }),
  },
  {
    type: 'expect_column_values_to_be_between',
    text: 'values between',
    of: 'column',
    fields: [
      LEAST,
      MOST,
      { name: 'strict_min', label: 'over, not at least', kind: 'flag' },
      { name: 'strict_max', label: 'under, not at most', kind: 'flag' },
      MOSTLY,
    ],
    begin: (column) => ({ column, ...BOUNDS, strict_min: false, strict_max: false, mostly: 1 }),
  },
  {
    type: 'expect_column_values_to_be_in_set',
    text: 'values in a set',
    of: 'column',
    fields: [{ name: 'value_set', label: 'values, apart by commas', kind: 'texts' }, MOSTLY],
    begin: (column) => ({ column, value_set: [], mostly: 1 }),
  },
  {
    type: 'expect_column_values_to_match_regex',
    text: 'values match a pattern',
    of: 'column',
    fields: [{ name: 'regex', label: 'regular expression', kind: 'text' }, MOSTLY],
    begin: (column) => ({ column, regex: '', mostly: 1 }),
  },
  {
    type: 'expect_column_values_to_be_of_type',
    text: 'of a type',
    of: 'column',
    fields: [{ name: 'type_', label: 'type', kind: 'type' }],
    begin: (column) => ({ column, type_: 'float' }),
  },
  {
    type: 'expect_column_mean_to_be_between',
    text: 'mean between',
    of: 'column',
    fields: [LEAST, MOST],
    begin: (column) => ({ column, ...BOUNDS }),
  },
  {
    type: 'expect_column_unique_value_count_to_be_between',
    text: 'distinct values between',
    of: 'column',
    fields: [FEWEST, LARGEST],
    begin: (column) => ({ column, ...BOUNDS }),
  },
  {
    type: 'expect_table_row_count_to_be_between',
    text: 'row count between',
    of: 'table',
    fields: [FEWEST, LARGEST],
    begin: () => ({ ...BOUNDS }),
  },
  {
    type: 'expect_table_columns_to_match_set',
    text: 'columns match a set',
    of: 'table',
    fields: [
      { name: 'column_set', label: 'columns, apart by commas', kind: 'texts' },
      { name: 'exact_match', label: 'no other columns', kind: 'flag' },
    ],
    begin: (_, columns) => ({ column_set: [...columns], exact_match: true }),
  },
];

export function kindOf(type: RuleType): RuleKind {
  // Invariant: every type stands in the table above; a test holds it.
  return RULE_KINDS.find((kind) => kind.type === type) ?? (RULE_KINDS[0] as RuleKind);
}

export function newRule(type: RuleType, column: string, columns: readonly string[]): Expectation {
  return made(type, kindOf(type).begin(column, columns), 'critical', '');
}

/** The rules that forms know, with their arguments as forms and suggestions write them. */
type KnownRule =
  | { type: 'expect_column_values_to_not_be_null'; kwargs: OnColumn }
  | { type: 'expect_column_values_to_be_unique'; kwargs: OnColumn }
  | {
      type: 'expect_column_values_to_be_between';
      kwargs: OnColumn & Bounds & { strict_min?: boolean; strict_max?: boolean };
    }
  | { type: 'expect_column_values_to_be_in_set'; kwargs: OnColumn & { value_set: readonly unknown[] } }
  | { type: 'expect_column_values_to_match_regex'; kwargs: OnColumn & { regex: string } }
  | { type: 'expect_column_values_to_be_of_type'; kwargs: OnColumn & { type_: string } }
  | { type: 'expect_table_row_count_to_be_between'; kwargs: Bounds }
  | { type: 'expect_table_columns_to_match_set'; kwargs: { column_set: readonly string[]; exact_match?: boolean } }
  | { type: 'expect_column_mean_to_be_between'; kwargs: OnColumn & Bounds }
  | { type: 'expect_column_unique_value_count_to_be_between'; kwargs: OnColumn & Bounds };

interface OnColumn {
  column: string;
  mostly?: number;
}

interface Bounds {
  min_value?: Bound;
  max_value?: Bound;
}

/** A date or another text bounds too. */
type Bound = number | string | null | undefined;

/** The arguments by name. */
export function argumentsOf(rule: Expectation): Readonly<Record<string, unknown>> {
  return rule.kwargs;
}

/** A copy with one argument changed. A rule that a person changed is no longer the one suggested. */
export function withArgument(rule: Expectation, name: string, value: unknown): Expectation {
  return made(rule.type, { ...rule.kwargs, [name]: value }, rule.severity, '');
}

/** Another kind of rule on the same column. */
export function withType(rule: Expectation, type: RuleType, columns: readonly string[]): Expectation {
  return made(type, kindOf(type).begin(columnOf(rule) ?? columns[0] ?? '', columns), rule.severity, '');
}

export function columnOf(rule: Expectation): string | null {
  const column = rule.kwargs['column'];
  return typeof column === 'string' ? column : null;
}

/** Whether two rules hold the data to the same thing, however grave they are. */
export function sameRule(a: Expectation, b: Expectation): boolean {
  return a.type === b.type && stable(a.kwargs) === stable(b.kwargs);
}

/** What is wrong with a rule before it is saved; null when nothing is. */
export function problemOf(rule: Expectation, columns: readonly string[]): string | null {
  const column = columnOf(rule);
  if (column !== null && !columns.includes(column)) return `there is no column ${column}`;
  const given = argumentsOf(rule);
  const [least, most] = [given['min_value'], given['max_value']];
  if ('min_value' in given && least === null && most === null) return 'name at least one bound';
  if (typeof least === 'number' && typeof most === 'number' && least > most) return 'the lower bound is over the upper';
  const values = given['value_set'];
  if (Array.isArray(values) && rule.type === 'expect_column_values_to_be_in_set' && values.length === 0)
    return 'name at least one value';
  if (given['regex'] === '') return 'write a pattern';
  const mostly = given['mostly'];
  if (typeof mostly === 'number' && !(mostly > 0 && mostly <= 1)) return 'mostly is a share over 0 and up to 1';
  return null;
}

/** `` `body_mass_g` between 2,700 and 6,000 ``; names stand between backticks. */
export function describeRule(expectation: Expectation): string {
  // Invariant: arguments that a form did not write are only shown, and a rule that cannot be read has its problem beside it.
  const rule = expectation as unknown as KnownRule;
  switch (rule.type) {
    case 'expect_column_values_to_not_be_null':
      return `${name(rule.kwargs.column)} not null${mostly(rule.kwargs.mostly)}`;
    case 'expect_column_values_to_be_unique':
      return `${name(rule.kwargs.column)} unique${mostly(rule.kwargs.mostly)}`;
    case 'expect_column_values_to_be_between': {
      const { column, min_value, max_value, strict_min, strict_max } = rule.kwargs;
      const low = strict_min ? 'over' : 'at least';
      const high = strict_max ? 'under' : 'at most';
      return `${name(column)} ${bounds(min_value, max_value, low, high)}${mostly(rule.kwargs.mostly)}`;
    }
    case 'expect_column_values_to_be_in_set':
      return `${name(rule.kwargs.column)} in ${set(rule.kwargs.value_set)}${mostly(rule.kwargs.mostly)}`;
    case 'expect_column_values_to_match_regex':
      return `${name(rule.kwargs.column)} matches \`${rule.kwargs.regex}\`${mostly(rule.kwargs.mostly)}`;
    case 'expect_column_values_to_be_of_type':
      return `${name(rule.kwargs.column)} of type ${TYPE_WORDS[rule.kwargs.type_ as ColumnType] ?? rule.kwargs.type_}`;
    case 'expect_table_row_count_to_be_between':
      return `row count ${bounds(rule.kwargs.min_value, rule.kwargs.max_value)}`;
    case 'expect_table_columns_to_match_set':
      return rule.kwargs.exact_match !== false
        ? `columns match the set of ${count(rule.kwargs.column_set.length)}`
        : `columns hold ${set(rule.kwargs.column_set)}`;
    case 'expect_column_mean_to_be_between':
      return `${name(rule.kwargs.column)} mean ${bounds(rule.kwargs.min_value, rule.kwargs.max_value)}`;
    case 'expect_column_unique_value_count_to_be_between':
      return `${name(rule.kwargs.column)} distinct values ${bounds(rule.kwargs.min_value, rule.kwargs.max_value)}`;
    default:
      return otherWords(expectation);
  }
}

/** `` `day` values to be dateutil parseable ``: the name of the type, without what every name has. */
function otherWords(rule: Expectation): string {
  const words = rule.type.replace(/^expect_(table_|column_)?/, '').replaceAll('_', ' ');
  const column = columnOf(rule);
  return column === null ? words : `${name(column)} ${words}`;
}

export const TYPE_WORDS: Record<ColumnType, string> = {
  integer: 'int',
  float: 'float',
  boolean: 'bool',
  text: 'text',
  date: 'date',
  datetime: 'date-time',
};

export const SEVERITIES: readonly { value: Severity; text: string; title: string }[] = [
  { value: 'critical', text: 'critical', title: 'Stops training when it fails' },
  { value: 'warning', text: 'warning', title: 'Is told, and training goes on' },
  { value: 'info', text: 'info', title: 'Is told, and training goes on' },
];

/** How a result stands: a rule that did not run counts as failed, and says so. */
export function stateOf(result: RuleResult): StatusState {
  if (result.status === 'passed') return 'ok';
  if (result.status === 'did_not_run') return 'notrun';
  return result.expectation.severity === 'critical' ? 'critical' : 'warning';
}

const ORDER: StatusState[] = ['critical', 'notrun', 'warning', 'ok'];

/** What needs a look first, the order of the suite within. */
export function byGravity(results: readonly RuleResult[]): RuleResult[] {
  return [...results].sort((a, b) => ORDER.indexOf(stateOf(a)) - ORDER.indexOf(stateOf(b)));
}

/** The verdict on a suite: shape and sentence. */
export function verdictOf(outcome: SuiteOutcome): { state: StatusState; text: string } {
  const total = outcome.n_passed + outcome.n_failed + outcome.n_warning;
  const share = `${count(outcome.n_passed)} of ${plural(total, 'rule')} passed`;
  if (outcome.n_failed > 0) return { state: 'critical', text: `Suite failed: ${share}` };
  if (outcome.n_warning > 0)
    return { state: 'warning', text: `Suite holds with ${plural(outcome.n_warning, 'warning')}: ${share}` };
  return { state: 'ok', text: total === 1 ? 'The one rule passed' : `All ${count(total)} rules passed` };
}

/** Whether the report speaks of other rules than those saved now. */
export function isOutdated(report: CheckReport, rules: readonly Expectation[]): boolean {
  return (
    report.results.length !== rules.length ||
    report.results.some((result, i) => {
      const rule = rules[i];
      return !rule || !sameRule(result.expectation, rule) || result.expectation.severity !== rule.severity;
    })
  );
}

function made(type: RuleType, kwargs: Record<string, unknown>, severity: Severity, reason: string): Expectation {
  // Invariant: the arguments are those of the type, from `begin` or from a rule of this type.
  return { type, kwargs, severity, reason } as unknown as Expectation;
}

function name(column: string): string {
  return `\`${column}\``;
}

function figure(value: number | string): string {
  if (typeof value === 'string') return value;
  return value.toLocaleString('en-GB', { maximumFractionDigits: 6 }).replaceAll('-', '−');
}

function mostly(share: number | undefined): string {
  return typeof share === 'number' && share < 1 ? `, mostly ${figure(share)}` : '';
}

function bounds(least: Bound, most: Bound, low = 'at least', high = 'at most'): string {
  if (isBound(least) && isBound(most)) {
    if (low === 'at least' && high === 'at most')
      return least === most ? `exactly ${figure(least)}` : `between ${figure(least)} and ${figure(most)}`;
    return `${low} ${figure(least)} and ${high} ${figure(most)}`;
  }
  if (isBound(least)) return `${low} ${figure(least)}`;
  return isBound(most) ? `${high} ${figure(most)}` : 'without bounds';
}

function isBound(bound: Bound): bound is number | string {
  return bound !== null && bound !== undefined;
}

function set(values: readonly unknown[]): string {
  const shown = values.slice(0, 8).join(', ');
  return values.length > 8 ? `{${shown} and ${count(values.length - 8)} more}` : `{${shown}}`;
}

function stable(value: Record<string, unknown>): string {
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
