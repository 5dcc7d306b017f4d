// Figures: small SVG drawings that take plain values and fill the box they are given.

export { default as AxisFoot } from './AxisFoot.svelte';
export { default as BarStrip } from './BarStrip.svelte';
export { default as ConfusionMatrix } from './ConfusionMatrix.svelte';
export { default as HeatMap } from './HeatMap.svelte';
export { default as Histogram } from './Histogram.svelte';
export { default as LineChart } from './LineChart.svelte';
export { default as LineStrip } from './LineStrip.svelte';
export { default as MarkStrip } from './MarkStrip.svelte';
export { default as MetricBars } from './MetricBars.svelte';
export { default as MiniHistogram } from './MiniHistogram.svelte';
export { default as MiniShares } from './MiniShares.svelte';
export { default as MissingBar } from './MissingBar.svelte';
export { default as RocChart } from './RocChart.svelte';
export { default as ShareStrip } from './ShareStrip.svelte';
export { default as Spark } from './Spark.svelte';
export { default as Timeline } from './Timeline.svelte';
export { default as TopValues } from './TopValues.svelte';
export { smooth, type AxisSpec, type Limit, type LineSeries, type TipContent } from './figure';
export { sharesOf } from './shares';
export { byFirstOver, bySeverity, gutterFor, inGroups, rowTops, type HeatRow } from './heat';
