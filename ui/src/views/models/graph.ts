// The exported graph as a picture of at most a few dozen boxes: columns that are treated alike are one box, steps that
// follow one another without a branch are one box, and the rest is laid out in layers.

import { Graph, layout } from '@dagrejs/dagre';
import type { GraphNode } from '../../gen/GraphNode';
import type { GraphSummary } from '../../gen/GraphSummary';

export interface Box {
  id: string;
  kind: 'input' | 'step' | 'output';
  /** `Concat`, `label`, the names of columns on lines of their own. */
  title: string;
  /** `3 steps`. */
  note: string;
  /** Everything inside, for a tip. */
  inside: string[];
}

export interface Edge {
  from: string;
  to: string;
}

export interface Picture {
  boxes: Box[];
  edges: Edge[];
}

export interface Placed {
  width: number;
  height: number;
  boxes: (Box & { x: number; y: number; width: number; height: number })[];
  edges: { from: string; to: string; points: { x: number; y: number }[] }[];
}

/** Names that a box of columns lists; more are counted. */
const MOST_NAMES = 8;

/** Steps that change the shape and nothing else are not worth a box. */
const SHAPING = /^(Cast|Unsqueeze|Squeeze|Reshape|Identity)$/;

/** A graph of nodes by id; the outputs of the file are nodes of their own. */
interface Net {
  op: Map<string, string>;
  after: Map<string, Set<string>>;
  before: Map<string, Set<string>>;
}

/** Boxes of a picture: the inputs grouped by what is done with them, steps in a row joined. */
export function picture(summary: GraphSummary): Picture {
  const net = netOf(summary);
  const boxes: Box[] = [];
  const edges: Edge[] = [];
  const boxOf = new Map<string, string>();

  for (const group of groupInputs(summary, net)) {
    const id = `in:${group.names[0] ?? ''}`;
    boxes.push({
      id,
      kind: 'input',
      title: group.names.length > MOST_NAMES ? `${group.names.length} columns` : group.names.join('\n'),
      note: '',
      inside: group.names,
    });
    for (const name of group.names) boxOf.set(`in:${name}`, id);
    // The steps that belong to these columns alone stand as one box behind them.
    const own = group.chains.flat();
    if (own.every((node) => SHAPING.test(net.op.get(node) ?? ''))) {
      for (const node of own) boxOf.set(node, id);
    } else {
      const steps = `steps:${group.names[0] ?? ''}`;
      boxes.push(stepBox(steps, group.chains[0] ?? [], net));
      for (const node of own) boxOf.set(node, steps);
    }
  }
  for (const steps of joined(net, boxOf)) {
    const id = steps[0] ?? '';
    boxes.push(stepBox(id, steps, net));
    for (const node of steps) boxOf.set(node, id);
  }
  for (const name of summary.outputs) {
    boxes.push({ id: `out:${name}`, kind: 'output', title: name, note: '', inside: [name] });
    boxOf.set(`out:${name}`, `out:${name}`);
  }

  for (const name of summary.outputs) joinOutput(`out:${name}`, net, boxes, boxOf);

  const seen = new Set<string>();
  for (const [node, followers] of net.after) {
    for (const next of followers) {
      const from = boxOf.get(node);
      const to = boxOf.get(next);
      if (!from || !to || from === to || seen.has(`${from}\n${to}`)) continue;
      seen.add(`${from}\n${to}`);
      edges.push({ from, to });
    }
  }
  return { boxes, edges };
}

/** Places the boxes in layers from left to right. */
export function place({ boxes, edges }: Picture): Placed {
  const graph = new Graph();
  graph.setGraph({ rankdir: 'LR', ranksep: 22, nodesep: 10, marginx: 1, marginy: 1 });
  graph.setDefaultEdgeLabel(() => ({}));
  const sizes = new Map(boxes.map((box) => [box.id, sizeOf(box)]));
  for (const box of boxes) graph.setNode(box.id, { ...(sizes.get(box.id) ?? { width: 0, height: 0 }) });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const whole = graph.graph() as { width?: number; height?: number };
  return {
    width: whole.width ?? 0,
    height: whole.height ?? 0,
    boxes: boxes.map((box) => {
      const { x, y } = graph.node(box.id) as { x: number; y: number };
      const { width, height } = sizes.get(box.id) ?? { width: 0, height: 0 };
      return { ...box, x: x - width / 2, y: y - height / 2, width, height };
    }),
    edges: edges.map(({ from, to }) => ({
      from,
      to,
      points: ((graph.edge(from, to) as { points?: { x: number; y: number }[] }).points ?? []).map(({ x, y }) => ({
        x,
        y,
      })),
    })),
  };
}

function sizeOf(box: Box): { width: number; height: number } {
  const lines = box.title.split('\n');
  const widest = Math.max(...lines.map((line) => line.length * 7), box.note.length * 6.5 + 4);
  const least = box.kind === 'step' ? 64 : 40;
  return {
    width: Math.round(Math.max(least, Math.min(136, widest + 16))),
    height: lines.length > 1 ? lines.length * 16 + 10 : box.note ? 40 : 24,
  };
}

function stepBox(id: string, chain: readonly string[], net: Net): Box {
  const ops = chain.map((node) => net.op.get(node) ?? '');
  const telling = tellingOp(ops);
  return {
    id,
    kind: 'step',
    title: telling,
    note: ops.length > 1 ? `${ops.length} steps` : '',
    inside: ops,
  };
}

