import { describe, expect, it } from 'vitest';
import { KINDS } from '../../../domain/network/scene';
import type { OnnxGraph } from '../../../gen/OnnxGraph';
import type { OnnxNode } from '../../../gen/OnnxNode';
import { findNodes, operatorCounts, stepThrough } from './finding';
import { keeper } from './keeping';
import { kindOfOperator } from './operators';
import { constantOf, innerPaths, levelOf, pathsTo, portText, shapeText } from './scene';
import { makerOf, readersOf } from './values';

function node(index: number, op: string, inputs: string[], outputs: string[], rest: Partial<OnnxNode> = {}): OnnxNode {
  const own = { index, name: `${op}_${index}`, op, domain: 'ai.onnx', inputs, outputs };
  return { ...own, attributes: [], parent: null, path: '', ...rest };
}

const port = (name: string) => ({ name, element: 'float', shape: ['N', '4'] });
const constant = (name: string, path = '', shape = [4, 8]) => ({
  ...{ name, path, element: 'float', shape, n_values: shape.reduce((a, b) => a * b, 1), size_bytes: 4 },
  external: null,
  statistics: null,
});

const graph: OnnxGraph = {
  ...{ title: 'net.onnx', ir_version: 8, opsets: { 'ai.onnx': 17 }, producer: '', description: '', metadata: [] },
  ...{ size_bytes: 10, n_parameters: 0, custom_operators: [], functions: [], external_data: [], values: [] },
  inputs: [port('x'), port('w')],
  outputs: [port('y')],
  initializers: [constant('w'), constant('w', '1.then_branch', [2])],
  nodes: [
    node(0, 'Gemm', ['x', 'w'], ['h']),
    node(1, 'If', ['c'], ['y']),
    node(2, 'Relu', ['h'], ['r'], { parent: 1, path: '1.then_branch' }),
    node(3, 'Mul', ['r', 'w'], ['m'], { parent: 1, path: '1.then_branch' }),
    node(4, 'Greater', ['h', ''], ['c']),
  ],
};

describe('a level as boxes', () => {
  it('holds inputs that are no constants, nodes, and outputs; what an inner graph takes leads to its node', () => {
    const level = levelOf(graph, '');
    expect(level.scene.titles).toEqual(['x', 'Gemm', 'If', 'Greater', 'y']);
    expect(pairs(level)).toEqual(['x>Gemm:x', 'Greater>If:c', 'Gemm>Greater:h', 'Gemm>If:h', 'If>y:y']);
    expect(level.scene.notes[1]).toBe('4×8');
    expect([...level.scene.kinds].map((kind) => KINDS[kind])).toEqual(['end', 'product', 'control', 'plain', 'end']);
  });

  it('inside a node, what comes from outside is a box', () => {
    const level = levelOf(graph, '1.then_branch');
    expect(level.scene.titles).toEqual(['Relu', 'Mul', 'h']);
    expect(level.scene.notes[2]).toBe('from outside');
    expect(pairs(level)).toEqual(['h>Relu:h', 'Relu>Mul:r']);
    expect(level.boxOfNode.get(3)).toBe(1);
  });

  it('can be coloured by something else', () => {
    const level = levelOf(graph, '', (box) => (box.is === 'node' && box.node.op === 'Gemm' ? 'added' : null));
    expect(KINDS[level.scene.kinds[1] ?? 0]).toBe('added');
  });

  function pairs({ scene, tensors }: ReturnType<typeof levelOf>) {
    const name = (end: number) => scene.titles[scene.net.ends[end] ?? -1];
    return tensors.map((tensor, e) => `${name(2 * e)}>${name(2 * e + 1)}:${tensor}`);
  }
});

it('a name means the constant of the innermost graph around it', () => {
  expect(constantOf(graph, '1.then_branch', 'w')?.shape).toEqual([2]);
  expect(constantOf(graph, '1.then_branch/3.body', 'w')?.shape).toEqual([2]);
  expect(constantOf(graph, '', 'w')?.shape).toEqual([4, 8]);
  expect(constantOf(graph, '1.else_branch', 'w')?.shape).toEqual([4, 8]);
});

it('values are followed into inner graphs', () => {
  expect(makerOf(graph, '1.then_branch', 'h')?.index).toBe(0);
  expect(makerOf(graph, '', 'r')).toBeUndefined();
  expect(readersOf(graph, '', 'h').map(({ index }) => index)).toEqual([2, 4]);
});

it('paths name the graphs around', () => {
  expect(pathsTo('')).toEqual(['']);
  expect(pathsTo('1.a/2.b')).toEqual(['', '1.a', '1.a/2.b']);
  expect(innerPaths(graph, graph.nodes[1] ?? node(0, '', [], []))).toEqual([
    { attribute: 'then_branch', path: '1.then_branch' },
  ]);
});

it.each([
  ['', []],
  ['  ', []],
  ['relu', [2]],
  ['op:re', []],
  ['OP:Relu', [2]],
  ['gemm_0', [0]],
  ['h', [0, 2, 4]],
  ['mul w', [3]],
])('%j finds nodes %j', (text, found) => {
  expect(findNodes(graph, text)).toEqual(found);
});

it.each([
  [[], null, 1, null],
  [[3, 7], null, 1, 3],
  [[3, 7], null, -1, 7],
  [[3, 7], 3, 1, 7],
  [[3, 7], 7, 1, 3],
  [[3, 7], 5, -1, 3],
  [[3, 7], 3, -1, 7],
] as const)('from %j, %j by %j comes %j', (found, now, by, next) => {
  expect(stepThrough(found, now, by)).toBe(next);
});

it('operators are counted', () => {
  expect(operatorCounts(graph)[0]).toEqual({ op: 'Gemm', n: 1 });
});

it.each([
  ['Conv', 'product'],
  ['QLinearMatMul', 'product'],
  ['TreeEnsembleClassifier', 'trees'],
  ['LinearRegressor', 'trees'],
  ['LayerNormalization', 'norm'],
  ['MaxPool', 'norm'],
  ['Softmax', 'activation'],
  ['Gather', 'shape'],
  ['Loop', 'control'],
  ['Add', 'plain'],
] as const)('%s is of %s', (op, kind) => {
  expect(kindOfOperator(op)).toBe(kind);
});

it('shapes are written as one reads them', () => {
  expect([shapeText([]), shapeText([3, 4]), portText(port('x'))]).toEqual(['scalar', '3 × 4', 'N × 4 float']);
});

it('an answer that says the same stays the same object', () => {
  const kept = keeper<{ a: number }>();
  const first = { a: 1 };
  expect(kept(undefined)).toBeUndefined();
  expect(kept(first)).toBe(first);
  expect(kept({ a: 1 })).toBe(first);
  expect(kept({ a: 2 })).toEqual({ a: 2 });
});
