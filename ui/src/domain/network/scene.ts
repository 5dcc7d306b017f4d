// A graph with its words and colours, and what can be found in it by place.

import { nBoxes, nEdges, type Net, type Placed, type Point } from './net';

export interface Scene {
  net: Net;
  /** The first line of each box: an operator, the name of an input. */
  titles: readonly string[];
  /** The second line; empty for none. */
  notes: readonly string[];
  /** The colour of each box, as an index into `KINDS`. */
  kinds: Uint8Array;
}

/** What a box is, which is what its colour says. The tokens of the colours stand in `palette.ts`. */
export const KINDS = [
  'plain',
  'end',
  'product',
  'trees',
  'activation',
  'norm',
  'shape',
  'control',
  'added',
  'removed',
  'changed',
] as const;
export type Kind = (typeof KINDS)[number];

export function kindIndex(kind: Kind): number {
  return KINDS.indexOf(kind);
}

/** Heights of boxes with one line and with two, px. */
export const LINE_HEIGHT = 24;
export const LINES_HEIGHT = 38;

/** The width a box takes for its words, px: measured in characters, for a worker and a test have no canvas. */
export function boxWidth(title: string, note: string): number {
  return Math.max(52, Math.min(190, Math.max(title.length * 7, note.length * 6.2) + 24));
}

/** The box at a place of the drawing; -1 for none. */
export function boxAt({ net }: Scene, placed: Placed, at: Point): number {
  for (let i = 0; i < nBoxes(net); i += 1) {
    const inside =
      Math.abs(at.x - (placed.x[i] ?? 0)) <= (net.widths[i] ?? 0) / 2 &&
      Math.abs(at.y - (placed.y[i] ?? 0)) <= (net.heights[i] ?? 0) / 2;
    if (inside) return i;
  }
  return -1;
}

/** The edge within `reach` px of a place of the drawing, the nearest; -1 for none. */
export function edgeAt({ net }: Scene, { starts, points }: Placed, at: Point, reach: number): number {
  let [found, least] = [-1, reach];
  for (let e = 0; e < nEdges(net); e += 1) {
    for (let p = (starts[e] ?? 0) + 1; p < (starts[e + 1] ?? 0); p += 1) {
      const distance = distanceTo(
        at,
        points[2 * p - 2] ?? 0,
        points[2 * p - 1] ?? 0,
        points[2 * p] ?? 0,
        points[2 * p + 1] ?? 0,
      );
      if (distance < least) [found, least] = [e, distance];
    }
  }
  return found;
}

/** The nearest box in a direction along the rank: -1 to the left, 1 to the right. -1 when there is none. */
export function besideBox({ net }: Scene, placed: Placed, box: number, side: -1 | 1): number {
  let [found, least] = [-1, Infinity];
  const [x, y] = [placed.x[box] ?? 0, placed.y[box] ?? 0];
  const tall = net.heights[box] ?? 0;
  for (let i = 0; i < nBoxes(net); i += 1) {
    const distance = ((placed.x[i] ?? 0) - x) * side;
    if (i === box || distance <= 0 || Math.abs((placed.y[i] ?? 0) - y) > tall) continue;
    if (distance < least) [found, least] = [i, distance];
  }
  return found;
}

/** The first box an edge leads to from here, or from which one comes; -1 for none. */
export function nextBox({ net }: Scene, box: number, direction: 'up' | 'down'): number {
  const side = direction === 'down' ? 0 : 1;
  for (let e = 0; e < nEdges(net); e += 1) if (net.ends[2 * e + side] === box) return net.ends[2 * e + 1 - side] ?? -1;
  return -1;
}

function distanceTo(at: Point, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((at.x - ax) * dx + (at.y - ay) * dy) / length));
  return Math.hypot(at.x - ax - t * dx, at.y - ay - t * dy);
}
