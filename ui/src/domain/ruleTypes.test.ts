import { describe, expect, it } from 'vitest';
import type { ArgumentInfo } from '../gen/ArgumentInfo';
import type { ArgumentKind } from '../gen/ArgumentKind';
import type { Expectation } from '../gen/Expectation';
import type { RuleInfo } from '../gen/RuleInfo';
import { withArgument } from './expectations';
import { findTypes, foundWords, newRule, problemOf, withType } from './ruleTypes';

const COLUMNS = ['species', 'body_mass_g', 'sex'];

function argument(name: string, kind: ArgumentKind, more: Partial<ArgumentInfo> = {}): ArgumentInfo {
  return {
    name,
    kind,
    title: name.replaceAll('_', ' '),
    help: '',
    required: false,
    default: null,
    choices: [],
    ...more,
  };
}

const COLUMN = argument('column', 'column', { required: true });
const BETWEEN: RuleInfo = {
  type: 'expect_column_values_to_be_between',
  title: 'values between',
  group: 'distribution',
  help: 'Every value lies between two bounds.',
  arguments: [COLUMN, argument('min_value', 'bound'), argument('max_value', 'bound'), argument('mostly', 'share')],
};
const IN_SET: RuleInfo = {
  type: 'expect_column_values_to_be_in_set',
  title: 'values in a set',
  group: 'sets',
  help: 'Every value is one of these.',
  arguments: [COLUMN, argument('value_set', 'values', { required: true }), argument('mostly', 'share')],
};
const PAIR: RuleInfo = {
  type: 'expect_column_pair_values_to_be_equal',
  title: 'two columns equal',
  group: 'integrity',
  help: 'In every row the two columns hold the same value.',
  arguments: [
    argument('column_A', 'column', { required: true }),
    argument('column_B', 'column', { required: true }),
    argument('mostly', 'share'),
  ],
};
const Z_SCORE: RuleInfo = {
  type: 'expect_column_value_z_scores_to_be_less_than',
  title: 'z scores less than',
  group: 'distribution',
  help: '',
  arguments: [
    COLUMN,
    argument('threshold', 'number', { required: true }),
    argument('double_sided', 'flag', { required: true, default: true }),
  ],
};
const COLUMN_SET: RuleInfo = {
  type: 'expect_table_columns_to_match_set',
  title: 'columns match a set',
  group: 'schema',
  help: '',
  arguments: [argument('column_set', 'columns', { required: true })],
};
const ALL = [BETWEEN, IN_SET, PAIR, Z_SCORE, COLUMN_SET];

describe('finding a type', () => {
  const table: [string, string[]][] = [
    ['', ['values between', 'z scores less than', 'values in a set', 'two columns equal', 'columns match a set']],
    ['set values', ['values in a set']],
    ['across', ['two columns equal']],
    ['z_scores', ['z scores less than']],
    ['nothing such', []],
  ];
  it.each(table)('%s', (sought, titles) =>
    expect(findTypes(ALL, sought).flatMap(({ types }) => types.map(({ title }) => title))).toEqual(titles),
  );
  it('says how many are left', () => {
    expect(foundWords(findTypes(ALL, ''), 5)).toBe('5 types');
    expect(foundWords(findTypes(ALL, 'set values'), 5)).toBe('1 of 5 types');
  });
});

describe('a new rule', () => {
  const table: [RuleInfo, Record<string, unknown>][] = [
    [BETWEEN, { column: 'sex' }],
    [PAIR, { column_A: 'sex', column_B: 'species' }],
    [Z_SCORE, { column: 'sex', double_sided: true }],
    [COLUMN_SET, { column_set: COLUMNS }],
  ];
  it.each(table)('%#', (info, kwargs) => expect(newRule(info, 'sex', COLUMNS).kwargs).toEqual(kwargs));

  it('keeps what another type takes as well', () => {
    const rule: Expectation = {
      ...newRule(BETWEEN, 'sex', COLUMNS),
      severity: 'info',
      notes: 'kept',
      reason: 'seen so',
    };
    const changed = withType(withArgument(rule, 'mostly', 0.9), IN_SET, COLUMNS);
    expect(changed).toEqual({
      type: IN_SET.type,
      kwargs: { column: 'sex', mostly: 0.9 },
      severity: 'info',
      notes: 'kept',
      reason: '',
    });
  });
});

describe('what is wrong with a rule', () => {
  const between = (kwargs: Record<string, unknown>) =>
    Object.entries(kwargs).reduce(
      (rule, [name, value]) => withArgument(rule, name, value),
      newRule(BETWEEN, 'sex', COLUMNS),
    );
  const set = withArgument(newRule(IN_SET, 'sex', COLUMNS), 'value_set', ['a']);
  const table: [string, Expectation, RuleInfo | undefined, string | null][] = [
    ['nothing', between({ min_value: 1, max_value: 2 }), BETWEEN, null],
    ['a date', between({ min_value: '2026-01-01' }), BETWEEN, null],
    ['no bound', between({}), BETWEEN, 'name at least one bound'],
    ['crossed', between({ min_value: 2, max_value: 1 }), BETWEEN, 'the lower bound is over the upper'],
    ['mostly', between({ min_value: 2, mostly: 1.5 }), BETWEEN, 'mostly: a share from 0 to 1 is needed'],
    ['column', between({ min_value: 2, column: 'gone' }), BETWEEN, 'there is no column gone'],
    ['a set', set, IN_SET, null],
    ['an empty set', withArgument(set, 'value_set', []), IN_SET, 'value set is missing'],
    ['no threshold', newRule(Z_SCORE, 'sex', COLUMNS), Z_SCORE, 'threshold is missing'],
    ['a column that is to be there', newRule(COLUMN_SET, '', [...COLUMNS, 'more']), COLUMN_SET, null],
    ['a type without an entry', between({}), undefined, null],
  ];
  it.each(table)('%s', (_, rule, info, problem) => expect(problemOf(rule, info, COLUMNS)).toBe(problem));
});
