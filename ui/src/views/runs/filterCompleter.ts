// What a filter of runs can be completed with: the names that runs have, and the values under a name.

import type { Completer } from '../../domain/filter/completing.svelte';
import type { FieldsRequest } from '../../gen/FieldsRequest';
import { rpc } from '../../host';
import { plural } from '../../parts/format';
import type { RunFields } from './runFields.svelte';

const MOST_VALUES = 12;
/** Attributes that are figures; metrics are, too. */
const NUMERIC = ['attributes.duration_secs', 'attributes.start_time', 'attributes.end_time'];

export function filterCompleter(fields: RunFields, place: () => FieldsRequest): Completer {
  return {
    names: () =>
      (fields.all ?? []).map(({ name, text, kind, n_runs }) => ({
        name,
        text,
        note: kind === 'attribute' ? undefined : plural(n_runs, 'run'),
        numeric: kind === 'metric' || NUMERIC.includes(name),
      })),
    async values(name, typed) {
      if (!(fields.all ?? []).some((field) => field.name === name && field.kind !== 'metric')) return [];
      const values = await rpc('runs.values', { name, prefix: typed, ...place(), limit: MOST_VALUES });
      return values
        .filter(({ value, text }) => value !== typed && text !== typed)
        .map(({ text, n_runs }) => ({ text: `${text} `, shown: text, note: plural(n_runs, 'run') }));
    },
  };
}
