// The columns of the table of runs: which there are, which are shown, what stands in them.

import type { RunSummary } from '../../gen/RunSummary';
import { dateShort, duration, number } from '../../parts/format';
import type { Column } from '../../parts/table';
import { writeName, writeText } from '../../domain/filter/build';
import { byTelling, metricDecimals, TELLING } from './metrics';

/** Ids are the names of the filter's grammar, so that sorting, filtering and the URL speak alike. */
export const NAME = 'attributes.name';
export const STATUS = 'attributes.status';
const DURATION = 'attributes.duration_secs';
const STARTED = 'attributes.start_time';

const ATTRIBUTES: readonly { id: string; title: string }[] = [
  { id: STATUS, title: 'status' },
  { id: 'attributes.experiment', title: 'experiment' },
  { id: 'attributes.dataset', title: 'data' },
  { id: DURATION, title: 'took' },
  { id: STARTED, title: 'started' },
];

const MOST_METRICS = 4;
export interface Available {
  params: readonly string[];
  metrics: readonly string[];
  tags: readonly string[];
}

/** Parameters that are not the same in all runs of an algorithm: what every forest has, the algorithm says already. */
export function differing(runs: readonly RunSummary[], names: readonly string[]): string[] {
  const families = Object.values(groupBy(runs, (run) => run.params['algorithm'] ?? ''));
  return names.filter(
    (name) =>
      name !== 'algorithm' && families.some((family) => new Set(family.map((run) => run.params[name])).size > 1),
  );
}

export function tagNames(runs: readonly RunSummary[]): string[] {
  return [...new Set(runs.flatMap((run) => Object.keys(run.tags)))].sort();
}

/** What is shown as long as nothing is chosen. */
export function defaultColumns(runs: readonly RunSummary[], available: Available, allExperiments: boolean): string[] {
  const measured = available.metrics.filter((name) => runs.some((run) => name in run.metrics));
  const telling = TELLING.map((name) => `test.${name}`).filter((name) => measured.includes(name));
  const metrics = telling.length > 0 ? telling : byTelling(measured);
  return [
    ...(allExperiments && new Set(runs.map((run) => run.experiment)).size > 1 ? ['attributes.experiment'] : []),
    ...(available.params.includes('algorithm') ? ['params.algorithm'] : []),
    ...differing(runs, available.params).map((name) => `params.${name}`),
    ...metrics.slice(0, MOST_METRICS).map((name) => `metrics.${name}`),
    DURATION,
    STARTED,
  ];
}

/** Every column that can be chosen, by heading. */
export function choices(available: Available): { heading: string; columns: { id: string; title: string }[] }[] {
  const named = (kind: string, names: readonly string[]) =>
    names.map((name) => ({ id: `${kind}.${name}`, title: name }));
  return [
    { heading: 'Run', columns: [...ATTRIBUTES] },
    { heading: 'Parameters', columns: named('params', available.params) },
    { heading: 'Metrics', columns: named('metrics', available.metrics) },
    { heading: 'Tags', columns: named('tags', available.tags) },
  ].filter(({ columns }) => columns.length > 0);
}

/** The chosen columns in the table's order: run, parameters, metrics, tags, then what it took. */
export function inOrder(ids: readonly string[], available: Available): string[] {
  const all = choices(available).flatMap(({ columns }) => columns.map(({ id }) => id));
  const last = [DURATION, STARTED];
  const known = all.filter((id) => ids.includes(id));
  // The algorithm explains the other parameters.
  const first = ['params.algorithm'].filter((id) => known.includes(id));
  const head = known.filter((id) => id.startsWith('attributes.') && !last.includes(id));
  const rest = known.filter((id) => !id.startsWith('attributes.') && !first.includes(id));
  return [...head, ...first, ...rest, ...last.filter((id) => known.includes(id))];
}

/** `name` draws the first column, with the word of a run that did not finish. */
export function buildColumns(
  ids: readonly string[],
  runs: readonly RunSummary[],
  cells: { name: Column<RunSummary>['cell']; status: Column<RunSummary>['cell'] },
  chosen: boolean,
): Column<RunSummary>[] {
  const sortable = true;
  return [
    { id: NAME, title: 'run', width: 190, grow: 1, sortable, cell: cells.name },
    ...ids.map((id): Column<RunSummary> => {
      const [kind = '', name = ''] = splitId(id);
      if (id === STATUS) return { id, title: 'status', width: 108, sortable, cell: cells.status };
      if (id === DURATION) return { id, title: 'took', width: 64, numeric: true, divided: true, sortable, text: took };
      if (id === STARTED)
        return { id, title: 'started', width: 64, numeric: true, quiet: true, sortable, text: started };
      if (kind === 'attributes')
        return { id, title: titleOf(id), width: 110, sortable, text: (run) => attribute(run, name) };
      if (kind === 'metrics') return metricColumn(id, name, runs);
      if (kind === 'params') return paramColumn(id, name, runs, chosen ? 'parameters' : 'parameters that differ');
      return { id, title: name, width: 90, group: 'tags', sortable, text: (run) => run.tags[name] };
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
    ...[NAME, STATUS, 'attributes.experiment', 'attributes.dataset'].map((name) => ({ name, numeric: false })),
    { name: DURATION, numeric: true },
  ];
}

/** For a suggestion in the field: an example made of what is there. */
export function exampleFilter(available: Available, runs: readonly RunSummary[]): string {
  const algorithm = `params.algorithm = ${writeText(runs[0]?.params['algorithm'] ?? 'ridge')}`;
  const metric = byTelling(available.metrics.filter((name) => name.startsWith('test.')))[0];
  return metric ? `${writeName(`metrics.${metric}`)} > 0.9 and ${algorithm}` : algorithm;
}

function metricColumn(id: string, name: string, runs: readonly RunSummary[]): Column<RunSummary> {
  const [group, ...rest] = name.split('.');
  const decimals = metricDecimals(runs.map((run) => run.metrics[name]));
  return {
    id,
    title: rest.length > 0 ? rest.join('.') : name,
    hint: `Sort by ${name}`,
    group: rest.length > 0 ? group : 'metrics',
    width: 72,
    numeric: true,
    sortable: true,
    text: (run) => (run.metrics[name] === undefined ? undefined : number(run.metrics[name], decimals)),
  };
}

function paramColumn(id: string, name: string, runs: readonly RunSummary[], group: string): Column<RunSummary> {
  const numeric = runs.every((run) => run.params[name] === undefined || isNumber(run.params[name]));
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

function isNumber(text: string): boolean {
  return text.trim() !== '' && Number.isFinite(Number(text));
}

function attribute(run: RunSummary, name: string): string | undefined {
  if (name === 'experiment') return run.experiment;
  return run.dataset ?? undefined;
}

function titleOf(id: string): string {
  return ATTRIBUTES.find((own) => own.id === id)?.title ?? id;
}

function took(run: RunSummary): string | undefined {
  return run.ended_ms === null ? undefined : duration((run.ended_ms - run.started_ms) / 1000);
}

function started(run: RunSummary): string {
  return dateShort(run.started_ms);
}

function splitId(id: string): [string, string] {
  const at = id.indexOf('.');
  return [id.slice(0, at), id.slice(at + 1)];
}

function groupBy<T>(items: readonly T[], key: (item: T) => string): Record<string, T[]> {
  const groups: Record<string, T[]> = {};
  for (const item of items) (groups[key(item)] ??= []).push(item);
  return groups;
}
