import { expect, it } from 'vitest';
import type { GraphSummary } from '../../gen/GraphSummary';
import { picture, place } from './graph';

const node = (name: string, op: string, inputs: string[], outputs: string[]) => ({ name, op, inputs, outputs });

/** Three numbers treated alike, a text of its own, a forest with two outputs. */
const FOREST: GraphSummary = {
  inputs: ['a', 'b', 'c', 'place'],
  outputs: ['label', 'probabilities'],
  nodes: [
    node('1', 'Unsqueeze', ['a'], ['a1']),
    node('2', 'Unsqueeze', ['b'], ['b1']),
    node('3', 'Unsqueeze', ['c'], ['c1']),
    node('4', 'Concat', ['a1', 'b1', 'c1'], ['numbers']),
    node('5', 'IsNaN', ['numbers'], ['missing']),
    node('5b', 'Where', ['missing', 'numbers'], ['filled']),
    node('6', 'Cast', ['filled'], ['numbers32']),
    node('7', 'Unsqueeze', ['place'], ['p1']),
    node('8', 'OneHotEncoder', ['p1'], ['p2']),
    node('9', 'Concat', ['numbers32', 'p2'], ['features']),
    node('10', 'TreeEnsembleClassifier', ['features'], ['label', 'scores']),
    node('11', 'Cast', ['scores'], ['probabilities']),
  ],
};

it('columns treated alike are one box, what belongs together is one box, the model has its own', () => {
  const { boxes, edges } = picture(FOREST);
  expect(boxes.map(({ kind, title, note }) => [kind, title, note])).toEqual([
    ['input', 'a\nb\nc', ''],
    ['input', 'place', ''],
    ['step', 'OneHotEncoder', '2 steps'],
    ['step', 'Where', '4 steps'],
    ['step', 'Concat', ''],
    ['step', 'TreeEnsemble', ''],
    ['output', 'label', ''],
    ['output', 'probabilities', ''],
  ]);
  const title = new Map(boxes.map((box) => [box.id, box.title]));
  expect(edges.map(({ from, to }) => `${title.get(from)} > ${title.get(to)}`)).toEqual(
    expect.arrayContaining(['a\nb\nc > Where', 'Where > Concat', 'OneHotEncoder > Concat', 'TreeEnsemble > label']),
  );
});

it('many columns are counted', () => {
  const inputs = Array.from({ length: 40 }, (_, i) => `column_${i}`);
  const { boxes } = picture({
    inputs,
    outputs: ['value'],
    nodes: [node('1', 'Concat', inputs, ['all']), node('2', 'MatMul', ['all'], ['value'])],
  });
  expect(boxes.map((box) => box.title)).toEqual(['40 columns', 'Concat', 'MatMul', 'value']);
});

it('boxes are placed without overlap, every edge from left to right', () => {
  const placed = place(picture(FOREST));
  for (const a of placed.boxes) {
    for (const b of placed.boxes) {
      if (a === b) continue;
      const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      expect(apart, `${a.title} and ${b.title}`).toBe(true);
    }
    expect(a.x).toBeGreaterThanOrEqual(0);
    expect(a.x + a.width).toBeLessThanOrEqual(placed.width);
  }
  for (const { points } of placed.edges) expect(points.at(-1)?.x ?? 0).toBeGreaterThan(points[0]?.x ?? 0);
});

it('a graph of one column keeps its steps', () => {
  const { boxes } = picture({
    inputs: ['x'],
    outputs: ['value'],
    nodes: [node('1', 'Cast', ['x'], ['y']), node('2', 'LinearRegressor', ['y'], ['value'])],
  });
  expect(boxes.map(({ title }) => title)).toEqual(['x', 'Cast', 'Linear', 'value']);
});
