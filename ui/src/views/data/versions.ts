// What differs between two versions of a data set, and which two are laid side by side.

import type { DatasetVersion } from '../../gen/DatasetVersion';
import { typeLabel } from '../../domain/columnForms';

/** In words: `+ sex, − note, year int → text`; undefined for the first version, `the same columns` when none changed. */
export function changesBetween(
  before: Pick<DatasetVersion, 'columns'> | null,
  after: Pick<DatasetVersion, 'columns'>,
): string | undefined {
  if (!before) return undefined;
  const old = new Map(before.columns.columns.map((column) => [column.name, typeLabel(column)]));
  const now = new Map(after.columns.columns.map((column) => [column.name, typeLabel(column)]));
  const changes = [
    ...[...now.keys()].filter((name) => !old.has(name)).map((name) => `+ ${name}`),
    ...[...old.keys()].filter((name) => !now.has(name)).map((name) => `− ${name}`),
    ...[...now].flatMap(([name, label]) => {
      const was = old.get(name);
      return was && was !== label ? [`${name} ${was} → ${label}`] : [];
    }),
  ];
  return changes.length > 0 ? changes.join(', ') : 'the same columns';
}

/** The versions chosen, from the URL: at most two, those that exist. */
export function readChosen(text: string | undefined, known: readonly number[]): number[] {
  const numbers = (text ?? '').split(',').map(Number);
  return [...new Set(numbers)].filter((own) => known.includes(own)).slice(0, 2);
}

/** Chooses a version or lets go of it; a third one takes the place of the one chosen first. */
export function toggleChosen(chosen: readonly number[], version: number): number[] {
  if (chosen.includes(version)) return chosen.filter((own) => own !== version);
  return [...chosen, version].slice(-2);
}

/** The tags of each version, in the order of their names. */
export function tagsByVersion(tags: Readonly<Record<string, number>>): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const [tag, version] of Object.entries(tags)) found.set(version, [...(found.get(version) ?? []), tag].sort());
  return found;
}
