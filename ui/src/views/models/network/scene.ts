// One level of an ONNX graph as boxes and edges: its inputs, its nodes, its outputs; constants stand inside the nodes.

import { boxWidth, kindIndex, LINE_HEIGHT, LINES_HEIGHT, type Kind, type Scene } from '../../../domain/network/scene';
import type { Initializer } from '../../../gen/Initializer';
import type { OnnxGraph } from '../../../gen/OnnxGraph';
import type { OnnxNode } from '../../../gen/OnnxNode';
import type { Port } from '../../../gen/Port';
import { kindOfOperator } from './operators';

export type BoxRef =
  | { is: 'node'; node: OnnxNode }
  | { is: 'input'; name: string; port: Port | null }
  | { is: 'output'; name: string; port: Port };

export interface Level {
  scene: Scene;
  /** What each box of the scene is. */
  boxes: BoxRef[];
  /** The value that flows along each edge, by name. */
  tensors: string[];
  boxOfNode: ReadonlyMap<number, number>;
}

/** The parts of a level that a colour is told for: see `levelOf`. */
export type KindOf = (box: BoxRef) => Kind | null;

/** The graph at `path` (see `OnnxNode.path`); `colour` overrides what boxes are coloured by. */
export function levelOf(graph: OnnxGraph, path: string, colour: KindOf = () => null): Level {
  const nodes = graph.nodes.filter((node) => node.path === path);
  const constants = new Map(graph.initializers.map((own) => [`${own.path}\n${own.name}`, own]));
  const makers = new Map<string, number>();
  const boxes: BoxRef[] = [];
  const add = (box: BoxRef) => boxes.push(box) - 1;
  const boxOfNode = new Map<number, number>();

  if (path === '') {
    for (const port of graph.inputs) {
      if (!constants.has(`\n${port.name}`)) makers.set(port.name, add({ is: 'input', name: port.name, port }));
    }
  }
  for (const node of nodes) {
    const own = add({ is: 'node', node });
    boxOfNode.set(node.index, own);
    for (const name of node.outputs) if (name !== '') makers.set(name, own);
  }

  const ends: number[] = [];
  const tensors: string[] = [];
  const link = (from: number, to: number, tensor: string) => {
    ends.push(from, to);
    tensors.push(tensor);
  };
  const linked = new Set<string>();
  for (const [node, at] of readersOf(graph, path, nodes)) {
    const to = boxOfNode.get(at) ?? -1;
    for (const name of node.inputs) {
      if (name === '' || isConstant(constants, node.path, name)) continue;
      let from = makers.get(name);
      // What an inner graph makes itself is none of this level's business; what it takes from outside it is.
      if (from === undefined && (node.path !== path || path === '')) continue;
      if (from === undefined) makers.set(name, (from = add({ is: 'input', name, port: null })));
      if (from === to || (node.path !== path && linked.has(`${from} ${to} ${name}`))) continue;
      linked.add(`${from} ${to} ${name}`);
      link(from, to, name);
    }
  }
  if (path === '') {
    for (const port of graph.outputs) {
      const from = makers.get(port.name);
      const own = add({ is: 'output', name: port.name, port });
      if (from !== undefined) link(from, own, port.name);
    }
  }
  const words = boxes.map((box) => wordsOf(box, constants));
  return {
    boxes,
    tensors,
    boxOfNode,
    scene: {
      net: {
        widths: Float32Array.from(words, ({ title, note }) => boxWidth(title, note)),
        heights: Float32Array.from(words, ({ note }) => (note === '' ? LINE_HEIGHT : LINES_HEIGHT)),
        ends: Uint32Array.from(ends),
      },
      titles: words.map(({ title }) => title),
      notes: words.map(({ note }) => note),
      kinds: Uint8Array.from(boxes, (box) => kindIndex(colour(box) ?? kindOf(box))),
    },
  };
}

/** The constant that a name means at a path: its own, or that of a graph around it. */
export function constantOf(graph: OnnxGraph, path: string, name: string): Initializer | undefined {
  const own = graph.initializers.filter((constant) => constant.name === name);
  return own.filter((constant) => isAround(constant.path, path)).toSorted((a, b) => b.path.length - a.path.length)[0];
}

/** `64 × 3 × 7 × 7`, `scalar`. */
export function shapeText(shape: readonly (string | number)[]): string {
  return shape.length === 0 ? 'scalar' : shape.join(' × ');
}

/** `[N, 4]` as a port says it: `N × 4 float`. */
export function portText({ element, shape }: Port): string {
  return shape.length === 0 ? element : `${shapeText(shape)} ${element}`;
}

/** The paths of the graphs inside a node, by the attribute that holds each. */
export function innerPaths(graph: OnnxGraph, node: OnnxNode): { attribute: string; path: string }[] {
  const paths = new Set(graph.nodes.filter(({ parent }) => parent === node.index).map(({ path }) => path));
  return [...paths].map((path) => ({
    attribute:
      path
        .split('/')
        .at(-1)
        ?.replace(/^\d+\./, '') ?? path,
    path,
  }));
}

/** The graphs around a path, from the outermost: `['', '12.then_branch', '12.then_branch/20.body']`. */
export function pathsTo(path: string): string[] {
  const parts = path === '' ? [] : path.split('/');
  return ['', ...parts.map((_, i) => parts.slice(0, i + 1).join('/'))];
}

/** Nodes of this level and those inside them, each with the node of this level that it counts to. */
function* readersOf(graph: OnnxGraph, path: string, nodes: readonly OnnxNode[]): Generator<[OnnxNode, number]> {
  for (const node of nodes) yield [node, node.index];
  if (!graph.nodes.some(({ parent }) => parent !== null)) return;
  const above = new Map(nodes.map((node) => [node.index, node.index]));
  for (const node of graph.nodes) {
    if (node.path === path || node.parent === null) continue;
    const own = above.get(node.parent);
    if (own === undefined) continue;
    above.set(node.index, own);
    yield [node, own];
  }
}

function isConstant(constants: ReadonlyMap<string, Initializer>, path: string, name: string): boolean {
  return pathsTo(path).some((own) => constants.has(`${own}\n${name}`));
}

function isAround(outer: string, inner: string): boolean {
  return outer === '' || outer === inner || inner.startsWith(`${outer}/`);
}

function wordsOf(box: BoxRef, constants: ReadonlyMap<string, Initializer>): { title: string; note: string } {
  if (box.is !== 'node') return { title: box.name, note: box.port ? portText(box.port) : 'from outside' };
  const { node } = box;
  const shapes = node.inputs.flatMap((name) => {
    const own = pathsTo(node.path)
      .map((path) => constants.get(`${path}\n${name}`))
      .find((constant) => constant !== undefined);
    return own && own.n_values > 1 ? [own.shape.join('×')] : [];
  });
  return { title: node.op, note: shapes.length > 0 ? shapes.slice(0, 2).join('  ') : attributeNote(node) };
}

/** The one attribute that tells most of a node, if it is short. */
function attributeNote({ attributes }: OnnxNode): string {
  const telling = ['kernel_shape', 'axis', 'axes', 'perm', 'to', 'epsilon', 'alpha', 'n_targets', 'norm', 'value'];
  for (const name of telling) {
    const own = attributes.find((attribute) => attribute.name === name);
    if (own && own.text.length <= 18) return `${name.replaceAll('_', ' ')} ${own.text}`;
  }
  return '';
}

function kindOf(box: BoxRef): Kind {
  return box.is === 'node' ? kindOfOperator(box.node.op) : 'end';
}
