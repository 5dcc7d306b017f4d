// Who makes a value and who reads it, by the rules of ONNX: an inner graph sees the values of the graphs around it.

import type { OnnxGraph } from '../../../gen/OnnxGraph';
import type { OnnxNode } from '../../../gen/OnnxNode';
import { pathsTo } from './scene';

/** The node whose output a name means at `path`; undefined for inputs, constants and names nobody makes. */
export function makerOf(graph: OnnxGraph, path: string, name: string): OnnxNode | undefined {
  const around = pathsTo(path);
  return graph.nodes
    .filter((node) => around.includes(node.path) && node.outputs.includes(name))
    .toSorted((a, b) => b.path.length - a.path.length)[0];
}

/** The nodes that take the value a name means at `path`, in the order of the file. */
export function readersOf(graph: OnnxGraph, path: string, name: string): OnnxNode[] {
  const maker = makerOf(graph, path, name)?.index;
  const inside = (own: string) => path === '' || own === path || own.startsWith(`${path}/`);
  return graph.nodes.filter(
    (node) => node.inputs.includes(name) && inside(node.path) && makerOf(graph, node.path, name)?.index === maker,
  );
}
