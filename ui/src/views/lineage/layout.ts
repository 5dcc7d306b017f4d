// Where the nodes of a lineage stand: one column for each kind, left to right the way the data went.

import type { Lineage } from '../../gen/Lineage';
import type { LineageKind } from '../../gen/LineageKind';
import type { LineageNode } from '../../gen/LineageNode';
import type { Relation } from '../../gen/Relation';

export const NODE = { width: 184, height: 50, gap_x: 64, gap_y: 16 } as const;

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

export interface Placed {
  node: LineageNode;
  /** Pixels from the left and the top of the canvas. */
  x: number;
  y: number;
}

export interface Line {
  id: string;
  relation: Relation;
  d: string;
  /** Touches the node that was asked about. */
  near: boolean;
}

export interface Picture {
  /** Column after column, each from top to bottom: the order of the Tab key. */
  nodes: Placed[];
  lines: Line[];
  width: number;
  height: number;
}

/** Columns by kind; in each, nodes stand beside what they came from, so that few lines cross. */
export function layOut(lineage: Pick<Lineage, 'nodes' | 'edges' | 'focus'>): Picture {
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

  const step = NODE.height + NODE.gap_y;
  const tallest = Math.max(1, ...columns.map((column) => column.length));
  const height = tallest * step - NODE.gap_y;
  const nodes = columns.flatMap((column, at) => {
    const top = (height - (column.length * step - NODE.gap_y)) / 2;
    return column.map((node, row): Placed => ({
      node,
      x: at * (NODE.width + NODE.gap_x),
      y: Math.round(top + row * step),
    }));
  });
  const byId = new Map(nodes.map((placed) => [placed.node.id, placed]));
  const lines = lineage.edges.flatMap((edge): Line[] => {
    const [a, b] = [byId.get(edge.from), byId.get(edge.to)];
    if (!a || !b) return [];
    return [
      {
        id: `${edge.from} ${edge.relation} ${edge.to}`,
        relation: edge.relation,
        d: pathOf(a, b),
        near: edge.from === lineage.focus || edge.to === lineage.focus,
      },
    ];
  });
  return { nodes, lines, width: columns.length * (NODE.width + NODE.gap_x) - NODE.gap_x, height };
}

/** The line from one node to another, with the head of an arrow at its end. */
function pathOf(a: Placed, b: Placed): string {
  if (a.x === b.x) return inColumn(a, b);
  const [x1, y1] = [a.x + NODE.width, a.y + NODE.height / 2];
  const [x2, y2] = [b.x - 1, b.y + NODE.height / 2];
  const middle = (x1 + x2) / 2;
  const line = y1 === y2 ? `M${x1} ${y1}H${x2}` : `M${x1} ${y1}C${middle} ${y1} ${middle} ${y2} ${x2} ${y2}`;
  return `${line}M${x2 - 5} ${y2 - 3}l5 3-5 3`;
}

/** Straight down to the next; around those between otherwise. */
function inColumn(a: Placed, b: Placed): string {
  const down = b.y > a.y;
  const next = Math.abs(b.y - a.y) === NODE.height + NODE.gap_y;
  if (next) {
    const x = a.x + NODE.width / 2;
    const [from, to] = down ? [a.y + NODE.height, b.y - 1] : [a.y, b.y + NODE.height + 1];
    return `M${x} ${from}V${to}M${x - 3} ${to + (down ? -5 : 5)}l3 ${down ? 5 : -5} 3 ${down ? -5 : 5}`;
  }
  const [x, y1, y2] = [a.x + NODE.width, a.y + NODE.height * 0.75, b.y + NODE.height * 0.25];
  const out = x + NODE.gap_x * 0.45;
  return `M${x} ${y1}C${out} ${y1} ${out} ${y2} ${x + 1} ${y2}M${x + 6} ${y2 - 3}l-5 3 5 3`;
}

function mean(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
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
