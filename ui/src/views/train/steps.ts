// The steps of a recipe as a list that one can edit: what each kind is called, which fields it has, how they are read.

import type { DatePart } from '../../gen/DatePart';
import type { Recipe } from '../../gen/Recipe';
import type { Step } from '../../gen/Step';

/** How a field is typed: `or none` may stay empty, `some` are several of those named, `json` is what has no other form. */
export type FieldKind =
  | 'whole'
  | 'whole or none'
  | 'number'
  | 'number or none'
  | 'text or none'
  | 'list'
  | 'flag'
  | 'fill'
  | 'json'
  | { options: readonly string[] }
  | { some: readonly string[] };

export interface StepField {
  key: string;
  text: string;
  kind: FieldKind;
  /** What a new step says. */
  usual: unknown;
}

export interface StepForm {
  text: string;
  help: string;
  fields: readonly StepField[];
}

const field = (key: string, text: string, kind: FieldKind, usual: unknown): StepField => ({ key, text, kind, usual });
const plain = (text: string, help: string): StepForm => ({ text, help, fields: [] });

const DATE_PARTS: readonly DatePart[] = ['year', 'month', 'day', 'weekday', 'hour', 'day_of_year'];

const FORMS: Readonly<Record<Step['step'], StepForm>> = {
  impute: {
    text: 'impute',
    help: 'Fills what is missing.',
    fields: [
      field('strategy', 'with', 'fill', { strategy: 'median' }),
      field('indicator', 'a feature says so', 'flag', false),
    ],
  },
  standardise: plain('standardise', 'Less the mean, over the deviation.'),
  one_hot: {
    text: 'one-hot',
    help: 'A feature for each of the most frequent categories; the rest are one more, if that has a name.',
    fields: [
      field('max_categories', 'at most', 'whole', 32),
      field('min_count', 'rows at least', 'whole', 0),
      field('rare', 'the rest as', 'text or none', null),
    ],
  },
  ordinal: {
    text: 'ordinal',
    help: 'The place of a category in an order; without one, that of the alphabet.',
    fields: [field('order', 'order', 'list', [])],
  },
  passthrough: plain('as it is', 'Numbers as they are.'),
  min_max: plain('min-max', 'From 0 to 1 over the training rows.'),
  robust: plain('robust', 'Less the median, over the distance of the quartiles.'),
  power: plain('power', 'Yeo and Johnson, towards a normal shape.'),
  log: plain('log', 'The logarithm of 1 + x, mirrored for negative numbers.'),
  square: plain('square', 'x times x.'),
  frequency: plain('frequency', 'The share of the category.'),
  target: {
    text: 'target',
    help: 'The mean of the target for the category, from other parts of the training rows.',
    fields: [field('smoothing', 'smoothing', 'number or none', null), field('n_folds', 'parts', 'whole', 5)],
  },
  hash: {
    text: 'hash',
    help: 'Categories in buckets by their hash.',
    fields: [field('n_buckets', 'buckets', 'whole', 64)],
  },
  bins: {
    text: 'bins',
    help: 'The interval that a number falls in.',
    fields: [
      field('n_bins', 'bins', 'whole', 10),
      field('method', 'method', { options: ['quantile', 'uniform'] }, 'quantile'),
      field('encoding', 'as', { options: ['ordinal', 'one_hot'] }, 'ordinal'),
    ],
  },
  ratio: plain('ratio', 'The first column over the second.'),
  product: plain('product', 'The first column times the second.'),
  date_parts: {
    text: 'date parts',
    help: 'Year, month, day and the like of a date.',
    fields: [field('parts', 'parts', { some: DATE_PARTS }, ['year', 'month', 'weekday'])],
  },
  text_length: plain(
    'text length',
    'Adds how many words a text has, not characters, which ONNX cannot count. Words stand between spaces.',
  ),
  tfidf: {
    text: 'tf-idf',
    help: 'A feature for each of the most frequent words: how often it is in the text, and how rare it is elsewhere.',
    fields: [field('max_words', 'at most', 'whole', 64), field('min_count', 'rows at least', 'whole', 2)],
  },
  pca: {
    text: 'pca',
    help: 'Columns, all when none is named, become their principal components. Standardise before.',
    fields: [
      field('n_components', 'at most', 'whole or none', 10),
      field('variance', 'share of variance', 'number or none', null),
    ],
  },
  select: plain('select', 'Keeps these columns and no other.'),
  drop: plain('drop', 'Takes these columns out.'),
  variance_filter: {
    text: 'variance filter',
    help: 'Takes out columns that hardly vary.',
    fields: [field('threshold', 'at most', 'number', 0)],
  },
  correlation_filter: {
    text: 'correlation filter',
    help: 'Takes out columns that say what another says.',
    fields: [field('threshold', 'beyond', 'number', 0.95)],
  },
};

/** Kinds that a new step can be. */
export const KINDS = Object.keys(FORMS) as readonly Step['step'][];

function formOf(kind: string): StepForm | undefined {
  return (FORMS as Readonly<Record<string, StepForm>>)[kind];
}

