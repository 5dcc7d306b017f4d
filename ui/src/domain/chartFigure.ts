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

/** How a page shows the series, in their order; what it leaves out is the document's. */
export interface Look {
  /** A run keeps its colour. */
  categories?: readonly number[];
  /** Shorter ones, for little room. */
  names?: readonly string[];
  /** The steps are folds, which count from 1 and follow nothing. */
  folds?: boolean;
}

export function categoryOf({ categories }: Look, index: number, own: number): number {
  return categories?.[index] ?? own;
}

/** Names of series, told apart by a number where they are the same, for names are keys. */
export function seriesNames(own: readonly string[], { names }: Look): string[] {
  return distinct(own.map((name, i) => names?.[i] ?? name));
}

/** Curves with their areas, which the document writes behind the names: `forest-2, AUC 0.9041`. */
export function rocCurves(series: readonly Series[], look: Look = {}): RocCurve[] {
  const parts = series.map(({ name }) => /^(.*), AUC ([\d.]+)$/.exec(name) ?? [name, name]);
  const names = seriesNames(
    parts.map(([, name = '']) => name),
    look,
  );
  return series.map(({ color, x, y }, i) => {
    const auc = parts[i]?.[2];
    return {
      name: names[i] ?? '',
      category: categoryOf(look, i, color),
      auc: auc === undefined ? null : Number(auc),
      fpr: x,
      tpr: y,
    };
  });
}

/** Lines with their bands. */
export function lineSeries(series: readonly Series[], look: Look = {}): LineSeries[] {
  const names = seriesNames(
    series.map((own) => own.name),
    look,
  );
  return series.map(({ color, x, y, low, high }, i) => ({
    name: names[i] ?? '',
    category: categoryOf(look, i, color),
    x,
    y,
    ...(look.folds ? { dots: true } : {}),
    ...(low.length > 0 && high.length > 0 ? { band: { low, high } } : {}),
  }));
}

/** An axis; a bound that the document leaves open comes from the values. */
export function axisSpec(axis: Axis, values: readonly number[], scale?: ScaleKind): AxisSpec {
  const spec: AxisSpec = { title: axis.title, scale: scale ?? axis.scale, ...fewSteps(values, axis) };
  if (axis.min === null && axis.max === null) return spec;
  const [low, high] = niceExtent(extentOf(values) ?? [0, 1]);
  return { ...spec, domain: [axis.min ?? low, axis.max ?? high] };
}

const MOST_FOLDS = 12;

/** Folds count from 1, with room at both ends. */
export function foldAxis(values: readonly number[]): AxisSpec {
  const [low, high] = extentOf(values) ?? [0, 1];
  const every = Math.ceil((high - low + 1) / MOST_FOLDS);
  const text = (at: number) => String(at + 1);
  const ticks = Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, i) => low + i * every);
  return {
    title: 'fold',
    domain: [low - 0.5, high + 0.5],
    format: text,
    ticks: ticks.map((at) => ({ at, text: text(at) })),
  };
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

/** Between two folds there is nothing, so a tick stands at each and nowhere else. */
function fewSteps(values: readonly number[], { scale }: Axis): Pick<AxisSpec, 'ticks'> {
  const steps = [...new Set(values)].sort((a, b) => a - b);
  if (scale !== 'linear' || steps.length > 12 || !steps.every(Number.isInteger)) return {};
  return { ticks: steps.map((at) => ({ at, text: String(at) })) };
}

function distinct(names: readonly string[]): string[] {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const n = (seen.get(name) ?? 0) + 1;
    seen.set(name, n);
    return n === 1 ? name : `${name} (${n})`;
  });
}
