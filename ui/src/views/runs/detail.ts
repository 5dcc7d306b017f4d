// What the page of a run says, in words and rows.

import type { FittedStep } from '../../gen/FittedStep';
import type { MetricSummary } from '../../gen/MetricSummary';
import type { ParityReport } from '../../gen/ParityReport';
import type { RunEnvironment } from '../../gen/RunEnvironment';
import type { RunId } from '../../gen/RunId';
import type { RunSummary } from '../../gen/RunSummary';
import type { Step } from '../../gen/Step';
import type { TrainSpec } from '../../gen/TrainSpec';
import { compact, count, decimalsFor, number, percent, plural, scientific } from '../../parts/format';
import { byTelling, metricDecimals } from './metrics';

export interface Fact {
  name: string;
  value: string;
  note?: string;
  title?: string;
}

/** Test metrics with what cross-validation says of each, then whatever else was measured. */
export function metricFacts(summaries: readonly MetricSummary[]): { told: Fact[]; others: Fact[] } {
  const last = new Map(summaries.map(({ key, last }) => [key, last]));
  // Folds stand in a chart, and beside the test metric with their mean.
  const isTold = (key: string) => key.startsWith('test.') || key.startsWith('cv.');
  const told = byTelling(summaries.map(({ key }) => key).filter((key) => key.startsWith('test.'))).map((key): Fact => {
    const name = key.slice('test.'.length);
    const value = last.get(key);
    const [mean, std] = [last.get(`cv.${name}.mean`), last.get(`cv.${name}.std`)];
    const decimals = metricDecimals([value, mean]);
    const note = mean === undefined ? undefined : `cv ${number(mean, decimals)} ± ${number(std, decimals)}`;
    return { name, value: number(value, decimals), ...(note ? { note } : {}) };
  });
  const others = summaries.filter(({ key }) => !isTold(key) || told.length === 0).map(otherFact);
  return { told, others };
}

/** What a person wrote about the run with its client. */
export function description(tags: Readonly<Record<string, string>>): string {
  return tags['mlflow.note.content']?.trim() ?? '';
}

/** Tags that people set; those that clients and Assay set for themselves are said where they belong. */
export function tagFacts(tags: Readonly<Record<string, string>>): Fact[] {
  return Object.entries(tags)
    .filter(([name]) => !/^(mlflow|assay|expectations)\./.test(name))
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, value]) => ({ name, value, title: value }));
}

/** Who logged the run, and from where. */
export function clientFacts(tags: Readonly<Record<string, string>>): Fact[] {
  const told = (name: string, tag: string, short = (text: string) => text): Fact[] => {
    const value = tags[tag];
    return value ? [{ name, value: short(value), title: value }] : [];
  };
  return [
    ...told('user', 'mlflow.user'),
    ...told('source', 'mlflow.source.name', (path) => path.split(/[/\\]/).at(-1) ?? path),
    ...told('commit', 'mlflow.source.git.commit', (commit) => commit.slice(0, 8)),
    ...told('branch', 'mlflow.source.git.branch'),
  ];
}

/** The sentence of a parity report. */
export function parityWords(parity: ParityReport): string {
  const flips = parity.label_flips === 0 ? 'no label flips' : `${plural(parity.label_flips, 'label')} of them differ`;
  const largest =
    parity.max_rel_diff === 0
      ? 'every answer is equal'
      : `the largest difference is ${scientific(parity.max_rel_diff)}, the tolerance ${scientific(parity.tolerance, 0)}`;
  const verdict = parity.passed
    ? 'The exported file answers as the trained model does'
    : 'The exported file does not answer as the trained model does';
  return `${verdict}: ${plural(parity.rows, 'row')} compared, ${flips}, ${largest}.`;
}

export function parityFacts(parity: ParityReport): Fact[] {
  return [
    { name: 'rows compared', value: count(parity.rows) },
    {
      name: 'equal to the bit',
      value: count(parity.n_exact),
      note: percent(parity.n_exact / Math.max(1, parity.rows)),
    },
    { name: 'label flips', value: count(parity.label_flips) },
    { name: 'relative', value: scientific(parity.max_rel_diff), note: 'largest difference' },
    { name: 'absolute', value: scientific(parity.max_abs_diff), note: 'largest difference' },
    { name: 'tolerance', value: scientific(parity.tolerance, 0) },
  ];
}

