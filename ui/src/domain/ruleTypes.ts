// The catalogue of the types of rules: how one is found, begun, changed into another, and what is wrong with one.

import type { ArgumentInfo } from '../gen/ArgumentInfo';
import type { Expectation } from '../gen/Expectation';
import type { RuleGroup } from '../gen/RuleGroup';
import type { RuleInfo } from '../gen/RuleInfo';
import { plural } from '../parts/format';

type Kwargs = Expectation['kwargs'];

export const GROUP_WORDS: Record<RuleGroup, string> = {
  missingness: 'Missing values',
  distribution: 'Distribution',
  sets: 'Sets',
  cardinality: 'Cardinality',
  pattern: 'Patterns',
  integrity: 'Across columns',
  order: 'Order',
  schema: 'Schema',
  volume: 'Volume',
  custom: 'Custom',
};

export function infoOf(catalogue: readonly RuleInfo[], rule: Expectation): RuleInfo | undefined {
  return catalogue.find(({ type }) => type === rule.type);
}

/** The types that answer to all words of a search, in groups; a word may be of the title, the help, the name or the group. */
export function findTypes(
  catalogue: readonly RuleInfo[],
  sought: string,
): { group: RuleGroup; types: readonly RuleInfo[] }[] {
  const words = sought.toLowerCase().split(/\s+/).filter(Boolean);
  const found = catalogue.filter((info) => {
    const text = `${info.title} ${info.help} ${info.type} ${GROUP_WORDS[info.group]}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  // Those whose title says it come first.
  const rank = (info: RuleInfo) => (words.every((word) => info.title.toLowerCase().includes(word)) ? 0 : 1);
  return (Object.keys(GROUP_WORDS) as RuleGroup[])
    .map((group) => ({
      group,
      types: found.filter((info) => info.group === group).sort((a, b) => rank(a) - rank(b)),
    }))
    .filter(({ types }) => types.length > 0);
}

/** A new rule with the arguments that can be told beforehand. */
export function newRule(info: RuleInfo, column: string, columns: readonly string[]): Expectation {
  return { type: info.type, kwargs: begin(info, column, columns), severity: 'critical', reason: '' };
}

/** Another type of rule that keeps what the new type takes of the old one's arguments. */
export function withType(rule: Expectation, info: RuleInfo, columns: readonly string[]): Expectation {
  const column = rule.kwargs['column'];
  const kwargs = begin(info, typeof column === 'string' ? column : (columns[0] ?? ''), columns);
  for (const { name, kind } of info.arguments) {
    const value = rule.kwargs[name];
    if (value !== undefined && problemOfValue({ name, kind, value }) === null) kwargs[name] = value;
  }
  return { type: info.type, kwargs, severity: rule.severity, reason: '', ...(rule.notes ? { notes: rule.notes } : {}) };
}

/** What is wrong with a rule before it is saved; null when nothing is. */
export function problemOf(rule: Expectation, info: RuleInfo | undefined, columns: readonly string[]): string | null {
  if (!info) return null;
  for (const argument of info.arguments) {
    const value = rule.kwargs[argument.name];
    if (isEmpty(value)) {
      if (argument.required && argument.default === null) return missing(argument);
      continue;
    }
    const problem = problemOfValue({ ...argument, value });
    if (problem) return `${argument.title}: ${problem}`;
    const gone = namesOf(argument, value).find((name) => !columns.includes(name));
    // That a column exists is what such a rule asks; it fails, and is not wrong.
    if (gone !== undefined && argument.kind === 'column' && info.type !== 'expect_column_to_exist')
      return `there is no column ${gone}`;
    if (gone !== undefined && argument.kind === 'columns' && info.group !== 'schema')
      return `there is no column ${gone}`;
  }
  return problemOfBounds(rule, info);
}

function problemOfBounds(rule: Expectation, info: RuleInfo): string | null {
  const takes = (name: string) => info.arguments.some((argument) => argument.name === name);
  if (!takes('min_value') || info.type === 'expect_column_kl_divergence_to_be_less_than') return null;
  const [least, most] = [rule.kwargs['min_value'] ?? null, rule.kwargs['max_value'] ?? null];
  if (least === null && most === null) return 'name at least one bound';
  if (typeof least === 'number' && typeof most === 'number' && least > most) return 'the lower bound is over the upper';
  return null;
}

/** What is wrong with a value of an argument's kind; null when nothing is. */
function problemOfValue({
  kind,
  value,
  name,
}: Pick<ArgumentInfo, 'kind' | 'name'> & { value: unknown }): string | null {
  switch (kind) {
    case 'number':
      return typeof value === 'number' ? null : 'a number is needed';
    case 'share':
      return typeof value === 'number' && value >= 0 && value <= 1 ? null : 'a share from 0 to 1 is needed';
    case 'count':
      return typeof value === 'number' && Number.isInteger(value) && value >= 0
        ? null
        : 'a whole number from 0 is needed';
    case 'bound':
      return typeof value === 'number' || typeof value === 'string' ? null : 'a number, a date or a text is needed';
    case 'flag':
      return typeof value === 'boolean' ? null : 'yes or no is needed';
    case 'regex':
      return problemOfPattern(value);
    case 'columns': {
      if (!isTexts(value)) return 'a list of columns is needed';
      const twice = value.find((own, i) => value.indexOf(own) < i);
      if (twice !== undefined) return `${twice} is named twice`;
      return name === 'column_list' && value.length < 1 ? 'name the columns' : null;
    }
    case 'texts':
    case 'types':
      return isTexts(value) ? null : 'a list of texts is needed';
    case 'values':
      return Array.isArray(value) && value.every((one) => typeof one !== 'object' || one === null)
        ? null
        : 'a list of values is needed';
    case 'pairs':
      return Array.isArray(value) && value.every((one) => Array.isArray(one) && one.length === 2)
        ? null
        : 'pairs of two values are needed';
    case 'quantiles':
    case 'partition':
    case 'json':
      return typeof value === 'object' && !Array.isArray(value) ? null : 'a JSON object is needed';
    case 'interpolation':
      return typeof value === 'boolean' || typeof value === 'string' ? null : 'the name of an interpolation is needed';
    case 'condition':
      return typeof value === 'string' || typeof value === 'object' ? null : 'a condition is needed';
    case 'column':
    case 'text':
    case 'type':
    case 'choice':
    case 'dataset':
    case 'sql':
      return typeof value === 'string' ? null : 'a text is needed';
  }
}

/** The host has the last word: its grammar of patterns is not quite the window's. */
function problemOfPattern(value: unknown): string | null {
  return typeof value === 'string' ? null : 'a regular expression is needed';
}

function missing(argument: ArgumentInfo): string {
  return argument.kind === 'columns' ? 'name the columns' : `${argument.title} is missing`;
}

function begin(info: RuleInfo, column: string, columns: readonly string[]): Kwargs {
  const kwargs: Kwargs = {};
  for (const { name, kind, required, default: standing } of info.arguments) {
    if (!required) continue;
    if (name === 'column_B') kwargs[name] = columns.find((own) => own !== column) ?? column;
    else if (kind === 'column') kwargs[name] = column;
    else if (kind === 'columns') kwargs[name] = info.group === 'schema' ? [...columns] : columns.slice(0, 2);
    else if (kind === 'type') kwargs[name] = 'float';
    else if (standing !== null) kwargs[name] = standing;
  }
  return kwargs;
}

function namesOf({ kind }: ArgumentInfo, value: unknown): readonly string[] {
  if (kind === 'column') return [String(value)];
  return kind === 'columns' && isTexts(value) ? value : [];
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '' || (Array.isArray(value) && value.length === 0);
}

/** `12 of 57 types`: what a search has left. */
export function foundWords(found: readonly { types: readonly RuleInfo[] }[], n_all: number): string {
  const n = found.reduce((sum, { types }) => sum + types.length, 0);
  return n === n_all ? plural(n, 'type') : `${String(n)} of ${plural(n_all, 'type')}`;
}
