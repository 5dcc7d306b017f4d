import { describe, expect, it } from 'vitest';
import { formText, toForm, writeName } from './build';
import { parseFilter, problemOf } from './parse';

describe('reading a filter', () => {
  it.each([
    ['', { is: 'all' }],
    ['metrics.test.accuracy > 0.9', { is: 'compare', name: 'metrics.test.accuracy', operator: '>', value: 0.9 }],
    ["params.`max depth` <> 'a''b'", { is: 'compare', name: 'params.max depth', operator: '!=', value: "a'b" }],
    ['a == TRUE', { is: 'compare', name: 'a', operator: '=', value: true }],
    ['a not in (1, "b")', { is: 'in', name: 'a', values: [1, 'b'], negated: true }],
    ["name ILIKE 'x%'", { is: 'like', name: 'name', pattern: 'x%', ignore_case: true, negated: false }],
    ['a is not null', { is: 'null', name: 'a', negated: true }],
    ['not a < -.5e-3', { is: 'not', of: { is: 'compare', name: 'a', operator: '<', value: -0.0005 } }],
  ])('%s', (text, filter) => expect(parseFilter(text)).toEqual(filter));

  it('binds `and` closer than `or`, parentheses closest', () => {
    const flat = parseFilter('a = 1 or b = 2 and c = 3');
    expect(flat).toMatchObject({ is: 'or', of: [{ name: 'a' }, { is: 'and' }] });
    expect(parseFilter('(a = 1 or b = 2) and c = 3')).toMatchObject({ is: 'and', of: [{ is: 'or' }, { name: 'c' }] });
  });
});

describe('a mistake is told at its character', () => {
  it.each([
    ['metrics.a >> 1', 11, 'a value must stand here, not `>`'],
    ['a = ', 4, 'a value must stand here, not the end'],
    ['a = ridge', 4, "a value must stand here; put quotes around a text: 'ridge'"],
    ['a = null', 4, 'nothing equals `null`; write `is null` or `is not null`'],
    ['a = 1 b = 2', 6, '`and` or `or` must stand before `b`'],
    ['(a = 1', 6, '`)` must close the `(` at character 1, before the end'],
    ['a = 1)', 5, 'this `)` has no `(`'],
    ['a. b = 1', 3, 'a name must follow the dot, not `b`'],
    ['é = "x', 4, 'the quote " is not closed'],
    ['a = 1.5.2', 7, '`and` or `or` must stand before `.`'],
    ['a = 12ab', 4, '`12ab` is no number; put quotes around a text and `back-ticks` around a name'],
    ['a like 3', 7, 'a pattern in quotes must follow `like`'],
    ['a in 3', 5, '`(` must follow `in`, not `3`'],
    ['a ? 1', 2, '`?` means nothing here'],
  ])('%s', (text, position_chars, message) => {
    const problem = problemOf(text);
    expect({ at: problem?.position_chars, message: problem?.message }).toEqual({ at: position_chars, message });
  });

  it('depth is bounded', () => {
    expect(problemOf('('.repeat(5000))?.message).toContain('nest deeper than 100');
    expect(problemOf(`${'('.repeat(100)}a = 1${')'.repeat(100)}`)).toBeNull();
  });
});

describe('the form of a filter', () => {
  it.each([
    "metrics.test.accuracy > 0.9 and params.algorithm = 'ridge'",
    "a = 1 or b in (1, 2) or c like 'x%'",
    "params.`max depth` = '5' and tags.note is not null",
    '',
  ])('%s comes back as it was', (text) => {
    const form = toForm(parseFilter(text));
    expect(form && formText(form)).toBe(text);
  });

  it.each(['a = 1 and (b = 2 or c = 3)', 'not a = 1', 'a not in (1)'])('%s is no form', (text) =>
    expect(toForm(parseFilter(text))).toBeNull(),
  );

  it('what is typed becomes a number or a text, and rows that are not complete are left out', () => {
    const row = { quoted: false } as const;
    const rows = [
      { name: 'metrics.auc', operator: '>=' as const, value: ' 0.9 ', ...row },
      { name: 'params.algorithm', operator: 'in' as const, value: "ridge, it's", ...row },
      { name: '', operator: '=' as const, value: 'x', ...row },
      { name: 'tags.x', operator: '=' as const, value: '', ...row },
      { name: 'tags.x', operator: 'is null' as const, value: '', ...row },
    ];
    const text = formText({ joined: 'and', rows });
    expect(text).toBe("metrics.auc >= 0.9 and params.algorithm in ('ridge', 'it''s') and tags.x is null");
    expect(problemOf(text)).toBeNull();
  });

  it.each([
    ['metrics.test.auc', 'metrics.test.auc'],
    ['params.max depth', 'params.`max depth`'],
    ['params.a`b', 'params.`a``b`'],
    ['like', '`like`'],
  ])('the name %s is written %s and reads back', (name, written) => {
    expect(writeName(name)).toBe(written);
    expect(parseFilter(`${written} = 1`)).toMatchObject({ name });
  });
});
