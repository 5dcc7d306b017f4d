// The columns of the table of runs: which there are, and what stands in them.

import type { RunRow } from '../../gen/RunRow';
import { dateShort, duration, number } from '../../parts/format';
import type { Column } from '../../parts/table';
import { writeName, writeText } from '../../domain/filter/build';
import { metricDecimals, byTelling } from './metrics';

/** Ids are the names of the filter's grammar, so that sorting, filtering and the URL speak alike. */
export const NAME = 'attributes.name';
export const STATUS = 'attributes.status';
export const EXPERIMENT = 'attributes.experiment';
export const DURATION = 'attributes.duration_secs';
export const STARTED = 'attributes.start_time';

/** What may be meant of a metric; behind its name in an id, `metrics.loss@min`, the last value without. */
export const MEANINGS = ['last', 'best', 'min', 'max'] as const;
export type Meaning = (typeof MEANINGS)[number];

const ATTRIBUTES: readonly { id: string; title: string }[] = [
  { id: STATUS, title: 'status' },
  { id: EXPERIMENT, title: 'experiment' },
  { id: 'attributes.dataset', title: 'data' },
  { id: 'attributes.user', title: 'user' },
  { id: DURATION, title: 'took' },
  { id: STARTED, title: 'started' },
];

export interface Available {
  params: readonly string[];
  metrics: readonly string[];
  tags: readonly string[];
}

export interface Choice {
  id: string;
  title: string;
}

/** Every column that can be chosen, by heading; of a metric that of its last value. */
export function choices(available: Available): { heading: string; columns: Choice[] }[] {
  const named = (kind: string, names: readonly string[]) =>
    names.map((name) => ({ id: `${kind}.${name}`, title: name }));
  return [
    { heading: 'Run', columns: [...ATTRIBUTES] },
    { heading: 'Parameters', columns: named('params', available.params) },
    { heading: 'Metrics', columns: named('metrics', available.metrics) },
    { heading: 'Tags', columns: named('tags', available.tags) },
  ].filter(({ columns }) => columns.length > 0);
}

/** `metrics.loss` and what is meant of it; null for what is no metric. */
export function meantOf(id: string): { metric: string; meaning: Meaning } | null {
  if (!id.startsWith('metrics.')) return null;
  const name = id.slice('metrics.'.length);
  const at = name.lastIndexOf('@');
  const meaning = MEANINGS.find((own) => at > 0 && own === name.slice(at + 1));
  return meaning ? { metric: name.slice(0, at), meaning } : { metric: name, meaning: 'last' };
}

export function metricId(metric: string, meaning: Meaning): string {
  // A name that ends like a meaning says which one is meant.
  const plain = meaning === 'last' && !MEANINGS.some((own) => metric.endsWith(`@${own}`));
  return plain ? `metrics.${metric}` : `metrics.${metric}@${meaning}`;
}

/** How a column is called where it stands alone. */
export function titleOf(id: string): string {
  const meant = meantOf(id);
  if (meant) return meant.meaning === 'last' ? meant.metric : `${meant.metric}, ${meant.meaning}`;
  return ATTRIBUTES.find((own) => own.id === id)?.title ?? splitId(id)[1];
}

/** The parameters, metrics and tags that the host need send. */
export function asked(ids: readonly string[]): string[] {
  return ids.filter((id) => !id.startsWith('attributes.')).sort();
}

/** How the columns are written for these rows; as long as it is the same, so are the columns. */
export function columnsShape(ids: readonly string[], rows: readonly RunRow[]): string {
  const forms = ids.map((id) => {
    const [kind, name] = splitId(id);
    if (kind === 'metrics') return metricDecimals(rows.map((run) => run.metrics[id.slice('metrics.'.length)]));
    return kind === 'params' && isNumeric(name, rows);
  });
  return JSON.stringify([ids, forms]);
}

