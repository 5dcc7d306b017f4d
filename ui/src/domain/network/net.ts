// A directed graph to be arranged and drawn: sizes of its boxes and its edges, as flat arrays that a worker takes
// without copying. What the boxes mean is the business of whoever made them.

/** Box `i` is `widths[i]` by `heights[i]` px; edge `e` leads from box `ends[2e]` to box `ends[2e + 1]`. */
export interface Net {
  widths: Float32Array;
  heights: Float32Array;
  ends: Uint32Array;
}

/**
 * Where everything is, in px of a drawing that is not zoomed, from (0, 0) to (width, height). Boxes by their centre;
 * the points of edge `e` are `points[2i]`, `points[2i + 1]` for i from `starts[e]` to `starts[e + 1]`.
 */
export interface Placed {
  x: Float32Array;
  y: Float32Array;
  starts: Uint32Array;
  points: Float32Array;
  width: number;
  height: number;
}

export interface Point {
  x: number;
  y: number;
}

export function nBoxes(net: Net): number {
  return net.widths.length;
}

export function nEdges(net: Net): number {
  return net.ends.length / 2;
}

/** Packs points by edge, after a shift that puts the upper left corner of everything at (margin, margin). */
export function packPlaced(
  net: Net,
  x: Float32Array,
  y: Float32Array,
  lines: readonly (readonly Point[])[],
  margin: number,
): Placed {
  const box = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };
  const reach = (px: number, py: number) => {
    box.left = Math.min(box.left, px);
    box.right = Math.max(box.right, px);
    box.top = Math.min(box.top, py);
    box.bottom = Math.max(box.bottom, py);
  };
  for (let i = 0; i < nBoxes(net); i += 1) {
    const [cx, cy, w, h] = [x[i] ?? 0, y[i] ?? 0, (net.widths[i] ?? 0) / 2, (net.heights[i] ?? 0) / 2];
    reach(cx - w, cy - h);
    reach(cx + w, cy + h);
  }
  for (const line of lines) for (const point of line) reach(point.x, point.y);
  if (!Number.isFinite(box.left)) Object.assign(box, { left: 0, top: 0, right: 0, bottom: 0 });
  const [dx, dy] = [margin - box.left, margin - box.top];
  const starts = new Uint32Array(lines.length + 1);
  const points = new Float32Array(2 * lines.reduce((n, line) => n + line.length, 0));
  let at = 0;
  lines.forEach((line, e) => {
    for (const point of line) {
      points[2 * at] = point.x + dx;
      points[2 * at + 1] = point.y + dy;
      at += 1;
    }
    starts[e + 1] = at;
  });
  return {
    x: x.map((value) => value + dx),
    y: y.map((value) => value + dy),
    starts,
    points,
    width: box.right - box.left + 2 * margin,
    height: box.bottom - box.top + 2 * margin,
  };
}
