import { describe, expect, it } from 'vitest';
import { holds, meanings, moved, offered, stepped, toggled } from './choosing';
import { readChoice } from './columnChoice.svelte';

const AVAILABLE = { params: ['depth', 'max depth'], metrics: ['loss', 'test.loss'], tags: [] };

describe('choosing columns', () => {
  it('a search finds every word of it, in any case', () => {
    expect(holds('test.Loss', 'LOSS test')).toBe(true);
    expect(holds('loss', 'loss test')).toBe(false);
    expect(offered(AVAILABLE, 'dep').map(({ heading, columns }) => [heading, columns.map(({ id }) => id)])).toEqual([
      ['Parameters', ['params.depth', 'params.max depth']],
    ]);
  });

  it('a thousand metrics are not listed, but counted', () => {
    const metrics = Array.from({ length: 1000 }, (_, i) => `m${i}`);
    expect(offered({ params: [], metrics, tags: [] }, 'm9').map(({ n_more }) => n_more)).toEqual([51]);
  });

  it('a column comes in behind the last of its kind', () => {
    const ids = ['params.a', 'metrics.loss', 'attributes.status'];
    expect(toggled(ids, 'params.b')).toEqual(['params.a', 'params.b', 'metrics.loss', 'attributes.status']);
    expect(toggled(ids, 'metrics.loss@min')).toEqual([
      'params.a',
      'metrics.loss',
      'metrics.loss@min',
      'attributes.status',
    ]);
    expect(toggled(ids, 'tags.x')).toEqual([...ids, 'tags.x']);
    expect(toggled(ids, 'metrics.loss')).toEqual(['params.a', 'attributes.status']);
  });

  it('is put before another, at the end, one place on', () => {
    const ids = ['a', 'b', 'c'];
    expect(moved(ids, 'c', 'a')).toEqual(['c', 'a', 'b']);
    expect(moved(ids, 'a', null)).toEqual(['b', 'c', 'a']);
    expect(moved(ids, 'b', 'b')).toEqual(ids);
    expect(stepped(ids, 'a', 1)).toEqual(['b', 'a', 'c']);
    expect(stepped(ids, 'a', -1)).toEqual(ids);
    expect(stepped(ids, 'x', 1)).toEqual(ids);
  });

  it('a metric has four meanings', () =>
    expect(meanings('metrics.loss').map(({ id }) => id)).toEqual([
      'metrics.loss',
      'metrics.loss@best',
      'metrics.loss@min',
      'metrics.loss@max',
    ]));
});

it.each([
  [null, { ids: null, sizes: {} }],
  ['{"ids":["a"],"sizes":{"a":80,"b":"x","c":-1}}', { ids: ['a'], sizes: { a: 80 } }],
  ['{"ids":[1]}', { ids: null, sizes: {} }],
  ['not json', { ids: null, sizes: {} }],
])('what is stored as %s', (text, expected) => expect(readChoice(text)).toEqual(expected));
