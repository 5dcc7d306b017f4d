import { expect, it } from 'vitest';
import type { Expectation } from '../gen/Expectation';
import type { RuleResult } from '../gen/RuleResult';
import { byGravity, columnOf, isOutdated, notesOf, sameRule, stateOf, verdictOf, withArgument } from './expectations';

const between = (least: number, most: number): Expectation => ({
  type: 'expect_column_values_to_be_between',
  kwargs: { column: 'body_mass_g', min_value: least, max_value: most },
  severity: 'critical',
  reason: '',
});

it('a changed rule keeps its severity and loses the reason it was suggested for', () => {
  const suggested: Expectation = { ...between(1, 2), severity: 'warning', reason: 'seen so' };
  expect(withArgument(suggested, 'max_value', 3)).toMatchObject({ severity: 'warning', reason: '' });
  expect(Object.keys(withArgument(suggested, 'max_value', undefined).kwargs)).toEqual(['column', 'min_value']);
  expect(columnOf(suggested)).toBe('body_mass_g');
  expect(columnOf({ ...suggested, kwargs: {} })).toBeNull();
});

it('rules are the same whatever the order of their arguments and however grave they are', () => {
  const turned = { ...between(1, 2), kwargs: { max_value: 2, min_value: 1, column: 'body_mass_g' } };
  expect(sameRule(turned, { ...between(1, 2), severity: 'info' })).toBe(true);
  expect(sameRule(between(1, 2), between(1, 3))).toBe(false);
});

it('notes are one text', () => {
  expect(notesOf({ ...between(1, 2), notes: ['a', 'b'] })).toBe('a\nb');
  expect(notesOf(between(1, 2))).toBe('');
});

const result = (status: RuleResult['status'], severity: Expectation['severity']): RuleResult => ({
  expectation: { ...between(1, 2), severity },
  status,
  n_rows: 10,
  n_checked: 10,
  n_missing: 0,
  n_unexpected: 0,
  unexpected_rows: [],
  unexpected_values: [],
  observed: '',
  observed_value: null,
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
