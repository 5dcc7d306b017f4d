// Algorithms that learn without a target.

import type { AlgorithmInfo } from '../../gen/AlgorithmInfo';
import type { ProblemKind } from '../../gen/ProblemKind';

/** What is found without a target. */
const FOUND: readonly ProblemKind[] = ['clustering', 'anomaly', 'embedding'];

/** Whether it finds clusters, anomalies or coordinates. */
export function isAlone(algorithm: AlgorithmInfo): boolean {
  return algorithm.problems.every((problem) => FOUND.includes(problem));
}
