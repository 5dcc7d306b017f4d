// Where a version came from and what was done with it, as nodes in columns: file, data, recipe, run, model, replays.

import type { Graph, GraphEdge, GraphNode } from '../../domain/lineage/layout';
import type { DatasetVersion } from '../../gen/DatasetVersion';
import type { ModelVersion } from '../../gen/ModelVersion';
import type { ReplaySummary } from '../../gen/ReplaySummary';
import type { RunDetail } from '../../gen/RunDetail';
import { bytes, count, plural, shortHash } from '../../parts/format';
import { href } from '../../shell/route';
import type { Trained } from './trained';

/** Nodes under one another in a column; what is more is counted in the last. */
const MOST_REPLAYS = 2;

interface Parts {
  version: ModelVersion;
  from: Trained;
  /** Undefined while it is read, or when the data was deleted. */
  dataset: DatasetVersion | undefined;
  run: RunDetail | undefined;
  replays: readonly ReplaySummary[];
}

export function lineage({ version, from, dataset, run, replays }: Parts): Graph {
  const key = `${version.model}@${version.version}`;
  const data = `${from.dataset}@${from.dataset_number}`;
  const dataHref = dataset ? href('data', from.dataset, `v${from.dataset_number}`) : null;
  const columns: GraphNode[][] = [];
  if (dataset) {
    columns.push([
      {
        id: 'file',
        kind: 'file',
        name: dataset.source.file_name,
        note: `${bytes(dataset.source.size_bytes)} ${shortHash(dataset.source.hash)}`,
        title: `${dataset.source.file_name}, blake3 ${dataset.source.hash}`,
        href: href('data', from.dataset, { tab: 'versions' }),
      },
    ]);
  }
  columns.push([
    {
      id: 'data',
      kind: 'data set',
      name: data,
      note: `${dataset ? `${count(dataset.n_rows)} rows ` : ''}${shortHash(from.dataset_version)}`,
      title: `${data}, content ${from.dataset_version}`,
      href: dataHref,
    },
  ]);
  const record = run?.record;
  if (record) {
    columns.push([
      {
        id: 'recipe',
        kind: 'recipe',
        name: plural(record.recipe.steps.length, 'step'),
        note: `${plural(version.signature.inputs.length, 'column')} in`,
        title: `The recipe of the run: ${plural(record.recipe.steps.length, 'step')}, fitted on the training rows`,
        href: href('runs', from.run_id, { tab: 'recipe' }),
      },
    ]);
  }
  columns.push([
    {
      id: 'run',
      kind: 'run',
      name: run?.summary.name ?? shortHash(from.run_id),
      note: `${record ? `seed ${record.spec.seed} ` : ''}${shortHash(from.run_id)}`,
      title: `Run ${from.run_id}`,
      href: run ? href('runs', from.run_id) : null,
    },
  ]);
  columns.push([
    {
      id: 'model',
      kind: 'model',
      name: key,
      note: shortHash(version.onnx),
      title: `${key}, ONNX file ${version.onnx}`,
      href: href('models', version.model, version.version),
      current: true,
    },
  ]);
  const ends = replayNodes(replays, key);
  if (ends.length > 0) columns.push(ends);
  return { columns, edges: edgesOf(columns) };
}

function replayNodes(replays: readonly ReplaySummary[], model: string): GraphNode[] {
  const shown = replays.length > MOST_REPLAYS ? replays.slice(0, MOST_REPLAYS - 1) : replays;
  const nodes = shown.map((replay): GraphNode => ({
    id: replay.replay_id,
    kind: 'replay',
    name: replay.logs.join(', '),
    note: `${plural(replay.n_windows, 'window')}, ${replay.drifted.length > 0 ? 'drifted' : 'stable'}`,
    title: `${replay.logs.join(', ')}: ${replay.verdict}`,
    href: href('replay', replay.replay_id),
    critical: replay.drifted.length > 0,
  }));
  const left = replays.slice(shown.length);
  const n_drifted = left.filter((replay) => replay.drifted.length > 0).length;
  if (left.length === 0) return nodes;
  const more: GraphNode = {
    id: 'more',
    kind: 'replays',
    name: `${count(left.length)} more`,
    note: n_drifted > 0 ? `${count(n_drifted)} drifted` : 'stable',
    title: `All replays of ${model}`,
    href: href('replay', { filter: model }),
    critical: n_drifted > 0,
  };
  return [...nodes, more];
}

function edgesOf(columns: readonly GraphNode[][]): GraphEdge[] {
  return columns.slice(1).flatMap((column, i) => {
    const from = columns[i]?.[0];
    return from ? column.map((to) => ({ from: from.id, to: to.id })) : [];
  });
}
