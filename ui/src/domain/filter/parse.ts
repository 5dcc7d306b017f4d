// Reads a filter: `metrics.test.accuracy > 0.9 and (params.algorithm = "ridge" or tags.note is not null)`.

import { FilterError, lex, type Operator, type Placed, type Token } from './lex';

export type Literal = number | string | boolean;

export type Filter =
  | { is: 'all' }
  | { is: 'and' | 'or'; of: Filter[] }
  | { is: 'not'; of: Filter }
  | { is: 'compare'; name: string; operator: Operator; value: Literal }
  | { is: 'like'; name: string; pattern: string; ignore_case: boolean; negated: boolean }
  | { is: 'in'; name: string; values: Literal[]; negated: boolean }
  | { is: 'null'; name: string; negated: boolean };

/** Words that are no names unless quoted. */
export const KEYWORDS = ['and', 'or', 'not', 'in', 'is', 'null', 'like', 'ilike', 'true', 'false'];

/** Parentheses and `not` may nest this deep. */
const MAX_DEPTH = 100;

/** Reads a filter; throws a `FilterError`. */
export function parseFilter(text: string): Filter {
  const tokens = lex(text);
  if (tokens.length === 0) return { is: 'all' };
  const parser = new Parser(tokens, Array.from(text).length);
  const filter = parser.or(0);
  parser.end();
  return filter;
}

/** What is wrong with the text; null when nothing is. */
export function problemOf(text: string): FilterError | null {
  try {
    parseFilter(text);
    return null;
  } catch (cause) {
    if (cause instanceof FilterError) return cause;
    throw cause;
  }
}

class Parser {
  private readonly tokens: readonly Placed[];
  private readonly length: number;
  private next = 0;

  constructor(tokens: readonly Placed[], length: number) {
    this.tokens = tokens;
    this.length = length;
  }

  or(depth: number): Filter {
    const of = [this.and(depth)];
    while (this.eat('or')) of.push(this.and(depth));
    return join(of, 'or');
  }

  end(): void {
    const token = this.token();
    if (!token) return;
    if (token.kind === ')') this.fail('this `)` has no `(`');
    this.fail(`\`and\` or \`or\` must stand before ${this.found()}`);
  }

  private and(depth: number): Filter {
    const of = [this.not(depth)];
    while (this.eat('and')) of.push(this.not(depth));
    return join(of, 'and');
  }

  private not(depth: number): Filter {
    const position = this.position();
    const opens = this.token()?.kind === '(';
    if ((opens || this.isWord('not')) && depth >= MAX_DEPTH) {
      throw new FilterError(`conditions nest deeper than ${MAX_DEPTH}; write it flatter`, position);
    }
    if (this.eat('not')) return { is: 'not', of: this.not(depth + 1) };
    if (!opens) return this.condition();
    this.next += 1;
    const inner = this.or(depth + 1);
    if (this.token()?.kind !== ')') {
      this.fail(`\`)\` must close the \`(\` at character ${position + 1}, before ${this.found()}`);
    }
    this.next += 1;
    return inner;
  }

  private condition(): Filter {
    const name = this.name();
    const token = this.token();
    if (token?.kind === 'operator') {
      this.next += 1;
      return { is: 'compare', name, operator: token.operator, value: this.literal() };
    }
    if (this.eat('is')) {
      const negated = this.eat('not');
      if (!this.eat('null')) this.fail(`\`null\` must follow \`is\`, not ${this.found()}`);
      return { is: 'null', name, negated };
    }
    const negated = this.eat('not');
    if (this.eat('in')) return { is: 'in', name, values: this.list(), negated };
    for (const keyword of ['like', 'ilike']) {
      if (!this.eat(keyword)) continue;
      const position = this.position();
      const pattern = this.literal();
      if (typeof pattern !== 'string') {
        throw new FilterError(`a pattern in quotes must follow \`${keyword}\``, position);
      }
      return { is: 'like', name, pattern, ignore_case: keyword === 'ilike', negated };
    }
    return this.fail(
      `a comparison (=, !=, <, <=, >, >=, like, ilike, in, is null) must follow \`${name}\`, not ${this.found()}`,
    );
  }

  private name(): string {
    let name = this.part(true);
    while (this.token()?.kind === '.') {
      this.next += 1;
      name += `.${this.part(false)}`;
    }
    return name;
  }

  private part(first: boolean): string {
    const placed = this.tokens[this.next];
    const token = placed?.token;
    if (placed && (first || placed.joined)) {
      const isName = token?.kind === 'word' && !(first && KEYWORDS.includes(token.text.toLowerCase()));
      if (isName || (token?.kind === 'quoted' && token.quote !== "'")) {
        this.next += 1;
        return token.text;
      }
    }
    return this.fail(`a name must ${first ? 'stand here' : 'follow the dot'}, not ${this.found()}`);
  }

  private literal(): Literal {
    const token = this.token();
    const value = token && literalOf(token);
    if (value !== undefined) {
      this.next += 1;
      return value;
    }
    if (this.isWord('null')) this.fail('nothing equals `null`; write `is null` or `is not null`');
    if (token?.kind === 'word') this.fail(`a value must stand here; put quotes around a text: '${token.text}'`);
    return this.fail(`a value must stand here, not ${this.found()}`);
  }

  private list(): Literal[] {
    if (this.token()?.kind !== '(') this.fail(`\`(\` must follow \`in\`, not ${this.found()}`);
    const values: Literal[] = [];
    do {
      this.next += 1;
      values.push(this.literal());
    } while (this.token()?.kind === ',');
    if (this.token()?.kind !== ')') this.fail(`\`,\` or \`)\` must stand here, not ${this.found()}`);
    this.next += 1;
    return values;
  }

  private token(): Token | undefined {
    return this.tokens[this.next]?.token;
  }

  private position(): number {
    return this.tokens[this.next]?.from ?? this.length;
  }

  private isWord(word: string): boolean {
    const token = this.token();
    return token?.kind === 'word' && token.text.toLowerCase() === word;
  }

  private eat(word: string): boolean {
    const found = this.isWord(word);
    if (found) this.next += 1;
    return found;
  }

  private fail(message: string): never {
    throw new FilterError(message, this.position());
  }

  private found(): string {
    const token = this.token();
    if (!token) return 'the end';
    if (token.kind === 'quoted') return `${token.quote}${token.text}${token.quote}`;
    if (token.kind === 'word') return `\`${token.text}\``;
    if (token.kind === 'number') return `\`${token.value}\``;
    return `\`${token.kind === 'operator' ? token.operator : token.kind}\``;
  }
}

function literalOf(token: Token): Literal | undefined {
  if (token.kind === 'number') return token.value;
  if (token.kind === 'quoted' && token.quote !== '`') return token.text;
  if (token.kind !== 'word') return undefined;
  const word = token.text.toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

function join(of: Filter[], is: 'and' | 'or'): Filter {
  const [only] = of;
  return of.length === 1 && only ? only : { is, of };
}