/** A step of a recipe in words; names of columns stand in back-ticks. */
export function stepWords(step: Step): string {
  const columns = listed(step.columns);
  const kind: string = step.step;
  switch (step.step) {
    case 'impute': {
      const { strategy } = step;
      const by = strategy.strategy === 'constant' ? `\`${strategy.value}\`` : `the ${strategy.strategy}`;
      const flag = step.indicator ? ', and say so in a feature' : '';
      return `Fill what is missing in ${columns} with ${by}${flag}`;
    }
    case 'standardise':
      return `Standardise ${columns}`;
    case 'one_hot':
      return `One column a category for ${columns}, at most ${count(step.max_categories)}${step.rare === null ? '' : `, the rest as ${step.rare}`}`;
    case 'ordinal':
      return `Number the categories of ${columns}, ${step.order.join(' < ')}`;
    case 'min_max':
      return `Scale ${columns} to 0 to 1`;
    case 'robust':
      return `Scale ${columns} by median and quartiles`;
    case 'power':
      return `Make ${columns} more normal (Yeo-Johnson)`;
    case 'log':
      return `Take the logarithm of ${columns}`;
    case 'square':
      return `Square ${columns}`;
    case 'frequency':
      return `Replace the categories of ${columns} by their shares of the rows`;
    case 'target':
      return `Replace the categories of ${columns} by means of the target`;
    case 'hash':
      return `Spread the categories of ${columns} over ${plural(step.n_buckets, 'bucket', 'buckets')}`;
    case 'bins':
      return `Cut ${columns} into ${count(step.n_bins)} bins`;
    case 'ratio':
      return `Add the ratio of ${columns}`;
    case 'product':
      return `Add the product of ${columns}`;
    case 'date_parts':
      return `Take ${step.parts.map((part) => part.replaceAll('_', ' ')).join(', ')} of ${columns}`;
    case 'text_length':
      return `Count the words of ${columns}`;
    case 'tfidf':
      return `One column a word for ${columns}, at most ${count(step.max_words)}`;
    case 'pca':
      return `Replace ${step.columns.length === 0 ? 'all columns' : columns} by principal components${
        step.n_components === null ? '' : `, at most ${count(step.n_components)}`
      }${step.variance === null ? '' : `, that hold ${percent(step.variance, 0)} of the variance`}`;
    case 'select':
      return `Keep ${columns} alone`;
    case 'drop':
      return `Take ${columns} out`;
    case 'variance_filter':
      return 'Take out columns that hardly vary';
    case 'correlation_filter':
      return 'Take out columns that repeat others';
    case 'passthrough':
      return `Take ${columns} as ${step.columns.length === 1 ? 'it is' : 'they are'}`;
    default:
      return otherStep(kind, columns, step);
  }
}

/** What a step learnt from the training rows. */
export function fittedFact(step: FittedStep): Fact {
  const kind: string = step.step;
  switch (step.step) {
    case 'impute_number':
      return { name: step.column, value: compact(step.value), note: 'fills what is missing' };
    case 'impute_text':
      return { name: step.column, value: step.value, note: 'fills what is missing' };
    case 'missing_flag':
      return { name: step.name, value: '0 or 1', note: 'says what is missing' };
    case 'standardise':
      return { name: step.column, value: `${compact(step.mean)} ± ${compact(step.std)}`, note: 'mean and deviation' };
    case 'min_max':
      return { name: step.column, value: `${compact(step.min)} to ${compact(step.max)}`, note: 'least and largest' };
    case 'robust': {
      const { column, median, interquartile_range } = step;
      return {
        name: column,
        value: `${compact(median)} ± ${compact(interquartile_range)}`,
        note: 'median and quartiles',
      };
    }
    case 'yeo_johnson':
      return { name: step.column, value: compact(step.lambda), note: 'exponent' };
    case 'log':
    case 'square':
      return { name: step.column, value: step.step };
    case 'bins':
      return { name: step.column, value: plural(step.edges.length + 1, 'bin', 'bins'), title: step.edges.join(', ') };
    case 'ratio':
    case 'product':
      return { name: step.name, value: step.step };
    case 'date_parts':
      return { name: step.column, value: plural(step.parts.length, 'part', 'parts'), title: step.parts.join(', ') };
    case 'text_length':
      return { name: step.name, value: 'number of words' };
    case 'tfidf':
      return { name: step.column, value: plural(step.words.length, 'word', 'words'), title: step.words.join(', ') };
    case 'pca': {
      const held = step.shares.reduce((sum, share) => sum + share, 0);
      return {
        name: step.name,
        value: plural(step.components.length, 'component', 'components'),
        note: `${percent(held, 0)} of the variance`,
        title: step.columns.join(', '),
      };
    }
    case 'drop':
      return { name: step.column, value: 'taken out', note: step.reason };
    case 'one_hot':
    case 'ordinal':
    case 'frequency':
    case 'target':
    case 'hash':
      return {
        name: step.column,
        value: plural(step.categories.length, 'category', 'categories'),
        title: step.categories.join(', '),
      };
    default:
      return { name: columnOf(step), value: kind.replaceAll('_', ' ') };
  }
}

/** Of a step that a newer version of Assay learnt. */
function columnOf(step: object): string {
  return 'column' in step ? String(step.column) : '';
}

