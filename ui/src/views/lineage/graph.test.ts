import { expect, it } from 'vitest';
import type { LineageEdge } from '../../gen/LineageEdge';
import type { LineageKind } from '../../gen/LineageKind';
import type { LineageNode } from '../../gen/LineageNode';
import { arrange, graphOf, relatives } from './graph';

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
  expect(arrange(lineage).map((column) => column.map(({ id }) => id))).toEqual([
    ['source:x', 'source:y'],
    ['a@1', 'a@2'],
    ['run:early', 'run:late'],
    ['model:m@1'],
  ]);
});

it('what the page is about is marked, what was deleted is gone, and versions only follow each other', () => {
  const { columns, edges } = graphOf({ schema: 1, ...lineage });
  const nodes = columns.flat();
  expect(nodes.filter(({ current }) => current).map(({ id }) => id)).toEqual(['a@2']);
  expect(nodes.find(({ id }) => id === 'source:x')?.gone).toBe(false);
  expect(nodes.find(({ id }) => id === 'run:late')).toMatchObject({ gone: true, href: null });
  expect(edges.filter(({ loose }) => loose)).toEqual([{ from: 'a@1', to: 'a@2', loose: true }]);
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

it('nothing at all is no column', () => expect(arrange({ nodes: [], edges: [] })).toEqual([]));
