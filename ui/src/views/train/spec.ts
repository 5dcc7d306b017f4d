// The form of a training as the URL holds it, and the specification that it means.

import { quote } from '../../domain/command';
import type { AlgorithmInfo } from '../../gen/AlgorithmInfo';
import type { ColumnProfile } from '../../gen/ColumnProfile';
import type { ParamValue } from '../../gen/ParamValue';
import type { ProblemKind } from '../../gen/ProblemKind';
import type { Recipe } from '../../gen/Recipe';
import type { TrainSpec } from '../../gen/TrainSpec';
import { isAlone } from './alone';
import { measureOf, measureProblems, measureSpec, measureWords, type MeasureForm } from './measure';
import { readParam } from './params';

/** What the catalogue takes when nothing is said. */
export const DEFAULT_ALGORITHM = 'random_forest';
const MOST_CLASSES = 20;
/** What is taken without a target when nothing is said. */
export const DEFAULT_ALONE = 'k_means';

/** Names that a column to be predicted tends to have, the surest first. */
const TARGET_NAMES = ['target', 'label', 'class', 'y', 'species', 'outcome', 'income', 'price', 'survived', 'churn'];

/** The column that is most likely meant: one with a telling name, or else the last that can be predicted. */
export function guessTarget(columns: readonly ColumnProfile[]): string | null {
  const able = columns.filter((column) => problemOf(column) !== null);
  for (const name of TARGET_NAMES) {
    const found = able.find((column) => column.name.toLowerCase() === name);
    if (found) return found.name;
  }
  return able.at(-1)?.name ?? null;
}

/** The kind of problem a column poses as the host sees it; null when it cannot be predicted. */
export function problemOf(column: ColumnProfile): ProblemKind | null {
  if (column.n_distinct < 2 || column.kind === 'date' || column.kind === 'datetime') return null;
  const classes = column.n_distinct === 2 ? 'binary' : 'multiclass';
  if (column.kind === 'text' || column.kind === 'boolean') return classes;
  if (column.kind === 'integer') return column.n_distinct <= MOST_CLASSES ? classes : 'regression';
  const whole = Number.isInteger(column.numeric?.min) && Number.isInteger(column.numeric?.max);
  return column.n_distinct === 2 && whole ? 'binary' : 'regression';
}

/** Whether an algorithm can predict the column; numbers of few values can be taken either way. */
export function isAble(algorithm: AlgorithmInfo, column: ColumnProfile): boolean {
  return whyNot(algorithm, column) === null;
}

/** Why an algorithm cannot predict the column; null when it can. */
export function whyNot(algorithm: AlgorithmInfo, column: ColumnProfile): string | null {
  const problem = problemOf(column);
  if (problem === null || algorithm.problems.includes(problem)) return null;
  if (isAlone(algorithm)) return 'learns without a target';
  if (problem === 'regression') {
    const either = column.kind === 'integer' && column.n_distinct <= 1000;
    return either ? null : `predicts classes, and \`${column.name}\` holds numbers`;
  }
  if (problem === 'multiclass' && algorithm.problems.includes('binary'))
    return `predicts two classes, and \`${column.name}\` has ${column.n_distinct}`;
  return column.kind === 'text' ? `predicts numbers, and \`${column.name}\` holds classes` : null;
}

export interface TrainForm extends MeasureForm {
  dataset: string;
  /** Empty while `alone`. */
  target: string;
  /** Without a target. */
  alone: boolean;
  /** Without a target: the column of groups that are known; empty for none. */
  labels: string;
  algorithm: string;
  /** As typed, by name; those left out take the default. */
  params: Readonly<Record<string, string>>;
  experiment: string;
  run_name: string;
}

/** Reads the state of the page. Parameters stand as `p.NAME`. */
export function formOf(query: Readonly<Record<string, string>>): TrainForm {
  const params = Object.entries(query).flatMap(([key, value]) => (key.startsWith('p.') ? [[key.slice(2), value]] : []));
  const alone = query['without'] === 'target';
  return {
    ...measureOf(query),
    dataset: query['dataset'] ?? '',
    target: alone ? '' : (query['target'] ?? ''),
    alone,
    labels: alone ? (query['labels'] ?? '') : '',
    algorithm: query['algorithm'] ?? (alone ? DEFAULT_ALONE : DEFAULT_ALGORITHM),
    params: Object.fromEntries(params) as Record<string, string>,
    experiment: query['experiment'] ?? '',
    run_name: query['name'] ?? '',
  };
}

/**
 * The specification; null while a field is wrong. `recipe` is null for the one that the host makes from the profile, or
 * for the recipe of the lab that `named` says, `name@version`.
 */
export function specOf(
  form: TrainForm,
  algorithm: AlgorithmInfo | undefined,
  recipe: Recipe | null,
  named: string | null = null,
): TrainSpec | null {
  if (!algorithm || form.dataset === '' || isAlone(algorithm) !== form.alone) return null;
  if (form.target === '' && !form.alone) return null;
  if (Object.keys(measureProblems(form, algorithm)).length > 0) return null;
  const params: Record<string, ParamValue> = {};
  for (const info of algorithm.params) {
    const { value } = readParam(info, form.params[info.name]);
    if (value === undefined) return null;
    if (value !== info.default) params[info.name] = value;
  }
  return {
    schema: 1,
    dataset: form.dataset,
    target: form.target,
    ...(form.labels === '' ? {} : { labels: form.labels }),
    algorithm: algorithm.name,
    params,
    recipe,
    ...(recipe === null && named !== null ? { named_recipe: named } : {}),
    ...measureSpec(form, algorithm),
    experiment: form.experiment.trim() || null,
    run_name: form.run_name.trim() || null,
  };
}

/** The command that trains the same. A recipe of one's own goes before it, as a file. */
export function trainCommand(spec: TrainSpec): string {
  const words = ['assay train', quote(spec.dataset)];
  if (spec.target !== '') words.push(`--target ${quote(spec.target)}`);
  if (spec.labels) words.push(`--labels ${quote(spec.labels)}`);
  words.push(`--algorithm ${spec.algorithm ?? DEFAULT_ALGORITHM}`);
  for (const [name, value] of Object.entries(spec.params)) words.push(`--param ${name}=${quote(String(value))}`);
  words.push(...measureWords(spec));
  if (spec.experiment !== null) words.push(`--experiment ${quote(spec.experiment)}`);
  if (spec.run_name !== null) words.push(`--name ${quote(spec.run_name)}`);
  if (spec.named_recipe) words.push(`--recipe ${quote(spec.named_recipe)}`);
  if (spec.recipe === null) return words.join(' ');
  words.push('--recipe recipe.json');
  return `cat > recipe.json <<'JSON'\n${JSON.stringify(spec.recipe)}\nJSON\n${words.join(' ')}`;
}
