// The differences between the exported graph and the trained model, as a picture with equal steps of a power of ten.

import type { ParityReport } from '../../gen/ParityReport';

export interface ParityBar {
  /** log10 of the differences, [from, to). */
  from: number;
  to: number;
  n: number;
}

export interface ParityPicture {
  n_exact: number;
  bars: ParityBar[];
  /** log10; the axis reaches from here to there, over all bars and the tolerance. */
  low: number;
  high: number;
  /** log10 of the tolerance. */
  tolerance: number;
  most: number;
}

/** Empty ends of the histogram are left out, so that the bars have room. */
export function parityPicture(parity: ParityReport): ParityPicture {
  const { edges, counts } = parity.log10_differences;
  const bars = counts.map((n, i) => ({ from: edges[i] ?? 0, to: edges[i + 1] ?? 0, n }));
  const held = bars.filter(({ n }) => n > 0);
  const tolerance = Math.log10(parity.tolerance);
  const low = Math.floor(Math.min(tolerance - 3, ...held.map(({ from }) => from)));
  const high = Math.ceil(Math.max(tolerance + 1, ...held.map(({ to }) => to)));
  return {
    n_exact: parity.n_exact,
    bars: bars.filter(({ from, to }) => from >= low - 1e-9 && to <= high + 1e-9),
    low,
    high,
    tolerance,
    most: Math.max(1, parity.n_exact, ...counts),
  };
}
