// Figures of a smaller model beside those of the original.

import type { ModelVariant } from '../../gen/ModelVariant';
import { compact } from '../../parts/format';

/** `−62 %`, `+8 %`, `same`. */
export function changeText(own: number, original: number): string {
  if (original <= 0) return '';
  const share = Math.round(100 * (own / original - 1));
  if (share === 0) return 'same';
  return share < 0 ? `−${-share} %` : `+${share} %`;
}

/** `3.1 µs`, `1.24 ms`. */
export function micros(value: number): string {
  return value >= 1000 ? `${compact(value / 1000, 3)} ms` : `${compact(value, 3)} µs`;
}

/** The first metric that both have, the one that stands first in a table; null without one. */
export function variantMetric({ measured, original }: ModelVariant): string | null {
  return Object.keys(original.metrics).find((name) => name in measured.metrics) ?? null;
}