/** Fields that are not in the table follow with what they say, as JSON. */
export function formOfStep(step: Readonly<Record<string, unknown>>): StepForm {
  const kind = String(step['step']);
  const known = formOf(kind) ?? plain(kind.replaceAll('_', ' '), '');
  const others = Object.keys(step)
    .filter((key) => key !== 'step' && key !== 'columns' && !known.fields.some((own) => own.key === key))
    .map((key) => field(key, key.replaceAll('_', ' '), 'json', null));
  return { ...known, fields: [...known.fields, ...others] };
}

export function kindText(kind: string): string {
  return formOf(kind)?.text ?? kind.replaceAll('_', ' ');
}

/** A new step, with the usual values of its fields. */
export function newStep(kind: Step['step'], columns: readonly string[]): Step {
  const fields = FORMS[kind].fields;
  return {
    step: kind,
    columns: [...columns],
    ...Object.fromEntries(fields.map(({ key, usual }) => [key, usual])),
  } as unknown as Step;
}

export function fieldText(value: unknown, kind: FieldKind): string {
  if (value === null || value === undefined) return '';
  if (Array.isArray(value) && kind !== 'json') return value.map(String).join(', ');
  if (kind === 'fill') return fillText(value);
  return typeof value === 'string' && kind !== 'json' ? value : JSON.stringify(value);
}

/** What was typed; `problem` when it is no value of the field. */
export function readField(text: string, kind: FieldKind): { value?: unknown; problem?: string } {
  const typed = text.trim();
  if (typeof kind === 'object') return 'some' in kind ? readSome(typed, kind.some) : { value: typed };
  switch (kind) {
    case 'whole':
    case 'whole or none':
      if (typed === '' && kind !== 'whole') return { value: null };
      return /^\d+$/.test(typed) ? { value: Number(typed) } : { problem: 'a whole number' };
    case 'number':
    case 'number or none':
      if (typed === '' && kind !== 'number') return { value: null };
      return typed !== '' && Number.isFinite(Number(typed)) ? { value: Number(typed) } : { problem: 'a number' };
    case 'list':
      return { value: listed(typed) };
    case 'fill':
      return { value: readFill(typed) };
    case 'flag':
      return { value: typed === 'true' };
    case 'text or none':
      return { value: typed === '' ? null : text };
    case 'json':
      try {
        return { value: typed === '' ? null : (JSON.parse(typed) as unknown) };
      } catch {
        return { problem: 'a value as JSON' };
      }
  }
}

function listed(typed: string): string[] {
  return typed.split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
}

/** Words are written as people say them: `day of year`. */
function readSome(typed: string, known: readonly string[]): { value?: unknown; problem?: string } {
  const words = listed(typed).map((word) => word.replaceAll(' ', '_'));
  const strange = words.length === 0 || words.some((word) => !known.includes(word));
  return strange ? { problem: `some of ${known.join(', ')}` } : { value: [...new Set(words)] };
}

/** `median`, `mean`, `mode`, or any other text as the value itself. */
function readFill(typed: string): unknown {
  return ['mean', 'median', 'mode'].includes(typed)
    ? { strategy: typed }
    : { strategy: 'constant', value: typed.replace(/^= ?/, '') };
}

function fillText(value: unknown): string {
  const { strategy, value: constant } = value as { strategy?: string; value?: string };
  return strategy === 'constant' ? `= ${constant ?? ''}` : (strategy ?? '');
}

/** The recipe with another list of steps. */
export function withSteps(recipe: Recipe, steps: readonly Step[]): Recipe {
  return { ...recipe, steps: [...steps] };
}

export function moved(steps: readonly Step[], from: number, to: number): Step[] {
  const next = [...steps];
  const [step] = next.splice(from, 1);
  if (step) next.splice(Math.max(0, Math.min(next.length, to)), 0, step);
  return next;
}

/** Columns that a step can name: those that enter, those that steps make, those that steps name already. */
export function columnsOf(recipe: Recipe): string[] {
  return [
    ...new Set([
      ...recipe.inputs.map(({ name }) => name),
      ...recipe.steps.flatMap(madeBy),
      ...recipe.steps.flatMap(({ columns }) => columns),
    ]),
  ];
}

function madeBy(step: Step): string[] {
  const [first, second] = step.columns;
  switch (step.step) {
    case 'impute':
      return step.indicator ? step.columns.map((column) => `${column}_is_missing`) : [];
    case 'date_parts':
      return step.columns.flatMap((column) => step.parts.map((part) => `${column}_${part}`));
    case 'text_length':
      return step.columns.map((column) => `${column}_n_words`);
    case 'ratio':
      return first !== undefined && second !== undefined ? [`${first}_per_${second}`] : [];
    case 'product':
      return first !== undefined && second !== undefined ? [`${first}_times_${second}`] : [];
    default:
      return [];
  }
}

/** What keeps a recipe from being trained with; null when nothing can be seen from here. */
export function stepsProblem(recipe: Recipe): string | null {
  if (recipe.inputs.length === 0) return 'no column enters';
  const problems = recipe.steps.map(stepProblem);
  const at = problems.findIndex((problem) => problem !== null);
  return at < 0 ? null : `step ${at + 1} ${problems[at] ?? ''}`;
}

function stepProblem({ step, columns }: Step): string | null {
  if (step === 'ratio' || step === 'product') return columns.length === 2 ? null : 'takes two columns';
  const isOfAll = step === 'pca' || step.endsWith('_filter');
  return columns.length === 0 && !isOfAll ? 'names no column' : null;
}
