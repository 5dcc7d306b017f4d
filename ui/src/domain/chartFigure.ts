// From a chart's document to what the figures take.

import type { Axis } from '../gen/Axis';
import type { Figure } from '../gen/Figure';
import type { Series } from '../gen/Series';
import type { AxisSpec, HeatRow, LineSeries } from '../parts/figure';
import { extentOf, niceExtent, type ScaleKind } from '../parts/figure/scale';

type Of<K extends Figure['figure']> = Extract<Figure, { figure: K }>;

export type LinesFigure = Of<'lines'>;
export type BarsFigure = Of<'bars'>;
export type HistogramFigure = Of<'histogram'>;
export type HeatMapFigure = Of<'heat_map'>;

export interface RocCurve {
  name: string;
  category: number;
  auc: number | null;
  fpr: number[];
  tpr: number[];
}

/** The colour of a series: the page's own, where it gave runs colours, or else the document's. */
export function categoryOf(categories: readonly number[] | undefined, index: number, own: number): number {
  return categories?.[index] ?? own;
}

/** Curves with their areas, which the document writes behind the names: `forest-2, AUC 0.9041`. */
export function rocCurves(series: readonly Series[], categories?: readonly number[]): RocCurve[] {
  return series.map(({ name, color, x, y }, i) => {
    const [, before, auc] = /^(.*), AUC ([\d.]+)$/.exec(name) ?? [];
    return {
      name: before ?? name,
      category: categoryOf(categories, i, color),
      auc: auc === undefined ? null : Number(auc),
      fpr: x,
      tpr: y,
    };
  });
}

/** Lines with their bands. Names that occur twice are told apart by a number, for names are keys. */
export function lineSeries(series: readonly Series[], categories?: readonly number[]): LineSeries[] {
  const names = distinct(series.map((own) => own.name));
  return series.map(({ color, x, y, low, high }, i) => ({
    name: names[i] ?? '',
    category: categoryOf(categories, i, color),
    x,
    y,
    ...(low.length > 0 && high.length > 0 ? { band: { low, high } } : {}),
  }));
}

/** An axis; a bound that the document leaves open comes from the values. */
export function axisSpec(axis: Axis, values: readonly number[], scale?: ScaleKind): AxisSpec {
  const spec: AxisSpec = { title: axis.title, scale: scale ?? axis.scale };
  if (axis.min === null && axis.max === null) return spec;
  const [low, high] = niceExtent(extentOf(values) ?? [0, 1]);
  return { ...spec, domain: [axis.min ?? low, axis.max ?? high] };
}

/** The rows of a heat map out of its row-major cells. */
export function heatRows(figure: HeatMapFigure): HeatRow[] {
  const n = figure.columns.length;
  return figure.rows.map((name, row) => ({
    name,
    values: figure.values.slice(row * n, (row + 1) * n).map((value) => value ?? NaN),
    over: figure.over.slice(row * n, (row + 1) * n).map(Number),
    threshold: figure.threshold,
  }));
}

export function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const n = (seen.get(name) ?? 0) + 1;
    seen.set(name, n);
    return n === 1 ? name : `${name} (${n})`;
  });
}
