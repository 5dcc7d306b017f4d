import { describe, expect, it } from 'vitest';
import { barScale } from './bars';

const bar = (value: number, std?: number) => ({ name: String(value), value, std });

describe('the scale of bars', () => {
  it.each([
    [[bar(4), bar(1)], 0, 0],
    [[bar(4), bar(1)], 4, 1],
    [[bar(3, 1), bar(1)], 3, 0.75],
    [[bar(3), bar(-1)], 0, 0.25],
    [[bar(3), bar(-0.5, 0.5)], -0.5, 0.125],
    [[bar(1, 5), bar(0, 9)], 1, 1 / 6],
    [[bar(0)], 0, 0],
    [[], 3, 0],
  ])('%#', (bars, value, place) => expect(barScale(bars)(value)).toBeCloseTo(place, 12));
});
