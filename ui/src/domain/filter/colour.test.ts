import { expect, it } from 'vitest';
import { colourWords } from './colour';

it.each(['', 'metrics.a > 1 and x', 'a = "unclosed', 'é ?? 3', '((', 'params.`b c` in (1, 2)'])(
  'the pieces of %j are the text again',
  (text) =>
    expect(
      colourWords(text)
        .map((part) => part.text)
        .join(''),
    ).toBe(text),
);

it('tells prefixes, keywords, operators and values apart, and marks where reading stopped', () => {
  const parts = colourWords('metrics.or >> 0.9 OR x');
  const kinds = parts.filter(({ text }) => text.trim() !== '').map(({ text, kind }) => `${text} ${kind}`);
  expect(kinds).toEqual([
    'metrics prefix',
    '. plain',
    'or plain',
    '> operator',
    '> operator',
    '0.9 value',
    'OR keyword',
    'x plain',
  ]);
  expect(parts.filter(({ wrong }) => wrong).map(({ text }) => text)).toEqual(['>']);
});
