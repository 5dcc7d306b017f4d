// Boxes of a graph in ranks, each below what leads to it, and the places where the whole graph passes through one box.

import { nBoxes, nEdges, type Net } from './net';

/** Followers of each box, as lists without objects: those of box `i` are `to[from[i]]` up to `to[from[i + 1]]`. */
export interface Followers {
  from: Uint32Array;
  to: Uint32Array;
}

export function followersOf(net: Net, backwards = false): Followers {
  const [n, m] = [nBoxes(net), nEdges(net)];
  const from = new Uint32Array(n + 1);
  const side = backwards ? 1 : 0;
  for (let e = 0; e < m; e += 1) {
    const at = (net.ends[2 * e + side] ?? 0) + 1;
    from[at] = (from[at] ?? 0) + 1;
  }
  for (let i = 0; i < n; i += 1) from[i + 1] = (from[i + 1] ?? 0) + (from[i] ?? 0);
  const next = from.slice();
  const to = new Uint32Array(m);
  for (let e = 0; e < m; e += 1) {
    const own = net.ends[2 * e + side] ?? 0;
    const at = next[own] ?? 0;
    to[at] = net.ends[2 * e + 1 - side] ?? 0;
    next[own] = at + 1;
  }
  return { from, to };
}

/**
 * The rank of each box: one more than the highest rank that leads to it. What nothing leads to stands right above what
 * it leads to. Boxes on a circle, which no valid graph has, stay at rank 0.
 */
export function ranksOf(net: Net): Uint32Array {
  const n = nBoxes(net);
  const after = followersOf(net);
  const before = followersOf(net, true);
  const ranks = new Uint32Array(n);
  const open = new Uint32Array(n);
  const queue: number[] = [];
  for (let i = 0; i < n; i += 1) {
    open[i] = (before.from[i + 1] ?? 0) - (before.from[i] ?? 0);
    if (open[i] === 0) queue.push(i);
  }
  for (let q = 0; q < queue.length; q += 1) {
    const own = queue[q] ?? 0;
    for (let at = after.from[own] ?? 0; at < (after.from[own + 1] ?? 0); at += 1) {
      const next = after.to[at] ?? 0;
      ranks[next] = Math.max(ranks[next] ?? 0, (ranks[own] ?? 0) + 1);
      open[next] = (open[next] ?? 1) - 1;
      if (open[next] === 0) queue.push(next);
    }
  }
  for (let i = 0; i < n; i += 1) {
    if (before.from[i + 1] !== before.from[i]) continue;
    let least = Infinity;
    for (let at = after.from[i] ?? 0; at < (after.from[i + 1] ?? 0); at += 1)
      least = Math.min(least, ranks[after.to[at] ?? 0] ?? 0);
    if (Number.isFinite(least) && least > 0) ranks[i] = least - 1;
  }
  return ranks;
}

/**
 * The boxes in pieces of at least `least` boxes, cut where everything passes through one box; that box is the last of
 * one piece and the first of the next. A graph without such a box is one piece.
 */
export function piecesOf(net: Net, least: number): number[][] {
  const n = nBoxes(net);
  const ranks = ranksOf(net);
  const after = followersOf(net);
  const ends = (i: number) => (after.from[i + 1] === after.from[i] ? 0 : 1);
  const order = Array.from({ length: n }, (_, i) => i).sort(
    (a, b) => (ranks[a] ?? 0) - (ranks[b] ?? 0) || ends(a) - ends(b) || a - b,
  );
  const position = new Uint32Array(n);
  order.forEach((own, i) => (position[own] = i));
  // How many edges pass over each position, from the differences at their ends.
  const steps = new Int32Array(n + 1);
  for (let e = 0; e < nEdges(net); e += 1) {
    const a = position[net.ends[2 * e] ?? 0] ?? 0;
    const b = position[net.ends[2 * e + 1] ?? 0] ?? 0;
    const [low, high] = [Math.min(a, b), Math.max(a, b)];
    if (high - low < 2) continue;
    steps[low + 1] = (steps[low + 1] ?? 0) + 1;
    steps[high] = (steps[high] ?? 0) - 1;
  }
  const pieces: number[][] = [];
  let piece: number[] = [];
  let over = 0;
  order.forEach((own, i) => {
    over += steps[i] ?? 0;
    piece.push(own);
    const isCut = over === 0 && i < n - 1 && leadsOn(own);
    if (!isCut || piece.length < least || n - 1 - i < least / 2) return;
    pieces.push(piece);
    piece = [own];
  });
  if (piece.length > 0) pieces.push(piece);
  return pieces;

  // A cut has something above and something below it: two graphs beside one another are not one above the other.
  function leadsOn(own: number): boolean {
    return ends(own) === 1 && (ranks[own] ?? 0) > 0;
  }
}
