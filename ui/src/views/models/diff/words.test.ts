import { expect, it } from 'vitest';
import type { ModelDiff } from '../../../gen/ModelDiff';
import type { OnnxNode } from '../../../gen/OnnxNode';
import { colourOf, ensembleSentence, nodeLines, rowSource, summary, textLines } from './words';

const side = { title: 'a', file: 'f', size_bytes: 1, producer: '', ir_version: 8, n_nodes: 3, n_parameters: 4 };
const at = (index: number, op: string) => ({ index, name: '', op, path: '' });
const diff: ModelDiff = {
  ...{ schema: 1, left: side, right: side, same_file: false, metadata: [], outputs: [], ensembles: [] },
  opsets: [{ name: 'ai.onnx', left: '17', right: '21' }],
  inputs: [{ name: 'x', left: null, right: 'float [N, 4]' }],
  nodes: {
    ...{ n_same: 1, n_left_only: 1, n_right_only: 1, n_changed: 1 },
    left_only: [at(2, 'Relu')],
    right_only: [at(3, 'Gelu')],
    changed: [
      {
        left: at(0, 'Gemm'),
        right: at(1, 'Gemm'),
        attributes: [{ name: 'alpha', left: '1', right: null }],
        rewired: true,
      },
    ],
  },
  weights: { n_same: 0, n_changed: 2, n_left_only: 0, n_right_only: 1, changes: [] },
  predictions: null,
};
const predictions = {
  ...{ rows_of: 'dataset a@1', n_rows: 200, agreement: 0.985, n_flips: 3, flips: [], max_abs: 0.1, mean_abs: 0.01 },
  ...{ histogram: { edges: [0, 1], counts: [200] }, rows: [], slices: [] },
};

it('the answer comes first', () => {
  const graph = '1 node came, 1 node went, 1 node is set otherwise, 3 constants differ.';
  expect(summary(diff)).toBe(graph);
  expect(summary({ ...diff, predictions })).toContain('of 200 rows, 3 labels flip. ');
  expect(summary({ ...diff, same_file: true })).toBe('The two files are the same, byte for byte.');
  const none = { n_same: 1, n_left_only: 0, n_right_only: 0, n_changed: 0 };
  const same = {
    ...diff,
    nodes: { ...none, left_only: [], right_only: [], changed: [] },
    weights: { ...none, changes: [] },
  };
  expect(summary(same)).toBe('The graphs are the same.');
});

it('what differs is in lines', () => {
  expect(textLines(diff).map(({ of, name }) => `${of} ${name}`)).toEqual(['input x', 'opset ai.onnx']);
  expect(nodeLines(diff).map(({ change, node, note }) => [change, node.op, note])).toEqual([
    ['changed', 'Gemm', 'alpha: 1 → ·; fed by others'],
    ['added', 'Gelu', ''],
    ['removed', 'Relu', ''],
  ]);
  const shape = (n_trees: number) => ({ n_trees, n_nodes: 9, n_leaves: 5 });
  const change = { node: at(0, 'TreeEnsemble'), left: shape(10), right: shape(12) };
  expect(ensembleSentence({ ...change, n_trees_changed: 4, n_splits_changed: 1, n_leaves_changed: 7 })).toBe(
    '10 → 12 trees, 4 of them changed: 1 split and 7 leaf values',
  );
});

it('boxes are coloured by their change, on each side', () => {
  const box = (index: number) => ({ is: 'node' as const, node: { index } as OnnxNode });
  expect([0, 2, 9].map((index) => colourOf(diff, 'left')(box(index)))).toEqual(['changed', 'removed', 'plain']);
  expect([1, 3, 0].map((index) => colourOf(diff, 'right')(box(index)))).toEqual(['changed', 'added', 'plain']);
  expect(colourOf(diff, 'right')({ is: 'input', name: 'x', port: null })).toBeNull();
});

it('rows are of a data set or a file', () => {
  expect([rowSource(''), rowSource('a@1'), rowSource('file:/b.csv')]).toEqual([
    null,
    { of: 'dataset', dataset: 'a@1' },
    { of: 'file', path: '/b.csv' },
  ]);
});
