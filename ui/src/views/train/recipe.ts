// A recipe as a table, one line a column, and back. Only what such a table can say is written: fill, then encode.

import type { Column } from '../../gen/Column';
import type { ColumnType } from '../../gen/ColumnType';
import type { DatePart } from '../../gen/DatePart';
import type { ImputeStrategy } from '../../gen/ImputeStrategy';
import type { Recipe } from '../../gen/Recipe';
import type { Step } from '../../gen/Step';

export type Fill = 'none' | ImputeStrategy['strategy'];
/** Steps that make of one column what the model takes, and that need no more than the column. */
const PLAIN = ['standardise', 'min_max', 'robust', 'power', 'log', 'square', 'frequency', 'passthrough'] as const;
type Plain = (typeof PLAIN)[number];
export type Encoding = Plain | 'one_hot' | 'ordinal' | 'date_parts' | 'tfidf';

export interface RecipeRow {
  name: string;
  kind: ColumnType;
  used: boolean;
  /** Why it is left out; empty for a column that is used. */
  reason: string;
  fill: Fill;
  /** What a missing value becomes when `fill` is `constant`. */
  fill_value: string;
  encoding: Encoding;
  /** One-hot: the most categories that become a feature. */
  max_categories: number;
  /** Words: the most that become a feature. */
  max_words: number;
  /** Words: whether their number is a feature too. */
  counted: boolean;
  /** One-hot and words: the fewest rows that a category or a word with a feature has. */
  min_count: number;
  /** One-hot: the feature of all other values; null for none. */
  rare: string | null;
  /** Whether a feature says that a value was missing. */
  indicator: boolean;
  /** Date parts: which. */
  parts: readonly DatePart[];
  /** Ordinal: the order of the categories; empty for that of the alphabet. */
  order: readonly string[];
}

const RECIPE_SCHEMA = 1;
/** What the feature of all other categories is called. */
export const RARE = '(other)';
const MAX_CATEGORIES = 32;
const MAX_WORDS = 64;
const BY_HAND = 'left out by hand';
const DATE_PARTS: readonly DatePart[] = ['year', 'month', 'day', 'weekday', 'day_of_year'];

export function fillsFor(kind: ColumnType): readonly { value: Fill; text: string }[] {
  const any = [
    { value: 'mode' as const, text: 'most frequent' },
    { value: 'constant' as const, text: 'this value' },
    { value: 'none' as const, text: 'not filled' },
  ];
  if (kind === 'text' || kind === 'boolean') return any;
  if (isTime(kind)) return [{ value: 'median', text: 'median' }, ...any.filter(({ value }) => value !== 'constant')];
  return [{ value: 'median', text: 'median' }, { value: 'mean', text: 'mean' }, ...any];
}

export function encodingsFor(kind: ColumnType): readonly { value: Encoding; text: string }[] {
  if (kind === 'text')
    return [
      { value: 'one_hot', text: 'one-hot' },
      { value: 'ordinal', text: 'ordinal' },
      { value: 'frequency', text: 'share of rows' },
      { value: 'tfidf', text: 'words' },
    ];
  if (isTime(kind))
    return [
      { value: 'date_parts', text: 'date parts' },
      { value: 'standardise', text: 'standardise' },
    ];
  return [
    { value: 'standardise', text: 'standardise' },
    { value: 'min_max', text: 'min-max' },
    { value: 'robust', text: 'robust' },
    { value: 'power', text: 'power' },
    { value: 'log', text: 'log' },
    { value: 'square', text: 'square' },
    { value: 'passthrough', text: 'as it is' },
  ];
}

function isTime(kind: ColumnType): boolean {
  return kind === 'date' || kind === 'datetime';
}

/** One line for every column but the target. */
export function toRows(recipe: Recipe, columns: readonly Column[], target: string): RecipeRow[] {
  const inputs = new Set(recipe.inputs.map(({ name }) => name));
  const reasons = new Map(recipe.left_out.map(({ column, reason }) => [column, reason]));
  return columns
    .filter(({ name }) => name !== target)
    .map(({ name, kind }) => {
      const row: RecipeRow = {
        name,
        kind,
        used: inputs.has(name),
        reason: inputs.has(name) ? '' : (reasons.get(name) ?? 'not in the recipe'),
        fill: inputs.has(name) ? 'none' : kind === 'text' ? 'constant' : kind === 'boolean' ? 'mode' : 'median',
        fill_value: kind === 'text' ? '(missing)' : '0',
        encoding: firstEncoding(kind, inputs.has(name)),
        max_categories: MAX_CATEGORIES,
        max_words: MAX_WORDS,
        counted: false,
        min_count: 0,
        rare: null,
        indicator: false,
        parts: DATE_PARTS,
        order: [],
      };
      return recipe.steps.filter((step) => step.columns.includes(name)).reduce(applied, row);
    });
}

export function toRecipe(rows: readonly RecipeRow[]): Recipe {
  const used = rows.filter((row) => row.used);
  return {
    schema: RECIPE_SCHEMA,
    inputs: used.map(({ name, kind }) => ({ name, kind })),
    steps: [fillStep, countStep, encodeStep, scaleStep].flatMap((stepOf) => group(used, stepOf)),
    left_out: rows.filter((row) => !row.used).map(({ name, reason }) => ({ column: name, reason: reason || BY_HAND })),
  };
}