/** `name` draws the first column, with the word of a run that did not finish. */
export function buildColumns(
  ids: readonly string[],
  rows: readonly RunRow[],
  cells: { name: Column<RunRow>['cell']; status: Column<RunRow>['cell'] },
  headings: { params: string },
): Column<RunRow>[] {
  const several = new Set(
    ids.filter((id) => (meantOf(id)?.meaning ?? 'last') !== 'last').map((id) => meantOf(id)?.metric),
  );
  return [
    { id: NAME, title: 'run', width: 190, grow: 1, sortable: true, cell: cells.name },
    ...ids.map((id): Column<RunRow> => {
      const [kind, name] = splitId(id);
      const meant = meantOf(id);
      if (id === STATUS) return { id, title: 'status', width: 108, sortable: true, cell: cells.status };
      if (kind === 'attributes') return attributeColumn(id);
      if (meant) return metricColumn(id, meant, rows, several.has(meant.metric));
      if (kind === 'params') return paramColumn(id, name, rows, headings.params);
      return { id, title: name, width: 90, group: 'tags', sortable: true, text: (run) => run.tags[name] };
    }),
  ];
}

/** Fields a condition may speak of, written as the filter writes them. */
export function filterFields(available: Available): { name: string; numeric: boolean }[] {
  const named = (kind: string, names: readonly string[], numeric: boolean) =>
    names.map((name) => ({ name: `${kind}.${name}`, numeric }));
  return [
    ...named('metrics', available.metrics, true),
    ...named('params', available.params, false),
    ...named('tags', available.tags, false),
    ...[NAME, STATUS, EXPERIMENT, 'attributes.dataset'].map((name) => ({ name, numeric: false })),
    { name: DURATION, numeric: true },
  ];
}

/** For a suggestion in the field: an example made of what is there. */
export function exampleFilter(available: Available, runs: readonly Pick<RunRow, 'params'>[]): string {
  const algorithm = runs[0]?.params['algorithm'];
  const metric = byTelling(available.metrics.filter((name) => name.startsWith('test.')))[0] ?? available.metrics[0];
  const parts = [
    metric === undefined ? [] : [`${writeName(`metrics.${metric}`)} > 0.9`],
    algorithm === undefined ? [] : [`params.algorithm = ${writeText(algorithm)}`],
  ].flat();
  return parts.join(' and ') || "attributes.status = 'failed'";
}

function metricColumn(
  id: string,
  { metric, meaning }: { metric: string; meaning: Meaning },
  rows: readonly RunRow[],
  several: boolean,
): Column<RunRow> {
  const key = id.slice('metrics.'.length);
  const [group, ...rest] = metric.split('.');
  const decimals = metricDecimals(rows.map((run) => run.metrics[key]));
  const short = rest.length > 0 ? rest.join('.') : metric;
  return {
    id,
    title: several ? meaning : short,
    hint: `Sort by ${titleOf(id)}`,
    group: several ? metric : rest.length > 0 ? group : 'metrics',
    width: several ? 60 : 72,
    numeric: true,
    sortable: true,
    text: (run) => {
      const value = run.metrics[key];
      return value === undefined ? NOT_FINITE[run.not_finite?.[key] ?? ''] : number(value, decimals);
    },
  };
}

const NOT_FINITE: Readonly<Record<string, string>> = { NaN: 'NaN', Infinity: '∞', '-Infinity': '−∞' };

function paramColumn(id: string, name: string, rows: readonly RunRow[], group: string): Column<RunRow> {
  const numeric = isNumeric(name, rows);
  return {
    id,
    title: name,
    width: name === 'algorithm' ? 110 : 60,
    group: name === 'algorithm' ? undefined : group,
    numeric,
    sortable: true,
    text: (run) => run.params[name],
  };
}

function attributeColumn(id: string): Column<RunRow> {
  const sortable = true;
  if (id === DURATION) return { id, title: 'took', width: 64, numeric: true, divided: true, sortable, text: took };
  if (id === STARTED) return { id, title: 'started', width: 64, numeric: true, quiet: true, sortable, text: started };
  const texts: Record<string, (run: RunRow) => string | undefined> = {
    [EXPERIMENT]: (run) => run.experiment,
    'attributes.dataset': (run) => run.dataset ?? undefined,
    'attributes.user': (run) => run.user || undefined,
  };
  return { id, title: titleOf(id), width: 110, sortable, text: texts[id] };
}

function isNumeric(param: string, rows: readonly RunRow[]): boolean {
  return rows.every((run) => run.params[param] === undefined || isNumber(run.params[param]));
}

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

function took(run: RunRow): string | undefined {
  return run.ended_ms === null ? undefined : duration((run.ended_ms - run.started_ms) / 1000);
}

function started(run: RunRow): string {
  return dateShort(run.started_ms);
}

function splitId(id: string): [string, string] {
  const at = id.indexOf('.');
  return [id.slice(0, at), id.slice(at + 1)];
}
