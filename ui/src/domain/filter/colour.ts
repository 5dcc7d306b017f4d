// The text of a filter cut into pieces for display; together they are the text again, whatever is wrong with it.

import { FilterError, lex, type Placed } from './lex';
import { KEYWORDS, problemOf } from './parse';

export interface FilterPart {
  text: string;
  kind: 'plain' | 'prefix' | 'keyword' | 'operator' | 'value';
  /** The piece at which reading stopped. */
  wrong: boolean;
}

const PREFIXES = ['metrics', 'params', 'tags', 'attributes'];

export function colourWords(text: string): FilterPart[] {
  const chars = Array.from(text);
  const problem = problemOf(text);
  const tokens = lexSome(text);
  const parts: FilterPart[] = [];
  let at = 0;
  const put = (to: number, kind: FilterPart['kind']) => {
    if (to <= at) return;
    const wrong = problem !== null && problem.position_chars >= at && problem.position_chars < to;
    parts.push({ text: chars.slice(at, to).join(''), kind, wrong });
    at = to;
  };
  tokens.forEach((placed, i) => {
    put(placed.from, 'plain');
    put(placed.to, kindOf(placed, tokens[i + 1]));
  });
  put(chars.length, 'plain');
  return parts;
}

function kindOf({ token, joined }: Placed, next: Placed | undefined): FilterPart['kind'] {
  if (token.kind === 'operator') return 'operator';
  if (token.kind === 'number' || (token.kind === 'quoted' && token.quote !== '`')) return 'value';
  if (token.kind !== 'word') return 'plain';
  if (next?.token.kind === '.' && PREFIXES.includes(token.text)) return 'prefix';
  return KEYWORDS.includes(token.text.toLowerCase()) && !joined ? 'keyword' : 'plain';
}

/** Tokens up to where they cannot be read. */
function lexSome(text: string): Placed[] {
  try {
    return lex(text);
  } catch (cause) {
    if (!(cause instanceof FilterError)) throw cause;
    return lex(Array.from(text).slice(0, cause.position_chars).join(''));
  }
}
