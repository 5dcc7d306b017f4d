// The menu of recipes: where the one on screen comes from, what else there is, what can be done with it.

import type { RecipeSummary } from '../../gen/RecipeSummary';
import type { MenuItem } from '../../parts/menu';
import { plural } from '../../parts/format';

/** Versions offered; older ones are opened by their number in the URL. */
const MOST_VERSIONS = 8;

interface Chosen {
  recipes: readonly RecipeSummary[];
  /** `name@version` of the one on screen; null for the profile's or a run's. */
  named: string | null;
  /** It was taken from a run. */
  from_run: boolean;
}

interface Acts {
  /** Null goes back to the profile's. */
  open: (recipe: string | null) => void;
  save: () => void;
  read: () => void;
  write: (recipe: string) => void;
  remove: (name: string) => void;
}

export function recipeItems({ recipes, named, from_run }: Chosen, acts: Acts): MenuItem[] {
  const [name, version] = named?.split('@') ?? [];
  const current = recipes.find((own) => own.name === name);
  return [
    { text: 'Made from the profile', checked: named === null && !from_run, run: () => acts.open(null) },
    ...recipes.map((own) => ({
      text: `${own.name}, ${plural(own.n_inputs, 'column')}, ${plural(own.n_steps, 'step')}`,
      checked: own.name === name,
      run: () => acts.open(`${own.name}@${own.version}`),
    })),
    ...(current && current.version > 1 ? versionItems(current, Number(version), acts) : []),
    'line',
    { text: 'Save recipe…', icon: 'plus', run: acts.save },
    { text: 'Read one from a file…', icon: 'download', run: acts.read },
    ...(named !== null ? [{ text: 'Save as a file', icon: 'download' as const, run: () => acts.write(named) }] : []),
    ...(current
      ? [
          'line' as const,
          {
            text: `Delete ${current.name}`,
            icon: 'trash' as const,
            danger: true,
            run: () => acts.remove(current.name),
          },
        ]
      : []),
  ];
}

function versionItems({ name, version: newest }: RecipeSummary, shown: number, { open }: Acts): MenuItem[] {
  return [
    'line',
    { heading: `Versions of ${name}` },
    ...Array.from({ length: Math.min(MOST_VERSIONS, newest) }, (_, i) => newest - i).map((version) => ({
      text: version === newest ? `v${version}, the newest` : `v${version}`,
      checked: version === shown,
      run: () => open(`${name}@${version}`),
    })),
  ];
}
