// How a training is measured: the split, its folds, the choice among candidates, the learning curve, as typed and meant.

import { quote } from '../../domain/command';
import type { AlgorithmInfo } from '../../gen/AlgorithmInfo';
import type { CalibrationMethod } from '../../gen/CalibrationMethod';
import type { CvSpec } from '../../gen/CvSpec';
import type { ParamValue } from '../../gen/ParamValue';
import type { SplitMethod } from '../../gen/SplitMethod';
import type { SplitSpec } from '../../gen/SplitSpec';
import type { TargetTransform } from '../../gen/TargetTransform';
import type { TrainSpec } from '../../gen/TrainSpec';
import { isAlone } from './alone';
import { assignmentsOf, readParam } from './params';

const DEFAULT_TEST = 0.2;
const DEFAULT_INNER = 3;
const MOST_ROWS = 4_294_967_295;

/** Every kind of split has its words, so one that is new does not compile without them. */
const METHODS: Record<SplitMethod, { text: string; title: string }> = {
  auto: { text: 'Auto', title: 'Stratified for classes, random for numbers' },
  random: { text: 'Random', title: 'Rows drawn at random' },
  stratified: { text: 'Stratified', title: 'Each class keeps its share' },
  grouped: { text: 'Grouped', title: 'Rows of one group stay on one side' },
  stratified_grouped: {
    text: 'Stratified groups',
    title: 'Rows of one group stay on one side, classes keep their share as far as that lets them',
  },
  time: { text: 'By time', title: 'The first rows train, the last rows test' },
};

export const SPLITS = (Object.keys(METHODS) as SplitMethod[]).map((value) => ({ value, ...METHODS[value] }));

const CALIBRATION_WORDS: Record<CalibrationMethod, { text: string; title: string }> = {
  platt: { text: 'Platt', title: 'A logistic curve; for few rows too' },
  isotonic: { text: 'Isotonic', title: 'A rising curve of steps; for a thousand rows and more' },
  temperature: { text: 'Temperature', title: 'One number; labels stay as they are' },
};

const TRANSFORM_WORDS: Record<TargetTransform, { text: string; title: string }> = {
  log: { text: 'Logarithm', title: 'For numbers over 0; predictions are on their own scale' },
  log1p: { text: 'Logarithm of one more', title: 'For numbers with zeros; predictions are on their own scale' },
  box_cox: { text: 'Box-Cox', title: 'The power that makes numbers over 0 most normal' },
  yeo_johnson: { text: 'Yeo-Johnson', title: 'The power that makes numbers of any sign most normal' },
};

export const CALIBRATIONS = (Object.keys(CALIBRATION_WORDS) as CalibrationMethod[]).map((value) => ({
  value,
  ...CALIBRATION_WORDS[value],
}));

export const TRANSFORMS = (Object.keys(TRANSFORM_WORDS) as TargetTransform[]).map((value) => ({
  value,
  ...TRANSFORM_WORDS[value],
}));

/** As typed; empty for the default. */
export interface MeasureForm {
  split: SplitMethod;
  test: string;
  /** Column of the groups. */
  group: string;
  /** Column that orders the rows; empty: their order in the file. */
  time: string;
  gap: string;
  /** Column of the rows' weights. */
  weight: string;
  /** Of classes. */
  calibrate: CalibrationMethod | '';
  /** Of numbers. */
  transform: TargetTransform | '';
  cv: string;
  cv_split: SplitMethod;
  repeats: string;
  /** Folds by time: only the last so many rows train. */
  window: string;
  /** `max_depth=4; max_depth=10,criterion=entropy` */
  candidates: string;
  inner: string;
  curve: string;
  seed: string;
}

export type MeasureField = keyof MeasureForm;

export function measureOf(query: Readonly<Record<string, string>>): MeasureForm {
  const method = (key: string) => SPLITS.find(({ value }) => value === query[key])?.value ?? 'auto';
  return {
    split: method('split'),
    test: query['test'] ?? String(DEFAULT_TEST),
    group: query['group'] ?? '',
    time: query['time'] ?? '',
    gap: query['gap'] ?? '',
    weight: query['weight'] ?? '',
    calibrate: CALIBRATIONS.find(({ value }) => value === query['calibrate'])?.value ?? '',
    transform: TRANSFORMS.find(({ value }) => value === query['transform'])?.value ?? '',
    cv: query['cv'] ?? '',
    cv_split: method('cv_split'),
    repeats: query['repeats'] ?? '',
    window: query['window'] ?? '',
    candidates: query['candidates'] ?? '',
    inner: query['inner'] ?? '',
    curve: query['curve'] ?? '',
    seed: query['seed'] ?? '0',
  };
}

