// Draws what of a graph is in sight, with as much of it as can be seen at that size: words and curves near by, boxes
// without words farther off, coloured marks and straight lines from far away.

import type { Camera, Extent } from './camera';
import { nBoxes, nEdges, type Placed } from './net';
import type { Palette } from './palette';
import { KINDS, type Scene } from './scene';

/** Zooms below which words, and below which frames and curves, are left out. */
const WORDS = 0.5;
const FRAMES = 0.18;

/** An edge shorter than this in the window, px, says nothing. */
const LEAST_EDGE = 2;

export interface Marked {
  box: number | null;
  edge: number | null;
  found: ReadonlySet<number>;
}

export interface Picture {
  scene: Scene;
  placed: Placed;
  palette: Palette;
  camera: Camera;
  window: Extent;
  /** Pixels of the screen for one of the window. */
  density: number;
  marked: Marked;
}

/** Returns how many boxes it drew. */
export function paint(canvas: CanvasRenderingContext2D, picture: Picture): number {
  const { camera, window, density, palette } = picture;
  canvas.setTransform(1, 0, 0, 1, 0, 0);
  canvas.fillStyle = palette.background;
  canvas.fillRect(0, 0, window.width * density, window.height * density);
  const k = camera.k * density;
  canvas.setTransform(k, 0, 0, k, -camera.x * k, -camera.y * k);
  paintEdges(canvas, picture);
  return paintBoxes(canvas, picture);
}

function paintEdges(
  canvas: CanvasRenderingContext2D,
  { scene, placed, palette, camera, window, marked }: Picture,
): void {
  const { starts, points } = placed;
  const [left, top] = [camera.x, camera.y];
  const [right, bottom] = [left + window.width / camera.k, top + window.height / camera.k];
  const least = LEAST_EDGE / camera.k;
  const isFar = camera.k < FRAMES;
  const withHeads = camera.k >= WORDS;
  canvas.beginPath();
  for (let e = 0; e < nEdges(scene.net); e += 1) {
    const first = starts[e] ?? 0;
    const last = (starts[e + 1] ?? 0) - 1;
    if (last <= first) continue;
    const [y0, y1] = [points[2 * first + 1] ?? 0, points[2 * last + 1] ?? 0];
    if (Math.max(y0, y1) < top || Math.min(y0, y1) > bottom) continue;
    const [x0, x1] = [points[2 * first] ?? 0, points[2 * last] ?? 0];
    if (Math.abs(y1 - y0) < least && Math.abs(x1 - x0) < least) continue;
    if (isFar) {
      if (Math.max(x0, x1) < left || Math.min(x0, x1) > right) continue;
      canvas.moveTo(x0, y0);
      canvas.lineTo(x1, y1);
    } else if (!isBeside(points, first, last, left, right)) {
      trace(canvas, points, first, last);
      if (withHeads) head(canvas, points, last);
    }
  }
  canvas.strokeStyle = palette.edge;
  canvas.lineWidth = (isFar ? 0.5 : 1) / Math.max(camera.k, 0.02) / (camera.k > 1 ? 1 / camera.k : 1);
  canvas.stroke();
  if (marked.edge !== null) {
    canvas.beginPath();
    trace(canvas, points, starts[marked.edge] ?? 0, (starts[marked.edge + 1] ?? 0) - 1);
    canvas.strokeStyle = palette.accent;
    canvas.lineWidth = 2.5 / Math.min(1, camera.k);
    canvas.stroke();
  }
}

function paintBoxes(canvas: CanvasRenderingContext2D, picture: Picture): number {
  const { scene, placed, palette, camera, marked } = picture;
  const { widths, heights } = scene.net;
  const seen = boxesInSight(picture);
  const isFar = camera.k < FRAMES;
  const byKind = KINDS.map((): number[] => []);
  for (const i of seen) byKind[scene.kinds[i] ?? 0]?.push(i);
  const least = 1.5 / camera.k;
  if (!isFar) {
    canvas.beginPath();
    for (const i of seen) rect(i, 0);
    canvas.fillStyle = palette.box;
    canvas.fill();
    if (marked.found.size > 0) {
      canvas.beginPath();
      for (const i of seen) if (marked.found.has(i)) rect(i, 0);
      canvas.fillStyle = palette.found;
      canvas.fill();
    }
    canvas.beginPath();
    for (const i of seen) rect(i, 0);
    canvas.strokeStyle = palette.line;
    canvas.lineWidth = 1 / Math.min(1, camera.k);
    canvas.stroke();
  }
  byKind.forEach((boxes, kind) => {
    if (boxes.length === 0) return;
    canvas.fillStyle = palette.kinds[kind] ?? palette.edge;
    let [lastX, lastY] = [NaN, NaN];
    for (const i of boxes) {
      const [w, h] = [widths[i] ?? 0, heights[i] ?? 0];
      const [x, y] = [(placed.x[i] ?? 0) - w / 2, (placed.y[i] ?? 0) - h / 2];
      if (!isFar) {
        canvas.fillRect(x, y, 3, h);
        continue;
      }
      // From far away many boxes fall onto one mark.
      if (Math.abs(x - lastX) < least && Math.abs(y - lastY) < least) continue;
      [lastX, lastY] = [x, y];
      canvas.fillRect(x, y, Math.max(least, w), Math.max(least, h));
    }
  });
  if (isFar && marked.found.size > 0) {
    canvas.fillStyle = palette.accent;
    for (const i of seen)
      if (marked.found.has(i)) canvas.fillRect(placed.x[i] ?? 0, placed.y[i] ?? 0, 3 * least, 3 * least);
  }
  if (camera.k >= WORDS) paintWords(canvas, picture, seen);
  if (marked.box !== null && marked.box < nBoxes(scene.net)) {
    canvas.beginPath();
    rect(marked.box, 1.5);
    canvas.strokeStyle = palette.accent;
    canvas.lineWidth = 2.5 / Math.min(1, camera.k);
    canvas.stroke();
  }
  return seen.length;

  function rect(i: number, out: number): void {
    const [w, h] = [widths[i] ?? 0, heights[i] ?? 0];
    canvas.rect((placed.x[i] ?? 0) - w / 2 - out, (placed.y[i] ?? 0) - h / 2 - out, w + 2 * out, h + 2 * out);
  }
}

