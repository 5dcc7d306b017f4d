// What training a run again from its record came to, in words.

import type { Job } from '../../gen/Job';
import type { Reproduction } from '../../gen/Reproduction';
import { compact, count, duration, plural, scientific } from '../../parts/format';

/** The sentence of a reproduction. */
export function reproductionWords(again: Reproduction): string {
  const took = duration(again.duration_secs);
  const rows = plural(again.n_test_rows, 'test row');
  if (again.identical)
    return `Bit-identical: the recipe, the model and the predictions of ${rows} came out the same to the last bit, in ${took}.`;
  const parts = [
    ...(again.recipe_identical ? [] : ['the fitted recipe']),
    ...(again.model_identical ? [] : ['the model']),
    ...(again.predictions_identical ? [] : ['the predictions']),
  ];
  const rest =
    again.n_rows_differing > 0
      ? ` ${count(again.n_rows_differing)} of ${rows} have another answer, the largest difference is ${scientific(again.max_difference)}.`
      : again.max_difference > 0
        ? ` Every test row has the same answer; probabilities or values differ by at most ${scientific(again.max_difference)}.`
        : ` Every test row has the same answer.`;
  return `Not bit-identical, in ${took}: ${listed(parts)} ${parts.length === 1 && parts[0] !== 'the predictions' ? 'differs' : 'differ'}.${rest}`;
}

export interface Difference {
  name: string;
  before: string;
  now: string;
}

/** What differs between then and now: figures first, then the surroundings that may be the reason. */
export function differences(again: Reproduction): { metrics: Difference[]; environment: Difference[] } {
  return {
    metrics: again.metrics.map(({ name, before, now }) => ({
      name,
      before: compact(before, 8),
      now: compact(now, 8),
    })),
    environment: again.environment.map(({ what, before, now }) => ({ name: what, before, now })),
  };
}

/** The newest job that reproduces a run; one that was asked for by its id goes first. */
export function reproductionJob(run_id: string, asked: string | null, jobs: Iterable<Job>): Job | null {
  let newest: Job | null = null;
  for (const job of jobs) {
    if (job.spec.job !== 'reproduce' || job.spec.run_id !== run_id) continue;
    if (job.job_id === asked) return job;
    if (!newest || job.created_ms > newest.created_ms) newest = job;
  }
  return newest;
}

function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? 'something') : `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}