export function splitWords({ split, cv_folds, cv }: TrainSpec): string {
  const by = split.group ? ` by \`${split.group}\`` : split.time ? ` by \`${split.time}\`` : '';
  const how = split.method === 'auto' ? '' : `${split.method.replaceAll('_', ', ')}${by}, `;
  const gap = split.gap ? ` after a gap of ${plural(split.gap, 'row')}` : '';
  const times = (cv?.repeats ?? 1) > 1 ? ` ${count(cv?.repeats)} times` : '';
  const folds = cv_folds === null ? '' : `, ${count(cv_folds)} folds${times} on the rest`;
  return `${how}${percent(split.test_fraction, 0)} held out${gap}${folds}`;
}

/**
 * The state of the training page that makes the same run again; the name is left to the new one. A recipe of its own is
 * read from the run.
 */
export function againQuery(spec: TrainSpec, run_id: RunId): Record<string, string> {
  return {
    dataset: spec.dataset,
    target: spec.target,
    ...(spec.algorithm === null ? {} : { algorithm: spec.algorithm }),
    split: spec.split.method,
    test: String(spec.split.test_fraction),
    ...(spec.cv_folds === null ? {} : { cv: String(spec.cv_folds) }),
    seed: String(spec.seed),
    ...(spec.split.group ? { group: spec.split.group } : {}),
    ...(spec.split.time ? { time: spec.split.time } : {}),
    ...(spec.split.gap ? { gap: String(spec.split.gap) } : {}),
    ...(spec.weight ? { weight: spec.weight } : {}),
    ...(spec.recipe ? { from: run_id } : {}),
    ...(spec.named_recipe ? { named: spec.named_recipe } : {}),
    ...(spec.calibrate ? { calibrate: spec.calibrate } : {}),
    ...(spec.target_transform ? { transform: spec.target_transform } : {}),
    ...cvQuery(spec),
    ...(spec.experiment === null ? {} : { experiment: spec.experiment }),
    ...Object.fromEntries(Object.entries(spec.params).map(([name, value]) => [`p.${name}`, String(value)])),
  };
}

function cvQuery({ cv, candidates, learning_curve }: TrainSpec): Record<string, string> {
  return {
    ...(cv && cv.method !== 'auto' ? { cv_split: cv.method } : {}),
    ...(cv && cv.repeats !== 1 ? { repeats: String(cv.repeats) } : {}),
    ...(cv?.window.kind === 'sliding' ? { window: String(cv.window.max_train_rows) } : {}),
    ...(cv && cv.inner_folds !== 3 ? { inner: String(cv.inner_folds) } : {}),
    ...(candidates?.length
      ? {
          candidates: candidates
            .map((params) =>
              Object.entries(params)
                .map(([name, value]) => `${name}=${String(value)}`)
                .join(','),
            )
            .join('; '),
        }
      : {}),
    ...(learning_curve ? { curve: String(learning_curve) } : {}),
  };
}

/** The same of a run that failed before it left a record: what its parameters tell. */
export function againOfParams({ dataset, experiment, params }: RunSummary): Record<string, string> {
  const { algorithm, target, seed, test_fraction, calibrate, target_transform, ...own } = params;
  const known = {
    dataset,
    target,
    algorithm,
    seed,
    test: test_fraction,
    experiment,
    calibrate,
    transform: target_transform,
  };
  const query: Record<string, string> = {};
  for (const [name, value] of Object.entries(known)) if (value) query[name] = value;
  for (const [name, value] of Object.entries(own)) query[`p.${name}`] = value;
  return query;
}

/** `1a2b3c4d`, and whether the folder held changes that no commit has. */
export function gitWords({ git_commit, git_dirty }: RunEnvironment): string | null {
  if (git_commit === null) return null;
  return `${git_commit.slice(0, 8)}${git_dirty ? ' with changes' : ''}`;
}

/** A name for the model of a run: one there is for the same data, or the data's own. */
export function suggestModel(
  dataset: string,
  models: readonly { model: string; latest: { dataset: string | null } | null }[],
): string {
  return models.find(({ latest }) => latest?.dataset === dataset)?.model ?? dataset;
}

function otherFact({ key, last, min, max, n, best_step }: MetricSummary): Fact {
  const decimals = decimalsFor([last, min, max], 4, 4);
  const note =
    n > 1 && min !== max
      ? `${number(min, decimals)} to ${number(max, decimals)}, best at ${count(best_step)}`
      : undefined;
  return { name: key, value: number(last, decimals), ...(note ? { note } : {}) };
}

/** A step without words of its own: its name, its columns, what else it says. */
function otherStep(kind: string, columns: string, step: object): string {
  const rest = Object.entries(step).flatMap(([key, value]: [string, unknown]) =>
    key === 'step' || key === 'columns' || value === null || value === false
      ? []
      : [`${key.replaceAll('_', ' ')} ${typeof value === 'string' ? value : JSON.stringify(value)}`],
  );
  const name = kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll('_', ' ');
  return `${name}${columns ? ` of ${columns}` : ''}${rest.length > 0 ? `, ${rest.join(', ')}` : ''}`;
}

function listed(columns: readonly string[]): string {
  const names = columns.map((name) => `\`${name}\``);
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1) ?? ''}`;
}
