// What of a drawing is in sight: `x`, `y` in the drawing stand at the upper left corner of the window, `k` px of the
// window are one px of the drawing.

import type { Placed, Point } from './net';

export interface Camera {
  x: number;
  y: number;
  k: number;
}

export interface Extent {
  width: number;
  height: number;
}

export const MOST_ZOOM = 3;

/** Room kept free around a drawing that is shown whole. */
const FRAME = 16;

/** A drawing is no smaller than this at first; what does not fit is begun at its top. */
const READABLE = 0.45;

export function toScreen({ x, y, k }: Camera, point: Point): Point {
  return { x: (point.x - x) * k, y: (point.y - y) * k };
}

export function toDrawing({ x, y, k }: Camera, point: Point): Point {
  return { x: point.x / k + x, y: point.y / k + y };
}

/** The whole drawing in the middle, never larger than life. */
export function fit(drawing: Extent, window: Extent): Camera {
  const k = Math.min(1, fitting(drawing, window));
  return { k, x: drawing.width / 2 - window.width / 2 / k, y: drawing.height / 2 - window.height / 2 / k };
}

/** The whole drawing when it can be read so; else the place `begin` at the top, as large as life. */
export function opening(drawing: Extent, window: Extent, begin: Point): Camera {
  if (fitting(drawing, window) >= READABLE) return fit(drawing, window);
  return { k: 1, x: begin.x - window.width / 2, y: begin.y - 60 };
}

/** Where reading begins: at the top, above the middle of the boxes. */
export function beginning({ x, y }: Placed): Point {
  const across = x.toSorted();
  return { x: across[across.length >> 1] ?? 0, y: y.reduce((least, own) => Math.min(least, own), Infinity) };
}

/** Closer or farther by a factor, while the place under `at` (in the window) stays where it is. */
export function zoomAt(camera: Camera, factor: number, at: Point, drawing: Extent, window: Extent): Camera {
  const least = Math.min(1, fitting(drawing, window)) * 0.8;
  const k = Math.max(least, Math.min(MOST_ZOOM, camera.k * factor));
  const under = toDrawing(camera, at);
  return within({ k, x: under.x - at.x / k, y: under.y - at.y / k }, drawing, window);
}

/** Moved by px of the window. */
export function pan(camera: Camera, dx: number, dy: number, drawing: Extent, window: Extent): Camera {
  return within({ ...camera, x: camera.x + dx / camera.k, y: camera.y + dy / camera.k }, drawing, window);
}

/** With a place in the middle; as near as it can be read. */
export function centreOn(camera: Camera, at: Point, window: Extent, least_zoom = 0.8): Camera {
  const k = Math.max(camera.k, least_zoom);
  return { k, x: at.x - window.width / 2 / k, y: at.y - window.height / 2 / k };
}

/** Whether a box lies in sight, with `spare` px of the window around it. */
export function inSight(camera: Camera, at: Point, window: Extent, spare: number): boolean {
  const { x, y } = toScreen(camera, at);
  return x >= spare && y >= spare && x <= window.width - spare && y <= window.height - spare;
}

/** Something of the drawing always stays in the window. */
function within(camera: Camera, drawing: Extent, window: Extent): Camera {
  const [wide, tall] = [window.width / camera.k, window.height / camera.k];
  const keep = 60 / camera.k;
  return {
    k: camera.k,
    x: Math.max(keep - wide, Math.min(drawing.width - keep, camera.x)),
    y: Math.max(keep - tall, Math.min(drawing.height - keep, camera.y)),
  };
}

function fitting(drawing: Extent, window: Extent): number {
  const room = (size: number) => Math.max(1, size - 2 * FRAME);
  return Math.min(room(window.width) / Math.max(1, drawing.width), room(window.height) / Math.max(1, drawing.height));
}