function paintWords(
  canvas: CanvasRenderingContext2D,
  { scene, placed, palette }: Picture,
  seen: readonly number[],
): void {
  const { widths, heights } = scene.net;
  canvas.textBaseline = 'middle';
  canvas.fillStyle = palette.ink;
  canvas.font = `500 12px ${palette.font}`;
  for (const i of seen) {
    const up = scene.notes[i] ? 7.5 : 0;
    canvas.fillText(
      cut(scene.titles[i] ?? '', widths[i] ?? 0, 7),
      (placed.x[i] ?? 0) - (widths[i] ?? 0) / 2 + 11,
      (placed.y[i] ?? 0) - up,
    );
  }
  canvas.fillStyle = palette.quiet;
  canvas.font = `10px ${palette.mono}`;
  for (const i of seen) {
    const note = scene.notes[i];
    if (!note) continue;
    canvas.fillText(
      cut(note, widths[i] ?? 0, 6.2),
      (placed.x[i] ?? 0) - (widths[i] ?? 0) / 2 + 11,
      (placed.y[i] ?? 0) + (heights[i] ?? 0) / 2 - 11,
    );
  }
}

function boxesInSight({ scene, placed, camera, window }: Picture): number[] {
  const { widths, heights } = scene.net;
  const [left, top] = [camera.x, camera.y];
  const [right, bottom] = [left + window.width / camera.k, top + window.height / camera.k];
  const seen: number[] = [];
  for (let i = 0; i < nBoxes(scene.net); i += 1) {
    const [x, y] = [placed.x[i] ?? 0, placed.y[i] ?? 0];
    const [w, h] = [(widths[i] ?? 0) / 2, (heights[i] ?? 0) / 2];
    if (x + w >= left && x - w <= right && y + h >= top && y - h <= bottom) seen.push(i);
  }
  return seen;
}

function isBeside(points: Float32Array, first: number, last: number, left: number, right: number): boolean {
  let [low, high] = [Infinity, -Infinity];
  for (let p = first; p <= last; p += 1) {
    const x = points[2 * p] ?? 0;
    if (x < low) low = x;
    if (x > high) high = x;
  }
  return high < left || low > right;
}

/** A line through the middles between its points, rounded at each. */
function trace(canvas: CanvasRenderingContext2D, points: Float32Array, first: number, last: number): void {
  const [lastX, lastY] = [points[2 * last] ?? 0, points[2 * last + 1] ?? 0];
  canvas.moveTo(points[2 * first] ?? 0, points[2 * first + 1] ?? 0);
  for (let p = first + 1; p < last; p += 1) {
    const [x, y] = [points[2 * p] ?? 0, points[2 * p + 1] ?? 0];
    const isLast = p === last - 1;
    const [nextX, nextY] = [points[2 * p + 2] ?? 0, points[2 * p + 3] ?? 0];
    canvas.quadraticCurveTo(x, y, isLast ? lastX : (x + nextX) / 2, isLast ? lastY : (y + nextY) / 2);
  }
  if (last - first < 2) canvas.lineTo(lastX, lastY);
}

function head(canvas: CanvasRenderingContext2D, points: Float32Array, last: number): void {
  const [x, y] = [points[2 * last] ?? 0, points[2 * last + 1] ?? 0];
  canvas.moveTo(x - 3, y - 5);
  canvas.lineTo(x, y);
  canvas.lineTo(x + 3, y - 5);
}

function cut(text: string, width: number, of_character: number): string {
  const most = Math.floor((width - 18) / of_character);
  return text.length <= most + 1 ? text : `${text.slice(0, Math.max(1, most - 1))}…`;
}
