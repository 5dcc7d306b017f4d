import { expect, it } from 'vitest';
import { layOut, NODE, type Graph, type GraphNode } from './layout';

const node = (id: string, current = false): GraphNode => ({
  id,
  kind: 'run',
  name: id,
  note: '',
  title: id,
  href: null,
  current,
});

const graph: Graph = {
  columns: [[node('x'), node('y')], [], [node('a@1'), node('a@2', true), node('a@3')], [node('m')]],
  edges: [
    { from: 'x', to: 'a@1' },
    { from: 'y', to: 'a@2' },
    { from: 'a@1', to: 'a@2', loose: true },
    { from: 'a@1', to: 'a@3', loose: true },
    { from: 'a@3', to: 'm' },
    { from: 'gone', to: 'm' },
  ],
};

it('columns without nodes take no room, and short ones stand in the middle', () => {
  const { nodes, width, height, node_width } = layOut(graph);
  expect(nodes.map(({ x }) => x)).toEqual([0, 0, 248, 248, 248, 496]);
  expect(nodes.at(-1)?.y).toBe((height - NODE.height) / 2);
  expect([width, node_width]).toEqual([680, NODE.most_width]);
});

it('nodes of a column do not lie on each other', () => {
  const { nodes } = layOut(graph);
  for (const a of nodes)
    for (const b of nodes) if (a !== b && a.x === b.x) expect(Math.abs(a.y - b.y)).toBeGreaterThanOrEqual(NODE.height);
});

it.each([
  ['columns move together before they become narrower', 620, 184],
  ['then they become narrower', 500, 149],
  ['and stay readable', 100, NODE.least_width],
])('%s', (_, room, node_width) => {
  const picture = layOut(graph, room);
  expect(picture.node_width).toBe(node_width);
  if (node_width > NODE.least_width) expect(picture.width).toBeLessThanOrEqual(room);
});

it('lines that touch what the page is about are near, and a line to nowhere is left out', () => {
  const { lines } = layOut(graph);
  expect(lines).toHaveLength(5);
  expect(lines.filter(({ near }) => near).map(({ id }) => id)).toEqual(['y a@2', 'a@1 a@2']);
  expect(lines.filter(({ loose }) => loose)).toHaveLength(2);
});

it('nothing at all is an empty picture', () =>
  expect(layOut({ columns: [], edges: [] }, 300)).toMatchObject({ nodes: [], lines: [] }));
