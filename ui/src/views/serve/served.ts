// What is served, a line for each version, and the state of a breaker in words.

import type { BreakerState } from '../../gen/BreakerState';
import type { ServedModel } from '../../gen/ServedModel';
import type { ServedVersion } from '../../gen/ServedVersion';
import { compact } from '../../parts/format';

export interface ServedRow {
  /** `nsw-price@3` */
  reference: string;
  model: ServedModel;
  version: ServedVersion;
  /** It answers when a request names no version. */
  isDefault: boolean;
}

export function servedRows(models: readonly ServedModel[]): ServedRow[] {
  return models.flatMap((model) =>
    model.versions.map((version) => ({
      reference: `${model.model}@${version.version}`,
      model,
      version,
      isDefault: version.version === model.default_version,
    })),
  );
}

/** What a request can name, as choices: the name alone, each alias, each version. */
export function modelChoices(models: readonly ServedModel[]): { value: string; text: string }[] {
  return models.flatMap(({ model, default_version, aliases, versions }) => [
    { value: model, text: `${model} (version ${default_version})` },
    ...Object.entries(aliases).map(([alias, version]) => ({
      value: `${model}@${alias}`,
      text: `${model}@${alias} (version ${version})`,
    })),
    ...versions.map(({ version, stage }) => ({ value: `${model}@${version}`, text: `${model}@${version}, ${stage}` })),
  ]);
}

/** Milliseconds to three digits, which is more than is known; undefined before the first answer. */
export function latencyText(ms: number | undefined): string | undefined {
  return ms === undefined ? undefined : compact(ms, 3);
}

interface BreakerWords {
  state: 'ok' | 'warning' | 'critical';
  word: string;
  title: string;
}

/** `time` writes a moment: `14:31:02`. */
export function breakerWords(breaker: BreakerState, time: (ms: number) => string): BreakerWords {
  const last = breaker.last_failure === null ? '' : ` The last failure: ${breaker.last_failure}`;
  const opened = breaker.opened_ms === null ? '' : ` since ${time(breaker.opened_ms)}`;
  switch (breaker.position) {
    case 'closed':
      return {
        state: breaker.n_failures > 0 ? 'warning' : 'ok',
        word: breaker.n_failures > 0 ? `closed, ${breaker.n_failures} failed` : 'closed',
        title: `Every request is let through.${last}`,
      };
    case 'half_open':
      return { state: 'warning', word: 'half open', title: `One request at a time tries whether it answers.${last}` };
    case 'open': {
      const retry = breaker.retry_ms === null ? '' : ` The next try is at ${time(breaker.retry_ms)}.`;
      return { state: 'critical', word: 'open', title: `No request is let through${opened}.${retry}${last}` };
    }
  }
}
