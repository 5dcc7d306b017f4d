// Made-up values for the gallery, the same every time.

/** A small generator with a seed (mulberry32), so that pictures can be compared. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** A falling curve with noise. */
export function lossCurve(n: number, floor: number, rate: number, seed: number): Float64Array {
  const random = randomOf(seed);
  return Float64Array.from({ length: n }, (_, i) => floor + 0.34 * Math.exp(-i * rate) + (random() - 0.5) * 0.03);
}

/** A distribution with one or two humps. */
export function humps(n: number, centres: number[], seed: number): number[] {
  const random = randomOf(seed);
  return Array.from({ length: n }, (_, i) =>
    Math.round(centres.reduce((sum, c) => sum + 40 * Math.exp(-(((i / n - c) * 7) ** 2)), 0) * (0.8 + random() * 0.4)),
  );
}

export function rocCurve(power: number, n = 60): { fpr: number[]; tpr: number[] } {
  const fpr = Array.from({ length: n }, (_, i) => (i / (n - 1)) ** 2);
  return { fpr, tpr: fpr.map((v) => v ** power) };
}
