// Looking for nodes by operator, by name, and by the values they take and give.

import type { OnnxGraph } from '../../../gen/OnnxGraph';
import type { OnnxNode } from '../../../gen/OnnxNode';

/** The indices of the nodes that hold every word, in the order of the file. Of `op:Conv` the operator is exactly that. */
export function findNodes(graph: OnnxGraph, text: string): number[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const texts = textsOf(graph);
  return graph.nodes
    .filter((node, i) => words.every((word) => holds(node, texts[i] ?? '', word)))
    .map(({ index }) => index);
}

/** The next of `found` after `now`, or before it; around the end. Null when nothing was found. */
export function stepThrough(found: readonly number[], now: number | null, by: 1 | -1): number | null {
  if (found.length === 0) return null;
  if (now === null) return (by === 1 ? found[0] : found.at(-1)) ?? null;
  const next = by === 1 ? found.find((own) => own > now) : found.findLast((own) => own < now);
  return next ?? (by === 1 ? found[0] : found.at(-1)) ?? null;
}

/** How often each operator stands in the graph, the most frequent first. */
export function operatorCounts(graph: OnnxGraph): { op: string; n: number }[] {
  const counts = new Map<string, number>();
  for (const { op } of graph.nodes) counts.set(op, (counts.get(op) ?? 0) + 1);
  return [...counts].map(([op, n]) => ({ op, n })).toSorted((a, b) => b.n - a.n || a.op.localeCompare(b.op));
}

/** A file may name two things alike; a list shows the first. */
export function withoutTwins<T extends { name: string }>(rows: readonly T[]): T[] {
  const seen = new Set<string>();
  return rows.filter(({ name }) => !seen.has(name) && seen.add(name));
}

function holds({ op }: OnnxNode, text: string, word: string): boolean {
  return word.startsWith('op:') ? op.toLowerCase() === word.slice(3) : text.includes(word);
}

/** What is searched of each node, made once for a graph; a word has no space, so none reaches from one name to the next. */
function textsOf(graph: OnnxGraph): readonly string[] {
  let texts = TEXTS.get(graph);
  if (!texts) {
    texts = graph.nodes.map(({ op, name, inputs, outputs }) =>
      [op, name, ...inputs, ...outputs].join(' ').toLowerCase(),
    );
    TEXTS.set(graph, texts);
  }
  return texts;
}

const TEXTS = new WeakMap<OnnxGraph, readonly string[]>();
