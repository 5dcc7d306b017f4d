import { expect, it } from 'vitest';
import { nearestTo, planeOf } from './scatter';

it('finds the nearest point within reach', () => {
  const places = [
    [10, 10],
    [20, 10],
    [100, 100],
  ] as const;
  expect(nearestTo(17, 10, places)).toBe(1);
  expect(nearestTo(12, 12, places)).toBe(0);
  expect(nearestTo(60, 60, places)).toBe(-1);
  expect(nearestTo(0, 0, [])).toBe(-1);
});

it('puts the ends of both extents at the edges', () => {
  const plane = planeOf({ width: 400, height: 300 }, [0, 4], [-1, 1]);
  expect([plane.x(0), plane.x(4)]).toEqual([plane.left, plane.right]);
  expect([plane.y(-1), plane.y(1)]).toEqual([plane.bottom, plane.top]);
  expect(plane.yTicks.length).toBeGreaterThan(1);
});
