// The lineage that the host tells, as columns of one kind each and as sentences.

import type { GraphEdge, GraphNode } from '../../domain/lineage/layout';
import type { Lineage } from '../../gen/Lineage';
import type { LineageKind } from '../../gen/LineageKind';
import type { LineageNode } from '../../gen/LineageNode';
import type { Relation } from '../../gen/Relation';
import { dateTime } from '../../parts/format';

const KINDS: readonly LineageKind[] = ['source', 'dataset', 'run', 'model', 'replay'];

export const RELATION_WORDS: Record<Relation, { from: string; to: string }> = {
  imported: { from: 'imported from', to: 'imported as' },
  followed_by: { from: 'follows', to: 'followed by' },
  restored_as: { from: 'restored from', to: 'restored as' },
  trained_on: { from: 'trained on', to: 'trained' },
  registered: { from: 'registered from', to: 'registered as' },
  replayed: { from: 'replayed', to: 'replayed in' },
};

export const KIND_WORDS: Record<LineageKind, string> = {
  source: 'file',
  dataset: 'data set',
  run: 'run',
  model: 'model',
  replay: 'replay',
};

/** Columns by kind; in each, nodes stand beside what they came from, so that few lines cross. */
export function arrange(lineage: Pick<Lineage, 'nodes' | 'edges'>): LineageNode[][] {
  const columns = KINDS.map((kind) => lineage.nodes.filter((node) => node.kind === kind)).filter(
    (column) => column.length > 0,
  );
  const place = new Map<string, { column: number; row: number }>();
  const settle = (column: LineageNode[], at: number) =>
    column.forEach((node, row) => place.set(node.id, { column: at, row }));
  columns.forEach(settle);

  // Versions keep the order of their line; files stand beside what they became, the others beside what they came from.
  const neighbours = (id: string, side: 'from' | 'to') =>
    lineage.edges
      .filter((edge) => edge[side === 'from' ? 'to' : 'from'] === id)
      .map((edge) => place.get(edge[side]))
      .filter((own) => own !== undefined && own.column !== place.get(id)?.column)
      .map((own) => own?.row ?? 0);
  const reorder = (at: number, side: 'from' | 'to') => {
    const column = columns[at];
    if (!column || column[0]?.kind === 'dataset') return;
    const keys = new Map(column.map((node, row) => [node.id, mean(neighbours(node.id, side)) ?? row]));
    column.sort((a, b) => (keys.get(a.id) ?? 0) - (keys.get(b.id) ?? 0));
    settle(column, at);
  };
  for (let at = 1; at < columns.length; at += 1) reorder(at, 'from');
  if (columns[0]?.[0]?.kind === 'source') reorder(0, 'to');
  return columns;
}

/** The same to be drawn. */
export function graphOf(lineage: Lineage): { columns: GraphNode[][]; edges: GraphEdge[] } {
  return {
    columns: arrange(lineage).map((column) => column.map((node) => toNode(node, node.id === lineage.focus))),
    edges: lineage.edges.map(({ from, to, relation }) => ({ from, to, loose: relation === 'followed_by' })),
  };
}

function toNode(node: LineageNode, current: boolean): GraphNode {
  const made = node.created_ms === null ? '' : `, ${dateTime(node.created_ms)}`;
  const gone = node.route === null && node.kind !== 'source';
  return {
    id: node.id,
    kind: KIND_WORDS[node.kind],
    name: node.title,
    note: node.detail,
    title: `${KIND_WORDS[node.kind]} ${node.title}: ${node.detail}${made}${gone ? ', not in the lab any more' : ''}`,
    href: node.route === null ? null : `#${node.route.replace(/^#/, '')}`,
    current,
    gone,
  };
}

/** What a node came from, or what came of it, each with the words between them. */
export function relatives(
  lineage: Pick<Lineage, 'nodes' | 'edges'>,
  id: string,
  side: 'from' | 'to',
): { words: string; node: LineageNode }[] {
  return lineage.edges.flatMap((edge) => {
    if (edge[side === 'from' ? 'to' : 'from'] !== id) return [];
    const node = lineage.nodes.find((own) => own.id === edge[side]);
    return node ? [{ words: RELATION_WORDS[edge.relation][side], node }] : [];
  });
}

/** The page that a focus is about: `run:ID`, `penguins@3`; null for files. */
export function focusOf(node: Pick<LineageNode, 'id' | 'kind'>): string | null {
  return node.kind === 'source' ? null : node.id;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
