// The algorithms in groups, found by words of their names and what they say of themselves.

import type { AlgorithmInfo } from '../../gen/AlgorithmInfo';
import type { ColumnProfile } from '../../gen/ColumnProfile';
import { isAlone } from './alone';
import { whyNot } from './spec';

export interface AlgorithmLine {
  algorithm: AlgorithmInfo;
  /** Why it cannot be chosen; null when it can. */
  why_not: string | null;
}

export interface Family {
  title: string;
  lines: AlgorithmLine[];
}

/** Those that fit the search, by family, for a column or, `alone`, without a target; the catalogue's order within, families with something to choose first. */
export function families(
  algorithms: readonly AlgorithmInfo[],
  column: ColumnProfile | null,
  search: string,
  alone = false,
): Family[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const found = new Map<string, AlgorithmLine[]>();
  for (const algorithm of algorithms) {
    const { name, title, help, family } = algorithm;
    const text = `${name} ${title} ${help} ${family}`.toLowerCase();
    if (!words.every((word) => text.includes(word))) continue;
    const line = { algorithm, why_not: alone ? whyNotAlone(algorithm) : column ? whyNot(algorithm, column) : null };
    found.set(family, [...(found.get(family) ?? []), line]);
  }
  const list = [...found].map(([title, lines]) => ({
    title,
    lines: [...lines.filter((line) => line.why_not === null), ...lines.filter((line) => line.why_not !== null)],
  }));
  const able = (family: Family) => family.lines.some((line) => line.why_not === null);
  return [...list.filter(able), ...list.filter((family) => !able(family))];
}

/** Why an algorithm cannot do without a target; null when it can. */
function whyNotAlone(algorithm: AlgorithmInfo): string | null {
  return isAlone(algorithm) ? null : 'learns from a target';
}
