import { expect, it } from 'vitest';
import type { LineageEdge } from '../../gen/LineageEdge';
import type { LineageKind } from '../../gen/LineageKind';
import type { LineageNode } from '../../gen/LineageNode';
import { layOut, NODE, relatives } from './layout';

const node = (id: string, kind: LineageKind): LineageNode => ({
  id,
  kind,
  title: id,
  detail: '',
  route: null,
  created_ms: null,
});
const edge = (from: string, to: string, relation: LineageEdge['relation']): LineageEdge => ({ from, to, relation });

const lineage = {
  focus: 'a@2',
  nodes: [
    node('source:y', 'source'),
    node('source:x', 'source'),
    node('a@1', 'dataset'),
    node('a@2', 'dataset'),
    node('run:late', 'run'),
    node('run:early', 'run'),
    node('model:m@1', 'model'),
  ],
  edges: [
    edge('source:x', 'a@1', 'imported'),
    edge('source:y', 'a@2', 'imported'),
    edge('a@1', 'a@2', 'followed_by'),
    edge('a@2', 'run:late', 'trained_on'),
    edge('a@1', 'run:early', 'trained_on'),
    edge('run:late', 'model:m@1', 'registered'),
    edge('gone', 'model:m@1', 'registered'),
  ],
};

it('each kind has a column, and nodes stand beside what they belong to', () => {
  const { nodes, width, height } = layOut(lineage);
  const at = (id: string) => nodes.find((placed) => placed.node.id === id);
  const step = NODE.width + NODE.gap_x;
  expect(nodes.map(({ node: own }) => own.id)).toEqual([
    'source:x',
    'source:y',
    'a@1',
    'a@2',
    'run:early',
    'run:late',
    'model:m@1',
  ]);
  expect(nodes.map(({ x }) => x / step)).toEqual([0, 0, 1, 1, 2, 2, 3]);
  expect(at('model:m@1')?.y).toBe((height - NODE.height) / 2);
  expect(width).toBe(4 * step - NODE.gap_x);
});

it('nodes of a column do not lie on each other', () => {
  const { nodes } = layOut(lineage);
  for (const a of nodes)
    for (const b of nodes) if (a !== b && a.x === b.x) expect(Math.abs(a.y - b.y)).toBeGreaterThanOrEqual(NODE.height);
});

it('lines that touch the focus are near, and a line to nowhere is left out', () => {
  const { lines } = layOut(lineage);
  expect(lines).toHaveLength(6);
  expect(lines.filter(({ near }) => near).map(({ id }) => id)).toEqual([
    'source:y imported a@2',
    'a@1 followed_by a@2',
    'a@2 trained_on run:late',
  ]);
});

it('the list says what came before and after, in words', () => {
  expect(relatives(lineage, 'a@2', 'from').map(({ words, node: own }) => `${words} ${own.id}`)).toEqual([
    'imported from source:y',
    'follows a@1',
  ]);
  expect(relatives(lineage, 'a@2', 'to').map(({ words, node: own }) => `${words} ${own.id}`)).toEqual([
    'trained run:late',
  ]);
});

it('nothing at all is an empty picture', () =>
  expect(layOut({ focus: '', nodes: [], edges: [] })).toMatchObject({ nodes: [], lines: [] }));
