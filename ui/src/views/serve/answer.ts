// An answer as it is told: the classes by their probability, and which version spoke and why.

import type { Chosen } from '../../gen/Chosen';
import type { PredictAnswer } from '../../gen/PredictAnswer';
import { compact } from '../../parts/format';

/** Classes that are listed; of more, the likeliest. */
const MOST_CLASSES = 12;

const REASONS: Readonly<Record<Chosen, string>> = {
  version: 'as asked',
  alias: 'by its alias',
  production: 'it is in production',
  newest: 'the newest, for none is in production',
};

export function chances({ probabilities, label }: PredictAnswer): { name: string; share: number; isChosen: boolean }[] {
  return Object.entries(probabilities ?? {})
    .map(([name, share]) => ({ name, share, isChosen: name === label }))
    .toSorted((a, b) => b.share - a.share)
    .slice(0, MOST_CLASSES);
}

/** `nsw-price@3, it is in production; 0.21 ms` */
export function answerNote({ model, version, chosen, latency_ms }: PredictAnswer): string {
  return `${model}@${version}, ${REASONS[chosen]}; ${compact(latency_ms, 3)} ms`;
}
