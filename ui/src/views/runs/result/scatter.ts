// Points in a plane: where they stand, and which one the pointer means.

import { tickWidth, type Size } from '../../../parts/figure/figure';
import { makeScale, tickTexts } from '../../../parts/figure/scale';

/** Farther from the pointer nothing is meant. */
const REACH = 24;

export function planeOf(size: Size, xs: [number, number], ys: [number, number]) {
  const [top, bottom] = [18, size.height - 30];
  const y = makeScale('linear', ys, [bottom, top]);
  const ticks = y.ticks(5);
  const texts = tickTexts(ticks);
  const left = Math.max(16, ...texts.map(tickWidth)) + 8;
  const right = size.width - 8;
  const x = makeScale('linear', xs, [left, Math.max(left + 1, right)]);
  const across = x.ticks(Math.max(2, Math.min(8, Math.floor((right - left) / 70))));
  const acrossTexts = tickTexts(across);
  return {
    left,
    right,
    top,
    bottom,
    x,
    y,
    yTicks: ticks.map((at, i) => ({ at, text: texts[i] ?? '' })),
    xTicks: across.map((at, i) => ({ at, text: acrossTexts[i] ?? '' })),
  };
}

/** The point nearest to the pointer; -1 when none is near. `places` are in pixels. */
export function nearestTo(px: number, py: number, places: readonly (readonly [number, number])[]): number {
  let best = -1;
  let least = REACH;
  places.forEach(([x, y], i) => {
    const away = Math.hypot(x - px, y - py);
    if (away < least) [least, best] = [away, i];
  });
  return best;
}
