// What the folds of a cross-validation say of each metric, line by line.

import type { MetricSummary } from '../../../gen/MetricSummary';
import { number } from '../../../parts/format';
import { byTelling, metricDecimals } from '../metrics';

export interface FoldLine {
  /** `cv.accuracy` */
  key: string;
  name: string;
  mean: string;
  std: string;
  lowest: string;
  highest: string;
  /** On the test rows. */
  test: string;
}

/** Metrics that were measured fold by fold, the most telling first. */
export function foldLines(
  summaries: readonly MetricSummary[],
  measured: Readonly<Record<string, number | undefined>>,
): FoldLine[] {
  const folded = new Map(summaries.filter(({ key, n }) => key.startsWith('cv.') && n > 1).map((own) => [own.key, own]));
  return byTelling([...folded.keys()]).flatMap((key) => {
    const own = folded.get(key);
    if (!own) return [];
    const name = key.slice('cv.'.length);
    const [mean, std, test] = [measured[`${key}.mean`], measured[`${key}.std`], measured[`test.${name}`]];
    const decimals = metricDecimals([own.min, own.max, mean, test]);
    const text = (value: number | undefined) => number(value, decimals);
    return [
      { key, name, mean: text(mean), std: text(std), lowest: text(own.min), highest: text(own.max), test: text(test) },
    ];
  });
}