/** Whether the table says all of a recipe: fill and encode once a column, and no other step. */
export function isTabular(recipe: Recipe, columns: readonly Column[], target: string): boolean {
  const parts = (own: Recipe) =>
    own.steps
      .flatMap((step) => step.columns.map((column) => JSON.stringify({ ...step, columns: [column] })))
      .sort()
      .join();
  return parts(toRecipe(toRows(recipe, columns, target))) === parts(recipe);
}

/** The rows with one of them used or left out. */
export function withUse(row: RecipeRow, used: boolean): RecipeRow {
  return { ...row, used, reason: used ? '' : BY_HAND };
}

/** What keeps a line from being trained on; null when nothing does. */
export function rowProblem(row: RecipeRow, n_missing: number): string | null {
  if (!row.used) return null;
  if (row.kind !== 'text' && row.fill === 'none' && n_missing > 0) return 'missing values must become something';
  if (row.kind !== 'text' && row.fill === 'constant' && !isNumber(row.fill_value)) return 'write a number';
  if (row.encoding === 'one_hot' && !(Number.isInteger(row.max_categories) && row.max_categories >= 1))
    return 'keep at least 1 category';
  if (row.encoding === 'tfidf' && !(Number.isInteger(row.max_words) && row.max_words >= 1))
    return 'keep at least 1 word';
  return null;
}

export function sameRows(a: readonly RecipeRow[], b: readonly RecipeRow[]): boolean {
  return JSON.stringify(toRecipe(a)) === JSON.stringify(toRecipe(b));
}

function firstEncoding(kind: ColumnType, used: boolean): Encoding {
  if (kind === 'text') return 'one_hot';
  if (isTime(kind)) return 'date_parts';
  return used || kind === 'boolean' ? 'passthrough' : 'standardise';
}

function applied(row: RecipeRow, step: Step): RecipeRow {
  switch (step.step) {
    case 'impute':
      return {
        ...row,
        fill: step.strategy.strategy,
        fill_value: step.strategy.strategy === 'constant' ? step.strategy.value : row.fill_value,
        indicator: step.indicator,
      };
    case 'one_hot':
      return {
        ...row,
        encoding: 'one_hot',
        max_categories: step.max_categories,
        min_count: step.min_count,
        rare: step.rare,
      };
    case 'text_length':
      return { ...row, counted: true };
    case 'tfidf':
      return { ...row, encoding: 'tfidf', max_words: step.max_words, min_count: step.min_count };
    case 'date_parts':
      return { ...row, encoding: 'date_parts', parts: step.parts };
    case 'ordinal':
      return { ...row, encoding: 'ordinal', order: step.order };
    default:
      // The parts of a date are standardised after they are made.
      if (row.encoding === 'date_parts') return row;
      return isPlain(step.step) ? { ...row, encoding: step.step } : row;
  }
}

function isPlain(step: Step['step']): step is Plain {
  return PLAIN.some((plain) => plain === step);
}

function fillStep(row: RecipeRow): Step | null {
  if (row.fill === 'none') return null;
  const strategy: ImputeStrategy =
    row.fill === 'constant' ? { strategy: 'constant', value: row.fill_value } : { strategy: row.fill };
  return { step: 'impute', columns: [row.name], strategy, indicator: row.indicator };
}

function encodeStep(row: RecipeRow): Step {
  const columns = [row.name];
  switch (row.encoding) {
    case 'one_hot':
      return {
        step: 'one_hot',
        columns,
        max_categories: row.max_categories,
        min_count: row.min_count,
        rare: row.rare,
      };
    case 'tfidf':
      return { step: 'tfidf', columns, max_words: row.max_words, min_count: row.min_count };
    case 'date_parts':
      return { step: 'date_parts', columns, parts: [...row.parts] };
    case 'ordinal':
      return { step: 'ordinal', columns, order: [...row.order] };
    default:
      return { step: row.encoding, columns };
  }
}

function countStep(row: RecipeRow): Step | null {
  return isCounted(row) ? { step: 'text_length', columns: [row.name] } : null;
}

function isCounted(row: RecipeRow): boolean {
  return row.encoding === 'tfidf' && row.counted;
}

/** The parts of a date are numbers of very different size, and so are numbers of words. */
function scaleStep(row: RecipeRow): Step | null {
  if (isCounted(row)) return { step: 'standardise', columns: [`${row.name}_n_words`] };
  return row.encoding === 'date_parts' ? { step: 'standardise', columns: [row.name] } : null;
}

/** Steps that differ only in their columns become one. */
function group(rows: readonly RecipeRow[], stepOf: (row: RecipeRow) => Step | null): Step[] {
  const steps = new Map<string, Step>();
  for (const row of rows) {
    const step = stepOf(row);
    if (!step) continue;
    const key = JSON.stringify({ ...step, columns: [] });
    const known = steps.get(key);
    if (known) known.columns.push(...step.columns);
    else steps.set(key, step);
  }
  return [...steps.values()];
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}
