// Where values stand along the track of a bar.

export interface Bar {
  name: string;
  value: number;
  /** Deviation over repeats. */
  std?: number;
}

/** From a value to its place from 0 to 1. Nothing has its place in it, and every bar with its deviation fits. */
export function barScale(bars: readonly Bar[]): (value: number) => number {
  const low = Math.min(0, ...bars.map(({ value, std = 0 }) => value - (value < 0 ? std : 0)));
  const high = Math.max(0, ...bars.map(({ value, std = 0 }) => value + (value > 0 ? std : 0)));
  const range = high - low;
  return (value) => (range > 0 ? Math.min(1, Math.max(0, (value - low) / range)) : 0);
}
