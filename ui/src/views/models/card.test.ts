import { describe, expect, it } from 'vitest';
import { cardParts } from './card';

describe('the parts of a card', () => {
  it.each([
    ['---\nlicense: mit\n---\n# A\n', 'license: mit', '# A\n'],
    ['---\r\na: 1\r\nb: 2\r\n---\r\ntext', 'a: 1\r\nb: 2', 'text'],
    ['# A\n\n---\nb\n---\n', '', '# A\n\n---\nb\n---\n'],
    ['---\nnever ends', '', '---\nnever ends'],
    ['', '', ''],
  ])('%j', (text, head, body) => {
    expect(cardParts(text)).toEqual({ head, body });
  });
});
