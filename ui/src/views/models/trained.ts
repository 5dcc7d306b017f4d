// What a version has from the run that trained it. One that came as an ONNX file has none of it.

import type { ModelVersion } from '../../gen/ModelVersion';
import type { ParityReport } from '../../gen/ParityReport';
import type { ProblemKind } from '../../gen/ProblemKind';

export interface Trained {
  run_id: string;
  problem: ProblemKind;
  dataset: string;
  dataset_number: number;
  /** The hash of the content. */
  dataset_version: string;
  parity: ParityReport;
}

/** Null for a version that was imported. */
export function trained(version: ModelVersion): Trained | null {
  const { run_id, problem, dataset, dataset_number, dataset_version, parity } = version;
  if (run_id === null || problem === null || parity === null) return null;
  if (dataset === null || dataset_number === null || dataset_version === null) return null;
  return { run_id, problem, dataset, dataset_number, dataset_version, parity };
}
