// Cuts the text of a filter into tokens, each with its place; the same grammar as the host's, which has the last word.

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=';

export type Token =
  | { kind: 'word'; text: string }
  | { kind: 'quoted'; text: string; quote: string }
  | { kind: 'number'; value: number }
  | { kind: 'operator'; operator: Operator }
  | { kind: '(' | ')' | ',' | '.' };

export interface Placed {
  token: Token;
  /** 0-based, in characters (not in UTF-16 units). */
  from: number;
  to: number;
  /** No blank stands between this token and the one before. */
  joined: boolean;
}

/** What is wrong with the text of a filter, and where. */
export class FilterError extends Error {
  /** 0-based, in characters; the length of the text when something is missing at its end. */
  readonly position_chars: number;

  constructor(message: string, position_chars: number) {
    super(message);
    this.name = 'FilterError';
    this.position_chars = position_chars;
  }
}

const OPERATORS: readonly [string, Operator][] = [
  ['==', '='],
  ['!=', '!='],
  ['<>', '!='],
  ['<=', '<='],
  ['>=', '>='],
  ['=', '='],
  ['<', '<'],
  ['>', '>'],
];

const isWord = (c: string | undefined) => c !== undefined && /[\p{Alphabetic}\p{N}_\-/:]/u.test(c);
const beginsWord = (c: string) => /[\p{Alphabetic}_]/u.test(c);
const isDigit = (c: string | undefined) => c !== undefined && c >= '0' && c <= '9';
const isBlank = (c: string | undefined) => c !== undefined && /\s/.test(c);

/** Throws a `FilterError`. */
export function lex(text: string): Placed[] {
  const chars = Array.from(text);
  const tokens: Placed[] = [];
  let at = 0;
  for (;;) {
    const before = at;
    while (isBlank(chars[at])) at += 1;
    if (at >= chars.length) return tokens;
    const { token, to } = read(chars, at);
    tokens.push({ token, from: at, to, joined: before === at && at > 0 });
    at = to;
  }
}

interface Read {
  token: Token;
  to: number;
}

function read(chars: readonly string[], at: number): Read {
  const first = chars[at] ?? '';
  const second = chars[at + 1];
  if (first === '(' || first === ')' || first === ',') return { token: { kind: first }, to: at + 1 };
  const [sign, operator] = OPERATORS.find(([sign]) => sign === chars.slice(at, at + sign.length).join('')) ?? [];
  if (sign && operator) return { token: { kind: 'operator', operator }, to: at + sign.length };
  if (first === "'" || first === '"' || first === '`') return quoted(chars, at, first);
  if (isDigit(first)) return number(chars, at);
  if ((first === '-' || first === '+') && (isDigit(second) || second === '.')) return number(chars, at);
  if (first === '.') {
    const before = chars[at - 1];
    const joins = isWord(before) || before === '`' || before === '"';
    return isDigit(second) && !joins ? number(chars, at) : { token: { kind: '.' }, to: at + 1 };
  }
  if (!beginsWord(first)) throw new FilterError(`\`${first}\` means nothing here`, at);
  let to = at;
  while (isWord(chars[to])) to += 1;
  return { token: { kind: 'word', text: chars.slice(at, to).join('') }, to };
}

function quoted(chars: readonly string[], at: number, quote: string): Read {
  let text = '';
  let to = at + 1;
  while (to < chars.length) {
    const c = chars[to] ?? '';
    to += 1;
    if (c !== quote) text += c;
    else if (chars[to] === quote) {
      text += quote;
      to += 1;
    } else return { token: { kind: 'quoted', text, quote }, to };
  }
  throw new FilterError(`the quote ${quote} is not closed`, at);
}

function number(chars: readonly string[], at: number): Read {
  let to = at;
  const digits = () => {
    while (isDigit(chars[to])) to += 1;
  };
  if (chars[to] === '-' || chars[to] === '+') to += 1;
  digits();
  if (chars[to] === '.') {
    to += 1;
    digits();
  }
  const skip = chars[to + 1] === '-' || chars[to + 1] === '+' ? 2 : 1;
  if ((chars[to] === 'e' || chars[to] === 'E') && isDigit(chars[to + skip])) {
    to += skip;
    digits();
  }
  while (isWord(chars[to])) to += 1;
  const text = chars.slice(at, to).join('');
  const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  if (Number.isNaN(value)) {
    throw new FilterError(`\`${text}\` is no number; put quotes around a text and \`back-ticks\` around a name`, at);
  }
  if (!Number.isFinite(value)) throw new FilterError(`\`${text}\` is too large a number`, at);
  return { token: { kind: 'number', value }, to };
}