export function isGrouped(method: SplitMethod): boolean {
  return method === 'grouped' || method === 'stratified_grouped';
}

/** How the folds are made once `auto` is settled. */
export function foldMethod({ split, cv_split }: MeasureForm): SplitMethod {
  return cv_split === 'auto' ? split : cv_split;
}

export function needsGroup(form: MeasureForm): boolean {
  return isGrouped(form.split) || (form.cv.trim() !== '' && isGrouped(foldMethod(form)));
}

export function needsTime(form: MeasureForm): boolean {
  return form.split === 'time' || (form.cv.trim() !== '' && foldMethod(form) === 'time');
}

/** What is wrong, by field. `columns` are those that there are; without them names are not looked at. */
export function measureProblems(
  form: MeasureForm,
  algorithm: AlgorithmInfo | undefined,
  columns: readonly string[] | null = null,
): Partial<Record<MeasureField, string>> {
  const problems: Partial<Record<MeasureField, string>> = {};
  const whole = (field: MeasureField, min: number, max: number, words: string) => {
    const text = form[field].trim();
    if (text !== '' && !isWhole(text, min, max)) problems[field] = words;
  };
  const column = (field: MeasureField) => {
    if (form[field] !== '' && columns && !columns.includes(form[field])) problems[field] = 'there is no such column';
  };
  const test = Number(form.test);
  if (form.test.trim() === '' || !(test > 0 && test < 1)) problems.test = 'a share over 0 and under 1';
  whole('cv', 2, 100, '2 to 100, or empty for none');
  whole('repeats', 1, 100, '1 to 100');
  whole('window', 1, MOST_ROWS, 'a number of rows, or empty for all');
  whole('gap', 0, MOST_ROWS, 'a number of rows');
  whole('inner', 2, 20, '2 to 20');
  whole('curve', 2, 20, '2 to 20, or empty for none');
  if (!isWhole(form.seed, 0, Number.MAX_SAFE_INTEGER)) problems.seed = 'a whole number from 0 on';
  if (needsGroup(form) && form.group === '') problems.group = 'choose the column of the groups';
  else if (needsGroup(form)) column('group');
  if (needsTime(form)) column('time');
  column('weight');
  if (form.calibrate !== '' && form.transform !== '')
    problems.transform = 'classes are calibrated, numbers are transformed: choose one';
  const { problem } = readCandidates(form.candidates, algorithm);
  if (problem) problems.candidates = problem;
  if (algorithm && isAlone(algorithm)) {
    for (const field of ['cv', 'candidates', 'curve', 'calibrate', 'transform'] as const)
      if (form[field].trim() !== '') problems[field] = 'needs a target to measure against';
  }
  return problems;
}

/** The candidates as typed: parameters with commas between, candidates with semicolons or lines between. */
export function readCandidates(
  text: string,
  algorithm: AlgorithmInfo | undefined,
): { candidates: Record<string, ParamValue>[]; problem?: string } {
  const parts = text.split(/[;\n]/).flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));
  const candidates: Record<string, ParamValue>[] = [];
  for (const part of parts) {
    const candidate: Record<string, ParamValue> = {};
    for (const word of assignmentsOf(part)) {
      const [name = '', ...rest] = word.split('=').map((side) => side.trim());
      const value = rest.join('=');
      const info = algorithm?.params.find((own) => own.name === name);
      if (!info) return { candidates: [], problem: `there is no parameter ${name || 'without a name'}` };
      const read = readParam(info, value);
      if (value === '' || read.value === undefined)
        return { candidates: [], problem: `${name}: ${read.problem ?? 'a value is missing'}` };
      candidate[name] = read.value;
    }
    candidates.push(candidate);
  }
  return parts.length === 1
    ? { candidates: [], problem: 'write two or more, with semicolons between' }
    : { candidates };
}

/** Models to fit for the run: its own, those of the folds, and those that choose. The learning curve is not counted. */
export function nFits(form: MeasureForm, algorithm: AlgorithmInfo | undefined): number {
  const folds = form.cv.trim() === '' ? 0 : Number(form.cv) * Number(form.repeats || 1);
  const { candidates } = readCandidates(form.candidates, algorithm);
  return (1 + folds) * (1 + candidates.length * Number(form.inner || DEFAULT_INNER) * (candidates.length > 0 ? 1 : 0));
}

