// What differs between two versions of a data set.

import type { DatasetVersion } from '../../gen/DatasetVersion';
import { TYPE_WORDS } from '../../domain/expectations';

/** In words: `+ sex, − note, year int → text`; undefined for the first version, `the same columns` when none changed. */
export function changesBetween(
  before: Pick<DatasetVersion, 'columns'> | null,
  after: Pick<DatasetVersion, 'columns'>,
): string | undefined {
  if (!before) return undefined;
  const old = new Map(before.columns.columns.map(({ name, kind }) => [name, kind]));
  const now = new Map(after.columns.columns.map(({ name, kind }) => [name, kind]));
  const changes = [
    ...[...now.keys()].filter((name) => !old.has(name)).map((name) => `+ ${name}`),
    ...[...old.keys()].filter((name) => !now.has(name)).map((name) => `− ${name}`),
    ...[...now].flatMap(([name, kind]) => {
      const was = old.get(name);
      return was && was !== kind ? [`${name} ${TYPE_WORDS[was]} → ${TYPE_WORDS[kind]}`] : [];
    }),
  ];
  return changes.length > 0 ? changes.join(', ') : 'the same columns';
}