/** The operator that says most about a row of steps: the model itself, else the last that is no plumbing. */
function tellingOp(ops: readonly string[]): string {
  const model = ops.find(isModel);
  if (model) return model.replace(/(Classifier|Regressor)$/, '');
  const plumbing = /^(Cast|Unsqueeze|Squeeze|Reshape|Identity|Shape|Gather|Concat|IsNaN|Not|And|Or|Equal)$/;
  return (
    ops.find((op) => /^(Where|Imputer|Scaler|OneHot)/.test(op)) ??
    ops.findLast((op) => !plumbing.test(op)) ??
    ops.at(-1) ??
    ''
  );
}

function netOf(summary: GraphSummary): Net {
  const op = new Map<string, string>();
  const after = new Map<string, Set<string>>();
  const before = new Map<string, Set<string>>();
  const makers = new Map<string, string>(summary.inputs.map((name) => [name, `in:${name}`]));
  const link = (from: string, to: string) => {
    (after.get(from) ?? after.set(from, new Set()).get(from))?.add(to);
    (before.get(to) ?? before.set(to, new Set()).get(to))?.add(from);
  };
  const ids = summary.nodes.map((node, i) => idOf(node, i));
  summary.nodes.forEach((node, i) => {
    op.set(ids[i] ?? '', node.op);
    for (const name of node.outputs) makers.set(name, ids[i] ?? '');
  });
  summary.nodes.forEach((node, i) => {
    for (const name of node.inputs) {
      const from = makers.get(name);
      if (from !== undefined) link(from, ids[i] ?? '');
    }
  });
  for (const name of summary.outputs) {
    const from = makers.get(name);
    if (from !== undefined) link(from, `out:${name}`);
  }
  return { op, after, before };
}

function idOf(node: GraphNode, index: number): string {
  return `node:${index}:${node.name}`;
}

interface InputGroup {
  names: string[];
  /** Per column, the steps that see nothing but that column, in order. */
  chains: string[][];
}

/** Columns with the same steps of their own, leading to the same place, are one group. */
function groupInputs(summary: GraphSummary, net: Net): InputGroup[] {
  const groups = new Map<string, InputGroup>();
  const roots = rootsOf(summary, net);
  for (const name of summary.inputs) {
    const own = [...net.op.keys()].filter((node) => {
      const from = roots.get(node);
      return from?.size === 1 && from.has(name);
    });
    const inside = new Set([`in:${name}`, ...own]);
    const leads = [...inside].flatMap((node) => [...(net.after.get(node) ?? [])]).filter((node) => !inside.has(node));
    // A column that becomes the whole matrix of features is not taken apart: its steps are the model.
    const alone = summary.inputs.length === 1;
    const key = alone
      ? name
      : `${own.map((node) => net.op.get(node)).join(' ')} > ${[...new Set(leads)].sort().join(' ')}`;
    const group = groups.get(key) ?? groups.set(key, { names: [], chains: [] }).get(key);
    group?.names.push(name);
    group?.chains.push(alone ? [] : own);
  }
  return [...groups.values()];
}

/** The inputs that each node depends on. Nodes stand in an order in which each comes after what it needs. */
function rootsOf(summary: GraphSummary, net: Net): Map<string, Set<string>> {
  const roots = new Map<string, Set<string>>(summary.inputs.map((name) => [`in:${name}`, new Set([name])]));
  for (const node of net.op.keys()) {
    const from = new Set<string>();
    for (const before of net.before.get(node) ?? []) for (const name of roots.get(before) ?? []) from.add(name);
    roots.set(node, from);
  }
  return roots;
}

/**
 * The remaining steps in lists that become one box each: a step joins the one before it when all that it needs comes
 * from there, so that what branches and meets again (is it missing? then fill it) stays together. The model begins a
 * box of its own.
 */
function joined(net: Net, taken: ReadonlyMap<string, string>): string[][] {
  const groups: string[][] = [];
  const groupOf = new Map<string, string[]>();
  for (const node of net.op.keys()) {
    if (taken.has(node)) continue;
    const from = new Set([...(net.before.get(node) ?? [])].map((before) => groupOf.get(before)));
    const [only] = from;
    const alone = from.size === 1 && only !== undefined && !isModel(net.op.get(node) ?? '') && !branches(only, net);
    const group = alone ? only : [];
    if (!alone) groups.push(group);
    group.push(node);
    groupOf.set(node, group);
  }
  return groups;
}

/** Steps that make one answer and nothing else stand in the box of that answer. */
function joinOutput(output: string, net: Net, boxes: Box[], boxOf: Map<string, string>): void {
  const [maker] = net.before.get(output) ?? [];
  const from = maker === undefined ? undefined : boxOf.get(maker);
  const at = boxes.findIndex((box) => box.id === from);
  const box = boxes[at];
  const own = boxes.find(({ id }) => id === output);
  if (!box || !own || box.kind !== 'step') return;
  const inside = [...boxOf].filter(([, id]) => id === from).map(([node]) => node);
  const leads = inside.flatMap((node) => [...(net.after.get(node) ?? [])]).filter((node) => boxOf.get(node) !== from);
  if (leads.some((node) => node !== output) || inside.some((node) => isModel(net.op.get(node) ?? ''))) return;
  boxes.splice(at, 1);
  own.note = SHAPING.test(box.title) ? '' : box.title;
  own.inside = [...box.inside, ...own.inside];
  for (const node of inside) boxOf.set(node, output);
}

/** A box with the model in it ends where the answers part. */
function branches(group: readonly string[], net: Net): boolean {
  const inside = new Set(group);
  const ends = group.flatMap((node) => [...(net.after.get(node) ?? [])]).filter((node) => !inside.has(node));
  return group.some((node) => isModel(net.op.get(node) ?? '')) && new Set(ends).size > 1;
}

function isModel(op: string): boolean {
  return /^(TreeEnsemble|Linear|SVM|Gemm|MatMul)/.test(op);
}
