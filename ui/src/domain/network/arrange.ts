// Boxes placed by dagre, piece by piece where the whole graph passes through one box. A piece of the same form as one
// before is not computed again, which is most of a deep network; and what is done can be counted.

import { Graph, layout } from '@dagrejs/dagre';
import { nBoxes, nEdges, packPlaced, type Net, type Placed, type Point } from './net';
import { BOX_GAP, MARGIN, RANK_GAP } from './quick';
import { piecesOf } from './ranks';

/** Boxes of a piece at least: few, so that the blocks of a network are pieces of their own and are seen to be alike. */
const LEAST_PIECE = 12;

/** Over this many boxes in one piece the order within ranks is not tried again and again. */
const LARGE_PIECE = 1500;

/** How far a piece may be moved aside, px, so that a long graph does not wander off. */
const MOST_ASIDE = 40;

/** `progress` hears how many boxes are placed. */
export function arrange(net: Net, progress: (n_done: number) => void = () => undefined): Placed {
  const n = nBoxes(net);
  const x = new Float32Array(n);
  const y = new Float32Array(n);
  const lines: Point[][] = Array.from({ length: nEdges(net) }, () => []);
  const known = new Map<string, PlacedPiece>();
  let bottom = 0;
  let n_done = 0;
  for (const piece of toPieces(net)) {
    const form = formOf(net, piece);
    const placed = known.get(form) ?? placePiece(net, piece);
    known.set(form, placed);
    const [dx, dy] = offset(net, piece, placed, x, bottom);
    piece.boxes.forEach((own, i) => {
      // The shared box stands where the piece above it has put it.
      if (i === 0 && piece.isJoined) return;
      const at = placed.at[i] ?? { x: 0, y: 0 };
      x[own] = at.x + dx;
      y[own] = at.y + dy;
    });
    piece.edges.forEach((e, i) => {
      lines[e] = (placed.lines[i] ?? []).map((point) => ({ x: point.x + dx, y: point.y + dy }));
    });
    bottom = placed.bottom + dy;
    n_done += piece.boxes.length - (piece.isJoined ? 1 : 0);
    progress(n_done);
  }
  endAtBoxes(net, x, y, lines);
  return packPlaced(net, x, y, lines, MARGIN);
}

interface Piece {
  boxes: readonly number[];
  edges: number[];
  /** Its first box is the last of the piece above. */
  isJoined: boolean;
}

/** By the places of boxes and edges in their piece. */
interface PlacedPiece {
  at: Point[];
  lines: Point[][];
  top: number;
  bottom: number;
  left: number;
  right: number;
}

function toPieces(net: Net): Piece[] {
  const pieces = piecesOf(net, LEAST_PIECE);
  const pieceOf = new Uint32Array(nBoxes(net));
  // A shared box counts to the piece below it, so that the upper end of an edge names its piece.
  pieces.forEach((boxes, p) => boxes.forEach((own) => (pieceOf[own] = p)));
  const all = pieces.map((boxes, p): Piece => ({ boxes, edges: [], isJoined: p > 0 }));
  for (let e = 0; e < nEdges(net); e += 1) all[pieceOf[net.ends[2 * e] ?? 0] ?? 0]?.edges.push(e);
  return all;
}

/** The same text for pieces that look the same: the sizes of boxes, and which is joined with which. */
function formOf(net: Net, { boxes, edges }: Piece): string {
  const at = new Map(boxes.map((own, i) => [own, i]));
  const sizes = boxes.map((own) => `${net.widths[own]}x${net.heights[own]}`);
  const pairs = edges.map((e) => `${at.get(net.ends[2 * e] ?? 0)}-${at.get(net.ends[2 * e + 1] ?? 0)}`);
  return `${sizes.join(' ')};${pairs.join(' ')}`;
}

function placePiece(net: Net, { boxes, edges }: Piece): PlacedPiece {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: 'TB', ranksep: RANK_GAP, nodesep: BOX_GAP, edgesep: 8, ranker: 'tight-tree' });
  for (const own of boxes) graph.setNode(String(own), { width: net.widths[own] ?? 0, height: net.heights[own] ?? 0 });
  const ends = (e: number) => ({ v: String(net.ends[2 * e]), w: String(net.ends[2 * e + 1]), name: String(e) });
  for (const e of edges) graph.setEdge(ends(e), {});
  layout(graph, boxes.length > LARGE_PIECE ? { disableOptimalOrderHeuristic: true } : {});
  const placed: PlacedPiece = { at: [], lines: [], top: Infinity, bottom: -Infinity, left: Infinity, right: -Infinity };
  for (const own of boxes) {
    const { x, y } = graph.node(String(own)) as Point;
    placed.at.push({ x, y });
    const [half_width, half_height] = [(net.widths[own] ?? 0) / 2, (net.heights[own] ?? 0) / 2];
    placed.left = Math.min(placed.left, x - half_width);
    placed.right = Math.max(placed.right, x + half_width);
    placed.top = Math.min(placed.top, y - half_height);
    placed.bottom = Math.max(placed.bottom, y + half_height);
  }
  for (const e of edges) placed.lines.push((graph.edge(ends(e)) as { points?: Point[] } | undefined)?.points ?? []);
  return placed;
}

/** Puts the shared box of a piece onto that of the piece above, and the piece a little towards the middle. */
function offset(net: Net, piece: Piece, placed: PlacedPiece, x: Float32Array, bottom: number): [number, number] {
  const shared = piece.boxes[0];
  const at = placed.at[0];
  if (!piece.isJoined || shared === undefined || !at) return [-(placed.left + placed.right) / 2, bottom - placed.top];
  const dx = (x[shared] ?? 0) - at.x;
  const aside = (placed.left + placed.right) / 2 + dx;
  const back = Math.max(-MOST_ASIDE, Math.min(MOST_ASIDE, -aside));
  const upper = at.y - (net.heights[shared] ?? 0) / 2;
  // Boxes that stand as high as the shared one keep clear of the piece above.
  const clear = placed.top < upper || piece.boxes.some((own, i) => i > 0 && overlaps(i, own)) ? RANK_GAP : 0;
  return [dx + back, clear > 0 ? bottom + clear - placed.top : bottom - (net.heights[shared] ?? 0) - placed.top];

  function overlaps(i: number, own: number): boolean {
    return (placed.at[i]?.y ?? 0) - (net.heights[own] ?? 0) / 2 < (at?.y ?? 0) + (net.heights[shared ?? 0] ?? 0) / 2;
  }
}

/** Lines begin at the lower edge of their box and end at the upper edge of the other, wherever a piece was moved to. */
function endAtBoxes(net: Net, x: Float32Array, y: Float32Array, lines: Point[][]): void {
  lines.forEach((line, e) => {
    const a = net.ends[2 * e] ?? 0;
    const b = net.ends[2 * e + 1] ?? 0;
    const begin = { x: within(a, line[0]?.x), y: (y[a] ?? 0) + (net.heights[a] ?? 0) / 2 };
    const end = { x: within(b, line.at(-1)?.x), y: (y[b] ?? 0) - (net.heights[b] ?? 0) / 2 };
    lines[e] = [begin, ...line.slice(1, -1), end];
  });

  function within(box: number, at: number | undefined): number {
    const middle = x[box] ?? 0;
    const half = Math.max(0, (net.widths[box] ?? 0) / 2 - 4);
    return Math.max(middle - half, Math.min(middle + half, at ?? middle));
  }
}
