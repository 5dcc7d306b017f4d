import { describe, expect, it } from 'vitest';
import { arrange } from './arrange';
import { beginning, centreOn, fit, opening, pan, toDrawing, toScreen, zoomAt } from './camera';
import type { Net, Placed } from './net';
import { quickLayout } from './quick';
import { piecesOf, ranksOf } from './ranks';
import { besideBox, boxAt, edgeAt, nextBox, type Scene } from './scene';

function net(n: number, ends: readonly (readonly [number, number])[]): Net {
  return {
    widths: Float32Array.from({ length: n }, (_, i) => 60 + 10 * (i % 3)),
    heights: Float32Array.from({ length: n }, () => 30),
    ends: Uint32Array.from(ends.flat()),
  };
}

/** Blocks of a fork with a branch around it, one below another. */
function blocks(n_blocks: number): Net {
  const ends: [number, number][] = [];
  for (let b = 0; b < n_blocks; b += 1) {
    const i = 4 * b;
    ends.push([i, i + 1], [i, i + 2], [i + 1, i + 3], [i + 2, i + 3], [i, i + 3], [i + 3, i + 4]);
  }
  return net(4 * n_blocks + 1, ends);
}

function overlaps({ widths, heights }: Net, { x, y }: Placed): [number, number][] {
  const found: [number, number][] = [];
  for (let a = 0; a < x.length; a += 1) {
    for (let b = a + 1; b < x.length; b += 1) {
      const apartX = Math.abs((x[a] ?? 0) - (x[b] ?? 0)) - ((widths[a] ?? 0) + (widths[b] ?? 0)) / 2;
      const apartY = Math.abs((y[a] ?? 0) - (y[b] ?? 0)) - ((heights[a] ?? 0) + (heights[b] ?? 0)) / 2;
      if (apartX < -0.01 && apartY < -0.01) found.push([a, b]);
    }
  }
  return found;
}

const shapes: [string, Net][] = [
  ['nothing', net(0, [])],
  ['one box', net(1, [])],
  ['boxes without edges', net(5, [])],
  [
    'a chain',
    net(
      60,
      Array.from({ length: 59 }, (_, i) => [i, i + 1] as const),
    ),
  ],
  ['blocks', blocks(30)],
  [
    'a fan in and out',
    net(21, [...range(10).map((i) => [i, 10] as const), ...range(10).map((i) => [10, 11 + i] as const)]),
  ],
  [
    'two edges between the same boxes',
    net(2, [
      [0, 1],
      [0, 1],
    ]),
  ],
  ['a late input', net(32, [...range(30).map((i) => [i, i + 1] as const), [31, 25]])],
  [
    'a circle',
    net(3, [
      [0, 1],
      [1, 2],
      [2, 0],
    ]),
  ],
];

function range(n: number): number[] {
  return Array.from({ length: n }, (_, i) => i);
}

describe.each(shapes)('%s', (_, own) => {
  it.each([
    ['arranged', arrange],
    ['in a quick order', quickLayout],
  ])('%s, no box lies on another, all lies inside, every edge joins its boxes', (_, place) => {
    const placed = place(own);
    expect(overlaps(own, placed)).toEqual([]);
    placed.x.forEach((x, i) => {
      const [w, h] = [(own.widths[i] ?? 0) / 2, (own.heights[i] ?? 0) / 2];
      expect([x - w >= 0, x + w <= placed.width]).toEqual([true, true]);
      expect([(placed.y[i] ?? 0) - h >= 0, (placed.y[i] ?? 0) + h <= placed.height]).toEqual([true, true]);
    });
    for (let e = 0; e < own.ends.length / 2; e += 1) {
      const [first, last] = [placed.starts[e] ?? 0, (placed.starts[e + 1] ?? 0) - 1];
      expect(last).toBeGreaterThan(first);
      const [a, b] = [own.ends[2 * e] ?? 0, own.ends[2 * e + 1] ?? 0];
      expect(Math.abs((placed.points[2 * first] ?? 0) - (placed.x[a] ?? 0))).toBeLessThanOrEqual(40);
      expect(placed.points[2 * first + 1]).toBeCloseTo((placed.y[a] ?? 0) + 15, 2);
      expect(Math.abs((placed.points[2 * last] ?? 0) - (placed.x[b] ?? 0))).toBeLessThanOrEqual(40);
      expect(placed.points[2 * last + 1]).toBeCloseTo((placed.y[b] ?? 0) - 15, 2);
    }
  });
});

