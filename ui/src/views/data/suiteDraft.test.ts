import { beforeEach, expect, it } from 'vitest';
import { withArgument } from '../../domain/expectations';
import type { Expectation } from '../../gen/Expectation';
import type { RuleType } from '../../gen/RuleType';
import { countChanges, draftOf, dropDraft, keepDraft } from './suiteDraft.svelte';

const ruleOf = (type: RuleType): Expectation => ({ type, kwargs: { column: 'id' }, severity: 'critical', reason: '' });
const unique = ruleOf('expect_column_values_to_be_unique');
const present = ruleOf('expect_column_values_to_not_be_null');

beforeEach(() => dropDraft('penguins'));

it.each([
  ['nothing', [unique, present], 0],
  ['one added', [unique, present, ruleOf('expect_column_values_to_match_regex')], 1],
  ['one taken out', [unique], 1],
  ['one changed', [unique, withArgument(present, 'mostly', 0.9)], 1],
  ['one less grave', [unique, { ...present, severity: 'info' as const }], 1],
  ['all', [], 2],
])('counts %s', (_, rules, n) => expect(countChanges(rules, [unique, present])).toBe(n));

it('a draft that says what is saved is none', () => {
  keepDraft('penguins', [unique], [unique, present]);
  expect(draftOf('penguins')).toEqual([unique]);
  keepDraft('penguins', [unique, present], [unique, present]);
  expect(draftOf('penguins')).toBeNull();
});
