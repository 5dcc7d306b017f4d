// A recipe as a table, one line a column, and back. Only what such a table can say is written: fill, then encode.

import type { Column } from '../../gen/Column';
import type { ColumnType } from '../../gen/ColumnType';
import type { ImputeStrategy } from '../../gen/ImputeStrategy';
import type { Recipe } from '../../gen/Recipe';
import type { Step } from '../../gen/Step';

export type Fill = 'none' | ImputeStrategy['strategy'];
export type Encoding = 'standardise' | 'passthrough' | 'one_hot' | 'ordinal';

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
  /** Ordinal: the order of the categories; empty for that of the alphabet. */
  order: readonly string[];
}

const RECIPE_SCHEMA = 1;
const MAX_CATEGORIES = 32;
const BY_HAND = 'left out by hand';

export function fillsFor(kind: ColumnType): readonly { value: Fill; text: string }[] {
  const any = [
    { value: 'mode' as const, text: 'most frequent' },
    { value: 'constant' as const, text: 'this value' },
    { value: 'none' as const, text: 'not filled' },
  ];
  if (kind === 'text' || kind === 'boolean') return any;
  return [{ value: 'median', text: 'median' }, { value: 'mean', text: 'mean' }, ...any];
}

export function encodingsFor(kind: ColumnType): readonly { value: Encoding; text: string }[] {
  return kind === 'text'
    ? [
        { value: 'one_hot', text: 'one-hot' },
        { value: 'ordinal', text: 'ordinal' },
      ]
    : [
        { value: 'standardise', text: 'standardise' },
        { value: 'passthrough', text: 'as it is' },
      ];
}

/** Dates have no step yet. */
export function canBeUsed(kind: ColumnType): boolean {
  return kind !== 'date' && kind !== 'datetime';
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
        encoding: kind === 'text' ? 'one_hot' : inputs.has(name) || kind === 'boolean' ? 'passthrough' : 'standardise',
        max_categories: MAX_CATEGORIES,
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
    steps: [...group(used, fillStep), ...group(used, encodeStep)],
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
  return null;
}

export function sameRows(a: readonly RecipeRow[], b: readonly RecipeRow[]): boolean {
  return JSON.stringify(toRecipe(a)) === JSON.stringify(toRecipe(b));
}

function applied(row: RecipeRow, step: Step): RecipeRow {
  switch (step.step) {
    case 'impute':
      return {
        ...row,
        fill: step.strategy.strategy,
        fill_value: step.strategy.strategy === 'constant' ? step.strategy.value : row.fill_value,
      };
    case 'one_hot':
      return { ...row, encoding: 'one_hot', max_categories: step.max_categories };
    case 'ordinal':
      return { ...row, encoding: 'ordinal', order: step.order };
    case 'standardise':
    case 'passthrough':
      return { ...row, encoding: step.step };
    default:
      return row;
  }
}

function fillStep(row: RecipeRow): Step | null {
  if (row.fill === 'none') return null;
  const strategy: ImputeStrategy =
    row.fill === 'constant' ? { strategy: 'constant', value: row.fill_value } : { strategy: row.fill };
  return { step: 'impute', columns: [row.name], strategy };
}

function encodeStep(row: RecipeRow): Step {
  const columns = [row.name];
  switch (row.encoding) {
    case 'one_hot':
      return { step: 'one_hot', columns, max_categories: row.max_categories };
    case 'ordinal':
      return { step: 'ordinal', columns, order: [...row.order] };
    default:
      return { step: row.encoding, columns };
  }
}

/** Steps that differ only in their columns become one. */
function group(rows: readonly RecipeRow[], stepOf: (row: RecipeRow) => Step | null): Step[] {
  const steps = new Map<string, Step>();
  for (const row of rows) {
    const step = stepOf(row);
    if (!step) continue;
    const key = JSON.stringify({ ...step, columns: [] });
    const known = steps.get(key);
    if (known) known.columns.push(row.name);
    else steps.set(key, step);
  }
  return [...steps.values()];
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}
