// What may come next in a filter that is being typed: a name, an operator, a value, a word that joins conditions.

import { OPERATORS } from './build';
import { FilterError, lex, type Placed } from './lex';

export interface Asked {
  kind: 'name' | 'operator' | 'value' | 'join';
  /** The part of the text that a completion replaces, in UTF-16 units. */
  from: number;
  to: number;
  /** What is typed of it so far, without an opening quote. */
  typed: string;
  /** Of an operator or a value: the name before it. */
  name: string;
}

export interface Completion {
  /** Put in place of what was typed. */
  text: string;
  /** What is shown, when it is not the same. */
  shown?: string;
  note?: string;
}

/** A name that a filter may use. */
export interface NameHint {
  /** `params.max depth`: what a host is asked for. */
  name: string;
  /** As a filter writes it. */
  text: string;
  note?: string;
  /** Its values are figures, which are compared. */
  numeric?: boolean;
}

const MOST = 12;
const JOINS = ['and', 'or'];
const WORDY = /[\p{Alphabetic}\p{N}_\-/:@.]/u;

/** What stands at the cursor (in UTF-16 units); null where nothing can be completed. */
export function askedAt(text: string, cursor: number): Asked | null {
  const before = Array.from(text.slice(0, cursor));
  const { tokens, broken_at } = lexSome(before);
  const walk = walkTokens(tokens);
  const last = tokens.at(-1);
  const units = (chars: number) => before.slice(0, chars).join('').length;
  const made = (kind: Asked['kind'], from: number): Asked => {
    const typed = before.slice(from).join('');
    return { kind, from: units(from), to: endOf(text, cursor), typed: typed.replace(/^['"]/, ''), name: walk.name };
  };
  if (broken_at !== null) {
    // Only a quote that is open can be completed: `metrics.\`odd na`, `'fore`.
    if (!/['"`]/.test(before[broken_at] ?? '')) return null;
    const ofName = walk.state === 'operator' && last?.token.kind === '.' && last.to === broken_at;
    if (ofName) return made('name', walk.from);
    return walk.state === 'name' || walk.state === 'value' ? made(walk.state, broken_at) : null;
  }
  const touches = last !== undefined && last.to === before.length && !['(', ')', ','].includes(last.token.kind);
  if (touches) return walk.before === 'none' ? null : made(walk.before, walk.from);
  return walk.state === 'none' ? null : made(walk.state, before.length);
}

/** Completions of a name; those that begin as typed first, then by how many runs have them, as given. */
export function nameCompletions(typed: string, names: readonly NameHint[]): Completion[] {
  const wanted = typed.toLowerCase().replaceAll('`', '');
  const rank = ({ name }: NameHint) => {
    const own = name.toLowerCase();
    if (own.startsWith(wanted)) return 0;
    if (own.slice(own.indexOf('.') + 1).startsWith(wanted)) return 1;
    return own.includes(wanted) ? 2 : 3;
  };
  return names
    .map((hint) => ({ hint, place: rank(hint) }))
    .filter(({ hint, place }) => place < 3 && hint.text !== typed)
    .sort((a, b) => a.place - b.place)
    .slice(0, MOST)
    .map(({ hint }) => ({ text: `${hint.text} `, shown: hint.text, note: hint.note }));
}

export function operatorCompletions(typed: string, numeric: boolean): Completion[] {
  const fits = (value: string) => (numeric ? !/like|in$/.test(value) : !/[<>]/.test(value));
  const after = (value: string) => (value.startsWith('is ') ? `${value} ` : value === 'in' ? 'in (' : `${value} `);
  return OPERATORS.filter(({ value }) => fits(value) && value.startsWith(typed.toLowerCase()) && value !== typed).map(
    ({ value, text }) => ({ text: after(value), shown: value, note: text }),
  );
}

export function joinCompletions(typed: string): Completion[] {
  return JOINS.filter((word) => word.startsWith(typed.toLowerCase()) && word !== typed).map((word) => ({
    text: `${word} `,
    shown: word,
  }));
}

type State = Asked['kind'] | 'none';

interface Walk {
  /** What may come after the last token. */
  state: State;
  /** What the last token is part of, and where that begins, in characters. */
  before: State;
  from: number;
  name: string;
}

/** Follows the grammar as far as the tokens go; `none` where nothing can be told. */
function walkTokens(tokens: readonly Placed[]): Walk {
  const walk: Walk = { state: 'name', before: 'none', from: 0, name: '' };
  let inList = false;
  const to = (state: State, before: State, from: number) => Object.assign(walk, { state, before, from });
  for (const { token, from, joined } of tokens) {
    const word = token.kind === 'word' ? token.text.toLowerCase() : '';
    if (walk.state === 'operator' && joined && (token.kind === '.' || walk.name.endsWith('.'))) {
      walk.name += token.kind === '.' ? '.' : 'text' in token ? token.text : '';
    } else if (inList) {
      if (token.kind === ')') inList = false;
      to(inList ? 'value' : 'join', inList ? 'value' : 'none', from);
    } else if (walk.state === 'name') {
      if (token.kind === '(') continue;
      if (word === 'not') to('name', 'name', from);
      else if (token.kind === 'word' || token.kind === 'quoted') {
        to('operator', 'name', from);
        walk.name = token.text;
      } else return Object.assign(walk, { state: 'none', before: 'none' });
    } else if (walk.state === 'operator') {
      if (token.kind === 'operator' || word === 'like' || word === 'ilike') to('value', 'operator', from);
      else if (word === 'in') {
        inList = true;
        to('value', 'operator', from);
      } else if (word === 'null') to('join', 'operator', walk.from);
      else if (word === 'is') to('operator', 'operator', from);
      else if (word === 'not') to('operator', 'operator', walk.before === 'operator' ? walk.from : from);
      else to('operator', 'operator', from);
    } else if (walk.state === 'value') {
      to('join', 'value', from);
    } else if (walk.state === 'join') {
      if (token.kind === ')') to('join', 'none', from);
      else if (JOINS.includes(word)) to('name', 'join', from);
      else to('join', 'join', from);
    }
  }
  return walk;
}

/** Tokens up to where they cannot be read, and that place. */
function lexSome(chars: readonly string[]): { tokens: Placed[]; broken_at: number | null } {
  try {
    return { tokens: lex(chars.join('')), broken_at: null };
  } catch (cause) {
    if (!(cause instanceof FilterError)) throw cause;
    return { tokens: lex(chars.slice(0, cause.position_chars).join('')), broken_at: cause.position_chars };
  }
}

/** The end of the word under the cursor. */
function endOf(text: string, cursor: number): number {
  let to = cursor;
  while (to < text.length && WORDY.test(text[to] ?? '')) to += 1;
  return text[to] === "'" && to > cursor ? to + 1 : to;
}