it('ranks stand below what leads to them, late inputs right above what reads them', () => {
  expect([
    ...ranksOf(
      net(5, [
        [0, 1],
        [1, 2],
        [0, 2],
        [3, 2],
        [2, 4],
      ]),
    ),
  ]).toEqual([0, 1, 2, 1, 3]);
});

it('a graph is cut where everything passes through one box, which both pieces hold', () => {
  const pieces = piecesOf(blocks(12), 12);
  expect(pieces.length).toBeGreaterThan(2);
  pieces.slice(1).forEach((piece, i) => expect(piece[0]).toBe(pieces[i]?.at(-1)));
  expect(new Set(pieces.flat()).size).toBe(49);
  expect(piecesOf(net(40, []), 12)).toHaveLength(1);
});

it('progress is counted in boxes and ends with all of them', () => {
  const said: number[] = [];
  arrange(blocks(30), (n) => said.push(n));
  expect(said.length).toBeGreaterThan(3);
  expect(said.at(-1)).toBe(121);
  expect(said).toEqual(said.toSorted((a, b) => a - b));
});

describe('what is found by its place', () => {
  const own = blocks(2);
  const scene: Scene = { net: own, titles: [], notes: [], kinds: new Uint8Array(9) };
  const placed = arrange(own);
  const at = (box: number) => ({ x: placed.x[box] ?? 0, y: placed.y[box] ?? 0 });

  it('boxes and edges', () => {
    expect(boxAt(scene, placed, at(3))).toBe(3);
    expect(boxAt(scene, placed, { x: -50, y: -50 })).toBe(-1);
    const middle = { x: (at(3).x + at(4).x) / 2, y: (at(3).y + at(4).y) / 2 };
    expect(edgeAt(scene, placed, middle, 6)).toBe(5);
    expect(edgeAt(scene, placed, { x: -50, y: -50 }, 6)).toBe(-1);
  });

  it('neighbours', () => {
    expect(nextBox(scene, 3, 'down')).toBe(4);
    expect(nextBox(scene, 4, 'up')).toBe(3);
    expect(nextBox(scene, 8, 'down')).toBe(-1);
    const side = at(1).x < at(2).x ? 1 : -1;
    expect(besideBox(scene, placed, 1, side)).toBe(2);
  });
});

describe('the camera', () => {
  const drawing = { width: 400, height: 4000 };
  const window = { width: 800, height: 600 };

  it('a place under the pointer stays there when it zooms', () => {
    const camera = { x: 10, y: 20, k: 0.5 };
    const pointer = { x: 300, y: 200 };
    const before = toDrawing(camera, pointer);
    const after = toDrawing(zoomAt(camera, 1.7, pointer, drawing, window), pointer);
    expect(after.x).toBeCloseTo(before.x);
    expect(after.y).toBeCloseTo(before.y);
  });

  it('shows all, or begins at the top where all would be too small', () => {
    const whole = fit(drawing, window);
    expect(toScreen(whole, { x: 200, y: 2000 })).toEqual({ x: 400, y: 300 });
    expect(whole.k * drawing.height).toBeLessThanOrEqual(600);
    expect(opening(drawing, window, { x: 100, y: 30 })).toEqual({ k: 1, x: -300, y: -30 });
    expect(opening({ width: 100, height: 100 }, window, { x: 0, y: 0 }).k).toBe(1);
  });

  it('never leaves the drawing, and zooms within bounds', () => {
    const far = pan({ x: 0, y: 0, k: 1 }, 1e9, -1e9, drawing, window);
    expect([far.x, far.y]).toEqual([340, -540]);
    expect(zoomAt(far, 1e9, { x: 0, y: 0 }, drawing, window).k).toBe(3);
    expect(zoomAt(far, 1e-9, { x: 0, y: 0 }, drawing, window).k).toBeCloseTo((0.8 * 568) / 4000);
  });

  it('puts a place into the middle, near enough to read', () => {
    const camera = centreOn({ x: 0, y: 0, k: 0.1 }, { x: 100, y: 200 }, window);
    expect(camera.k).toBe(0.8);
    expect(toScreen(camera, { x: 100, y: 200 })).toEqual({ x: 400, y: 300 });
  });

  it('begins above the middle of the boxes', () => {
    const placed = { x: Float32Array.of(900, 20, 50), y: Float32Array.of(300, 15, 80) } as Placed;
    expect(beginning(placed)).toEqual({ x: 50, y: 15 });
  });
});
