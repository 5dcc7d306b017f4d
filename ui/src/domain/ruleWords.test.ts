import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Expectation } from '../gen/Expectation';
import { describeRule, figure } from './ruleWords';

type Row = Pick<Expectation, 'type' | 'kwargs'> & { words: string };

// What the command line and reports say of the same rules.
const TABLE = JSON.parse(
  readFileSync(new URL('../../../crates/core/src/expect/words/words.json', import.meta.url), 'utf8'),
) as Row[];

describe('rules in words', () => {
  it.each(TABLE)('$words', ({ type, kwargs, words }) => expect(describeRule({ type, kwargs })).toBe(words));

  it('says the condition', () => {
    const rule: Pick<Expectation, 'type' | 'kwargs'> = {
      type: 'expect_column_values_to_be_unique',
      kwargs: { column: 'id', row_condition: 'age > 18' },
    };
    expect(describeRule(rule)).toBe('`id` unique, where age > 18');
  });

  it('half a rule has words too', () => {
    for (const { type } of TABLE) expect(describeRule({ type, kwargs: {} })).not.toBe('');
  });
});

it.each([
  [0, '0'],
  [2700, '2,700'],
  [0.1 + 0.2, '0.3'],
  [-12.25, '−12.25'],
  [1_234_567.8, '1,234,568'],
  [4e-11, '4e−11'],
  [undefined, '…'],
])('writes %s', (value, text) => expect(figure(value)).toBe(text));
