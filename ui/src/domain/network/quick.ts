// A cheap order in layers, shown at once while the worker computes the real one: ranks from above, boxes of a rank
// sorted by where what leads to them stands, edges as straight lines.

import { nBoxes, nEdges, packPlaced, type Net, type Placed } from './net';
import { followersOf, ranksOf } from './ranks';

export const RANK_GAP = 30;
export const BOX_GAP = 14;
export const MARGIN = 24;

const TOWARDS_MIDDLE = 0.9;

export function quickLayout(net: Net): Placed {
  const n = nBoxes(net);
  const ranks = ranksOf(net);
  const before = followersOf(net, true);
  const rows: number[][] = [];
  for (let i = 0; i < n; i += 1) (rows[ranks[i] ?? 0] ??= []).push(i);
  const x = new Float32Array(n);
  const y = new Float32Array(n);
  let top = 0;
  for (const row of rows) {
    if (!row) continue;
    const wanted = new Map(row.map((own) => [own, meanBefore(own)]));
    row.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0) || a - b);
    const width = row.reduce((sum, own) => sum + (net.widths[own] ?? 0) + BOX_GAP, -BOX_GAP);
    const tall = Math.max(...row.map((own) => net.heights[own] ?? 0));
    // A little towards the middle, so that a long graph does not lean to one side.
    const middle = (TOWARDS_MIDDLE * row.reduce((sum, own) => sum + (wanted.get(own) ?? 0), 0)) / row.length;
    let left = middle - width / 2;
    for (const own of row) {
      const own_width = net.widths[own] ?? 0;
      x[own] = left + own_width / 2;
      y[own] = top + tall / 2;
      left += own_width + BOX_GAP;
    }
    top += tall + RANK_GAP;
  }
  const lines = Array.from({ length: nEdges(net) }, (_, e) => {
    const a = net.ends[2 * e] ?? 0;
    const b = net.ends[2 * e + 1] ?? 0;
    return [
      { x: x[a] ?? 0, y: (y[a] ?? 0) + (net.heights[a] ?? 0) / 2 },
      { x: x[b] ?? 0, y: (y[b] ?? 0) - (net.heights[b] ?? 0) / 2 },
    ];
  });
  return packPlaced(net, x, y, lines, MARGIN);

  function meanBefore(own: number): number {
    const [start, end] = [before.from[own] ?? 0, before.from[own + 1] ?? 0];
    let sum = 0;
    for (let at = start; at < end; at += 1) sum += x[before.to[at] ?? 0] ?? 0;
    return end === start ? 0 : sum / (end - start);
  }
}
