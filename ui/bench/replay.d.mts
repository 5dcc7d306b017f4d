import type { CellDetail } from '../src/gen/CellDetail';
import type { ColumnShapes } from '../src/gen/ColumnShapes';
import type { DriftReport } from '../src/gen/DriftReport';

export function syntheticReplay(n_columns: number, n_windows: number): DriftReport;
export function syntheticShapes(report: DriftReport, column: string): ColumnShapes;
export function syntheticCell(report: DriftReport, column: string, window: number): CellDetail;