/** The parts of the specification; call it when nothing is wrong. Defaults are left out. */
export function measureSpec(
  form: MeasureForm,
  algorithm: AlgorithmInfo | undefined,
): Pick<
  TrainSpec,
  'split' | 'weight' | 'calibrate' | 'target_transform' | 'cv_folds' | 'cv' | 'candidates' | 'learning_curve' | 'seed'
> {
  const { candidates } = readCandidates(form.candidates, algorithm);
  const cv = cvSpec(form, candidates.length > 0);
  return {
    split: splitSpec(form),
    ...(form.weight === '' ? {} : { weight: form.weight }),
    ...(form.calibrate === '' ? {} : { calibrate: form.calibrate }),
    ...(form.transform === '' ? {} : { target_transform: form.transform }),
    cv_folds: form.cv.trim() === '' ? null : Number(form.cv),
    ...(cv ? { cv } : {}),
    ...(candidates.length > 0 ? { candidates } : {}),
    ...(form.curve.trim() === '' ? {} : { learning_curve: Number(form.curve) }),
    seed: Number(form.seed),
  };
}

/** What a field of another kind of split says is not passed on. */
function splitSpec(form: MeasureForm): SplitSpec {
  const spec: SplitSpec = { method: form.split, test_fraction: Number(form.test) };
  if (needsGroup(form) && form.group !== '') spec.group = form.group;
  if (needsTime(form) && form.time !== '') spec.time = form.time;
  if (needsTime(form) && Number(form.gap) > 0) spec.gap = Number(form.gap);
  return spec;
}

function cvSpec(form: MeasureForm, chooses: boolean): CvSpec | null {
  const folds = form.cv.trim() !== '';
  const byTime = folds && foldMethod(form) === 'time';
  const spec: CvSpec = {
    method: folds ? form.cv_split : 'auto',
    repeats: folds && !byTime && form.repeats.trim() !== '' ? Number(form.repeats) : 1,
    window:
      byTime && form.window.trim() !== ''
        ? { kind: 'sliding', max_train_rows: Number(form.window) }
        : { kind: 'expanding' },
    inner_folds: chooses && form.inner.trim() !== '' ? Number(form.inner) : DEFAULT_INNER,
  };
  const usual =
    spec.method === 'auto' &&
    spec.repeats === 1 &&
    spec.window.kind === 'expanding' &&
    spec.inner_folds === DEFAULT_INNER;
  return usual ? null : spec;
}

/** The words of the command that say the same. */
export function measureWords(spec: TrainSpec): string[] {
  const { split, cv } = spec;
  const words: string[] = [];
  if (split.test_fraction !== DEFAULT_TEST) words.push(`--test-size ${split.test_fraction}`);
  if (split.method !== 'auto') words.push(`--split ${flag(split.method)}`);
  if (split.group) words.push(`--group ${quote(split.group)}`);
  if (split.time) words.push(`--time ${quote(split.time)}`);
  if (split.gap) words.push(`--gap ${split.gap}`);
  if (spec.weight) words.push(`--weight ${quote(spec.weight)}`);
  if (spec.calibrate) words.push(`--calibrate ${spec.calibrate}`);
  if (spec.target_transform) words.push(`--target-transform ${spec.target_transform}`);
  if (spec.cv_folds !== null) words.push(`--cv ${spec.cv_folds}`);
  if (cv && cv.repeats !== 1) words.push(`--cv-repeats ${cv.repeats}`);
  if (cv && cv.method !== 'auto') words.push(`--cv-split ${flag(cv.method)}`);
  if (cv?.window.kind === 'sliding') words.push(`--cv-window ${cv.window.max_train_rows}`);
  for (const candidate of spec.candidates ?? []) words.push(`--candidate ${quote(assignments(candidate))}`);
  if (cv && cv.inner_folds !== DEFAULT_INNER) words.push(`--inner-folds ${cv.inner_folds}`);
  if (spec.learning_curve) words.push(`--learning-curve ${spec.learning_curve}`);
  if (spec.seed !== 0) words.push(`--seed ${spec.seed}`);
  return words;
}

/** `max_depth=4,criterion=gini` */
function assignments(params: Readonly<Record<string, ParamValue | undefined>>): string {
  return Object.entries(params)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(',');
}

function flag(method: SplitMethod): string {
  return method.replaceAll('_', '-');
}

function isWhole(text: string, min: number, max: number): boolean {
  const value = Number(text);
  return text.trim() !== '' && Number.isInteger(value) && value >= min && value <= max;
}
