import { describe, expect, it } from 'vitest';
import { askedAt, joinCompletions, nameCompletions, operatorCompletions } from './complete';

/** The bar is the cursor. */
function at(text: string) {
  const cursor = text.indexOf('|');
  const asked = askedAt(text.replace('|', ''), cursor);
  return asked && [asked.kind, asked.from, asked.to, asked.typed, asked.name];
}

describe('what stands at the cursor', () => {
  it.each([
    ['|', ['name', 0, 0, '', '']],
    ['acc|', ['name', 0, 3, 'acc', 'acc']],
    ['metrics.|', ['name', 0, 8, 'metrics.', 'metrics.']],
    ['metrics.test.acc|uracy', ['name', 0, 21, 'metrics.test.acc', 'metrics.test.acc']],
    ['metrics.`odd na|', ['name', 0, 15, 'metrics.`odd na', 'metrics.']],
    ['(params.a = 1 or par|', ['name', 17, 20, 'par', 'par']],
    ['not |', ['name', 4, 4, '', '']],
    ['params.depth |', ['operator', 13, 13, '', 'params.depth']],
    ['params.depth l|', ['operator', 13, 14, 'l', 'params.depth']],
    ['params.depth is |', ['operator', 16, 16, '', 'params.depth']],
    ['params.depth = |', ['value', 15, 15, '', 'params.depth']],
    ['params.depth = 1|', ['value', 15, 16, '1', 'params.depth']],
    ["params.kind = 'fo|", ['value', 14, 17, 'fo', 'params.kind']],
    ["params.kind in ('a', |", ['value', 21, 21, '', 'params.kind']],
    ["params.kind in ('a') |", ['join', 21, 21, '', 'params.kind']],
    ['params.depth = 1 |', ['join', 17, 17, '', 'params.depth']],
    ['params.depth = 1 an|', ['join', 17, 19, 'an', 'params.depth']],
    ['params.depth is not null |', ['join', 25, 25, '', 'params.depth']],
    ['params.depth = 1 and |', ['name', 21, 21, '', 'params.depth']],
    ["params.é = '😀' and me|", ['name', 20, 22, 'me', 'me']],
    ['params.depth = 1 # |', null],
    ['= |', null],
  ])('%s', (text, expected) => expect(at(text)).toEqual(expected));
});

describe('completions', () => {
  const names = [
    { name: 'metrics.test.accuracy', text: 'metrics.test.accuracy', numeric: true },
    { name: 'params.max depth', text: 'params.`max depth`' },
    { name: 'tags.accent', text: 'tags.accent' },
  ];
  it('of names: what begins as typed stands first, with or without its prefix', () => {
    const shown = (typed: string) => nameCompletions(typed, names).map((own) => own.shown);
    expect(shown('acc')).toEqual(['tags.accent', 'metrics.test.accuracy']);
    expect(shown('metr')).toEqual(['metrics.test.accuracy']);
    expect(shown('MAX')).toEqual(['params.`max depth`']);
    expect(shown('')).toHaveLength(3);
    expect(shown('tags.accent')).toEqual([]);
  });
  it('of operators: figures are compared, texts are like', () => {
    const texts = (typed: string, numeric: boolean) =>
      operatorCompletions(typed, numeric).map((own) => own.text.trim());
    expect(texts('', true)).toEqual(['=', '!=', '>', '>=', '<', '<=', 'is null', 'is not null']);
    expect(texts('', false)).toEqual(['=', '!=', 'like', 'ilike', 'in (', 'is null', 'is not null']);
    expect(texts('>', true)).toEqual(['>=']);
  });
  it('of what joins', () => expect(joinCompletions('a').map((own) => own.text)).toEqual(['and ']));
});
