import { describe, expect, it } from 'vitest';
import type { Expectation } from '../gen/Expectation';
import type { RuleResult } from '../gen/RuleResult';
import {
  RULE_KINDS,
  byGravity,
  columnOf,
  describeRule,
  isOutdated,
  kindOf,
  newRule,
  problemOf,
  sameRule,
  stateOf,
  verdictOf,
  withArgument,
  withType,
} from './expectations';

const COLUMNS = ['species', 'body_mass_g'];

const between = (least: number | null, most: number | null, more: Record<string, unknown> = {}): Expectation => {
  let rule = newRule('expect_column_values_to_be_between', 'body_mass_g', COLUMNS);
  for (const [key, value] of Object.entries({ min_value: least, max_value: most, ...more }))
    rule = withArgument(rule, key, value);
  return rule;
};

describe('rules in words', () => {
  const table: [Expectation, string][] = [
    [between(2700, 6000), '`body_mass_g` between 2,700 and 6,000'],
    [between(-1.5, null), '`body_mass_g` at least −1.5'],
    [between(null, 6000, { mostly: 0.98 }), '`body_mass_g` at most 6,000, mostly 0.98'],
    [between(0, 1, { strict_min: true }), '`body_mass_g` over 0 and at most 1'],
    [between(3, 3), '`body_mass_g` exactly 3'],
    [newRule('expect_column_values_to_not_be_null', 'sex', COLUMNS), '`sex` not null'],
    [newRule('expect_table_columns_to_match_set', '', COLUMNS), 'columns match the set of 2'],
    [
      withArgument(newRule('expect_column_values_to_be_in_set', 'species', COLUMNS), 'value_set', ['Adelie', 'Gentoo']),
      '`species` in {Adelie, Gentoo}',
    ],
    [newRule('expect_column_values_to_be_of_type', 'species', COLUMNS), '`species` of type float'],
  ];
  it.each(table)('%#', (rule, words) => expect(describeRule(rule)).toBe(words));

  it('every kind can be begun, described and found again', () => {
    for (const { type, of } of RULE_KINDS) {
      const rule = newRule(type, 'species', COLUMNS);
      expect(kindOf(rule.type).type).toBe(type);
      expect(describeRule(rule)).not.toBe('');
      expect(columnOf(rule)).toBe(of === 'column' ? 'species' : null);
    }
  });
});

describe('what is wrong with a rule', () => {
  const table: [Expectation, string | null][] = [
    [between(1, 2), null],
    [between(null, null), 'name at least one bound'],
    [between(2, 1), 'the lower bound is over the upper'],
    [between(1, 2, { mostly: 0 }), 'mostly is a share over 0 and up to 1'],
    [newRule('expect_column_values_to_be_unique', 'gone', COLUMNS), 'there is no column gone'],
    [newRule('expect_column_values_to_be_in_set', 'species', COLUMNS), 'name at least one value'],
    [newRule('expect_column_values_to_match_regex', 'species', COLUMNS), 'write a pattern'],
  ];
  it.each(table)('%#', (rule, problem) => expect(problemOf(rule, COLUMNS)).toBe(problem));
});

it('a changed rule keeps its column and severity and loses the reason it was suggested for', () => {
  const suggested: Expectation = { ...between(1, 2), severity: 'warning', reason: 'seen so' };
  expect(withArgument(suggested, 'max_value', 3)).toMatchObject({ severity: 'warning', reason: '' });
  expect(columnOf(withType(suggested, 'expect_column_values_to_be_unique', COLUMNS))).toBe('body_mass_g');
  expect(sameRule(suggested, between(1, 2))).toBe(true);
  expect(sameRule(suggested, between(1, 3))).toBe(false);
});

const result = (status: RuleResult['status'], severity: Expectation['severity']): RuleResult => ({
  expectation: { ...between(1, 2), severity },
  status,
  n_checked: 10,
  n_missing: 0,
  n_unexpected: 0,
  unexpected_rows: [],
  n_rows: 0,
  observed_value: null,
  unexpected_values: [],
  observed: '',
  problem: null,
});

it('failures come first, and a rule that did not run is one', () => {
  const results = [
    result('passed', 'critical'),
    result('failed', 'info'),
    result('did_not_run', 'warning'),
    result('failed', 'critical'),
  ];
  expect(byGravity(results).map(stateOf)).toEqual(['critical', 'notrun', 'warning', 'ok']);
});

it('the verdict counts', () => {
  const outcome = { suite: 'penguins', n_passed: 11, n_failed: 2, n_warning: 1, n_not_run: 1 };
  expect(verdictOf(outcome)).toEqual({ state: 'critical', text: 'Suite failed: 11 of 14 rules passed' });
  expect(verdictOf({ ...outcome, n_failed: 0, n_not_run: 0 }).state).toBe('warning');
  expect(verdictOf({ ...outcome, n_failed: 0, n_warning: 0 }).text).toBe('All 11 rules passed');
});

it('a report is outdated once a rule or its severity changed', () => {
  const report = {
    schema: 1,
    suite: 'penguins',
    suite_version: 1,
    dataset: 'penguins@1',
    n_rows: 10,
    outcome: { suite: 'penguins', n_passed: 1, n_failed: 0, n_warning: 0, n_not_run: 0 },
    results: [result('passed', 'critical')],
    checked_ms: 0,
    duration_secs: 0,
  };
  expect(isOutdated(report, [between(1, 2)])).toBe(false);
  expect(isOutdated(report, [between(1, 3)])).toBe(true);
  expect(isOutdated(report, [{ ...between(1, 2), severity: 'info' }])).toBe(true);
  expect(isOutdated(report, [])).toBe(true);
});
