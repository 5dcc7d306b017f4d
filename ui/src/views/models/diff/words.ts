// What differs between two models, in sentences and lines; and which node of a graph is of which change.

import type { Kind } from '../../../domain/network/scene';
import type { ChangedText } from '../../../gen/ChangedText';
import type { EnsembleChange } from '../../../gen/EnsembleChange';
import type { ModelDiff } from '../../../gen/ModelDiff';
import type { NodeAt } from '../../../gen/NodeAt';
import type { RowSource } from '../../../gen/RowSource';
import { count, percent, plural } from '../../../parts/format';
import type { KindOf } from '../network/scene';

/** `penguins@2`, or `file:/home/ada/rows.csv`, as the address holds them. */
export function rowSource(text: string): RowSource | null {
  if (text === '') return null;
  return text.startsWith('file:') ? { of: 'file', path: text.slice(5) } : { of: 'dataset', dataset: text };
}

/** The answer first, in a sentence or two. */
export function summary(diff: ModelDiff): string {
  if (diff.same_file) return 'The two files are the same, byte for byte.';
  const { nodes, weights } = diff;
  const parts = [
    count0(nodes.n_right_only, 'node came', 'nodes came'),
    count0(nodes.n_left_only, 'node went', 'nodes went'),
    count0(nodes.n_changed, 'node is set otherwise', 'nodes are set otherwise'),
    count0(weights.n_changed + weights.n_left_only + weights.n_right_only, 'constant differs', 'constants differ'),
  ].filter(Boolean);
  const graph = parts.length === 0 ? 'The graphs are the same.' : `${capital(parts.join(', '))}.`;
  const said = diff.predictions;
  if (!said) return graph;
  const flips = said.n_flips > 0 ? `, ${plural(said.n_flips, 'label flips', 'labels flip')}` : '';
  return `The two agree on ${percent(said.agreement)} of ${plural(said.n_rows, 'row')}${flips}. ${graph}`;
}

/** Opsets, inputs, outputs and metadata that differ, each with what it is of. */
export function textLines(diff: ModelDiff): (ChangedText & { of: string })[] {
  const of = (kind: string, all: readonly ChangedText[]) => all.map((own) => ({ ...own, of: kind }));
  return [
    ...of('input', diff.inputs),
    ...of('output', diff.outputs),
    ...of('opset', diff.opsets),
    ...of('metadata', diff.metadata),
  ];
}

export interface NodeLine {
  change: 'added' | 'removed' | 'changed';
  node: NodeAt;
  /** The other side of one that is on both. */
  other: NodeAt | null;
  note: string;
}

export function nodeLines({ nodes }: ModelDiff): NodeLine[] {
  return [
    ...nodes.changed.map(({ left, right, attributes, rewired }) => ({
      change: 'changed' as const,
      node: right,
      other: left,
      note: [
        ...attributes.map(({ name, left: before, right: after }) => `${name}: ${before ?? '·'} → ${after ?? '·'}`),
        ...(rewired ? ['fed by others'] : []),
      ].join('; '),
    })),
    ...nodes.right_only.map((node) => ({ change: 'added' as const, node, other: null, note: '' })),
    ...nodes.left_only.map((node) => ({ change: 'removed' as const, node, other: null, note: '' })),
  ];
}

export function ensembleSentence({
  left,
  right,
  n_trees_changed,
  n_splits_changed,
  n_leaves_changed,
}: EnsembleChange): string {
  const trees =
    left.n_trees === right.n_trees
      ? plural(left.n_trees, 'tree')
      : `${count(left.n_trees)} → ${plural(right.n_trees, 'tree')}`;
  return `${trees}, ${count(n_trees_changed)} of them changed: ${plural(n_splits_changed, 'split')} and ${plural(n_leaves_changed, 'leaf value')}`;
}

/** Colours the nodes of one side's graph by what became of them. */
export function colourOf({ nodes }: ModelDiff, side: 'left' | 'right'): KindOf {
  const kinds = new Map<number, Kind>();
  for (const change of nodes.changed) kinds.set(change[side].index, 'changed');
  for (const { index } of side === 'left' ? nodes.left_only : nodes.right_only)
    kinds.set(index, side === 'left' ? 'removed' : 'added');
  return (box) => (box.is === 'node' ? (kinds.get(box.node.index) ?? 'plain') : null);
}

function count0(n: number, one: string, many: string): string {
  return n === 0 ? '' : plural(n, one, many);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
