// The form of a training as the URL holds it, and the specification that it means.

import { quote } from '../../domain/command';
import type { AlgorithmInfo } from '../../gen/AlgorithmInfo';
import type { ColumnProfile } from '../../gen/ColumnProfile';
import type { ParamInfo } from '../../gen/ParamInfo';
import type { ParamValue } from '../../gen/ParamValue';
import type { ProblemKind } from '../../gen/ProblemKind';
import type { Recipe } from '../../gen/Recipe';
import type { SplitMethod } from '../../gen/SplitMethod';
import type { TrainSpec } from '../../gen/TrainSpec';

/** What the catalogue takes when nothing is said. */
export const DEFAULT_ALGORITHM = 'random_forest';
const DEFAULT_TEST = 0.2;
const MOST_CLASSES = 20;

export const SPLITS: readonly { value: SplitMethod; text: string; title: string }[] = [
  { value: 'auto', text: 'Auto', title: 'Stratified for classes, random for numbers' },
  { value: 'random', text: 'Random', title: 'Rows drawn at random' },
  { value: 'stratified', text: 'Stratified', title: 'Each class keeps its share' },
  { value: 'time', text: 'In order', title: 'The first rows train, the last rows test' },
];

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
  const problem = problemOf(column);
  if (problem === null || algorithm.problems.includes(problem)) return true;
  return problem === 'regression' ? column.kind === 'integer' && column.n_distinct <= 1000 : column.kind !== 'text';
}

export interface TrainForm {
  dataset: string;
  target: string;
  algorithm: string;
  /** As typed, by name; those left out take the default. */
  params: Readonly<Record<string, string>>;
  split: SplitMethod;
  /** As typed. */
  test: string;
  cv: string;
  seed: string;
  experiment: string;
  run_name: string;
}

/** Reads the state of the page. Parameters stand as `p.NAME`. */
export function formOf(query: Readonly<Record<string, string>>): TrainForm {
  const params = Object.entries(query).flatMap(([key, value]) => (key.startsWith('p.') ? [[key.slice(2), value]] : []));
  return {
    dataset: query['dataset'] ?? '',
    target: query['target'] ?? '',
    algorithm: query['algorithm'] ?? DEFAULT_ALGORITHM,
    params: Object.fromEntries(params) as Record<string, string>,
    split: SPLITS.find(({ value }) => value === query['split'])?.value ?? 'auto',
    test: query['test'] ?? String(DEFAULT_TEST),
    cv: query['cv'] ?? '',
    seed: query['seed'] ?? '0',
    experiment: query['experiment'] ?? '',
    run_name: query['name'] ?? '',
  };
}

/** A parameter as typed; `value` is undefined when it is wrong. */
export function readParam(info: ParamInfo, text: string | undefined): { value?: ParamValue; problem?: string } {
  if (text === undefined || text.trim() === '') return { value: info.default };
  const { range } = info;
  if (range.kind === 'bool') return { value: text === 'true' };
  if (range.kind === 'choice')
    return range.options.includes(text) ? { value: text } : { problem: `one of ${range.options.join(', ')}` };
  const value = Number(text);
  const whole = range.kind === 'integer';
  if (!Number.isFinite(value) || (whole && !Number.isInteger(value)))
    return { problem: whole ? 'a whole number' : 'a number' };
  if (value < range.min || value > range.max) return { problem: rangeText(info) };
  return { value };
}

/** `1 to 2,000`. */
export function rangeText({ range }: ParamInfo): string {
  if (range.kind !== 'integer' && range.kind !== 'float') return '';
  const figure = (value: number) =>
    Math.abs(value) >= 1e5 || (value !== 0 && Math.abs(value) < 1e-3)
      ? value.toExponential().replace('e+', 'e').replace('e-', 'e−')
      : value.toLocaleString('en-GB');
  return `${figure(range.min)} to ${figure(range.max)}`;
}

/** What is wrong with the figures of the split, by field. */
export function splitProblems(form: TrainForm): Partial<Record<'test' | 'cv' | 'seed', string>> {
  const test = Number(form.test);
  const problems: Partial<Record<'test' | 'cv' | 'seed', string>> = {};
  if (form.test.trim() === '' || !(test > 0 && test < 1)) problems.test = 'a share over 0 and under 1';
  if (form.cv.trim() !== '' && !isWhole(form.cv, 2, 100)) problems.cv = '2 to 100, or empty for none';
  if (!isWhole(form.seed, 0, Number.MAX_SAFE_INTEGER)) problems.seed = 'a whole number from 0 on';
  return problems;
}

/** The specification; null while a field is wrong. `recipe` is null for the one that the host makes from the profile. */
export function specOf(form: TrainForm, algorithm: AlgorithmInfo | undefined, recipe: Recipe | null): TrainSpec | null {
  if (!algorithm || form.dataset === '' || form.target === '' || Object.keys(splitProblems(form)).length > 0)
    return null;
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
    algorithm: algorithm.name,
    params,
    recipe,
    split: { method: form.split, test_fraction: Number(form.test) },
    cv_folds: form.cv.trim() === '' ? null : Number(form.cv),
    seed: Number(form.seed),
    experiment: form.experiment.trim() || null,
    run_name: form.run_name.trim() || null,
  };
}

/** The command that trains the same. A recipe of one's own goes before it, as a file. */
export function trainCommand(spec: TrainSpec): string {
  const words = ['assay train', quote(spec.dataset), `--target ${quote(spec.target)}`];
  words.push(`--algorithm ${spec.algorithm ?? DEFAULT_ALGORITHM}`);
  for (const [name, value] of Object.entries(spec.params)) words.push(`--param ${name}=${quote(String(value))}`);
  if (spec.split.test_fraction !== DEFAULT_TEST) words.push(`--test-size ${spec.split.test_fraction}`);
  if (spec.split.method !== 'auto') words.push(`--split ${spec.split.method}`);
  if (spec.cv_folds !== null) words.push(`--cv ${spec.cv_folds}`);
  if (spec.seed !== 0) words.push(`--seed ${spec.seed}`);
  if (spec.experiment !== null) words.push(`--experiment ${quote(spec.experiment)}`);
  if (spec.run_name !== null) words.push(`--name ${quote(spec.run_name)}`);
  if (spec.recipe === null) return words.join(' ');
  words.push('--recipe recipe.json');
  return `cat > recipe.json <<'JSON'\n${JSON.stringify(spec.recipe)}\nJSON\n${words.join(' ')}`;
}

function isWhole(text: string, min: number, max: number): boolean {
  const value = Number(text);
  return text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max;
}
