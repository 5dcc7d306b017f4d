// What the command palette can reach: actions that pages register while they are shown, things the host finds, pages.

import type { IconName } from '../parts/icons';
import { keysOf, type KeyAction } from './keys';
import { match, type Match } from './match';
import { PAGES } from './pages';
import { href } from './route';

export interface PaletteItem {
  title: string;
  /** The heading it stands under: "Actions", "Data sets", "Runs", "Pages". */
  group: string;
  icon?: IconName;
  keys?: string;
  /** A few words at the right: `drifted, 105 windows`. */
  detail?: string;
  href?: string;
  run?: () => void;
}

export interface RankedItem extends PaletteItem {
  marks: Match['marks'];
}

type Source = () => readonly PaletteItem[];

const sources: Source[] = [];
const state = $state({ open: false });

export function paletteOpen(): boolean {
  return state.open;
}

export function openPalette(): void {
  state.open = true;
}

export function closePalette(): void {
  state.open = false;
}

/** Adds actions to the palette until the returned function is called. Use it in an `$effect`; the page's own come first. */
export function registerActions(source: () => readonly Omit<PaletteItem, 'group'>[]): () => void {
  const full: Source = () => source().map((item) => ({ ...item, group: 'Actions' }));
  sources.unshift(full);
  return () => {
    const at = sources.indexOf(full);
    if (at >= 0) sources.splice(at, 1);
  };
}

/** Actions and pages, all of them. */
export function localItems(): PaletteItem[] {
  const pages: PaletteItem[] = [
    ...PAGES.map((page) => ({
      title: page.title,
      group: 'Pages',
      icon: page.icon,
      keys: keysOf(`go.${page.id}` as KeyAction),
      href: href(page.id),
    })),
    { title: 'Settings', group: 'Pages', icon: 'settings', href: href('settings') },
  ];
  return [...sources.flatMap((source) => source()), ...pages];
}

/** Actions before things before pages; inside a group the best match first, and groups of things by their best. */
export function rank(
  typed: string,
  local: readonly PaletteItem[],
  found: readonly PaletteItem[],
  most = 40,
): RankedItem[] {
  const scored: Scored[] = [
    ...local.flatMap((item) => score(typed, item)),
    // The host has searched more than titles, so what it found stays even when the letters are not in the title.
    ...found.map((item) => score(typed, item)[0] ?? { item: { ...item, marks: [] }, score: 0 }),
  ];
  const best: Record<string, number> = {};
  for (const { item, score: own } of scored) best[item.group] = Math.max(best[item.group] ?? -Infinity, own);
  const place = (group: string) => (group === 'Actions' ? 0 : group === 'Pages' ? 2 : 1);
  const order = ({ item: a, score: x }: Scored, { item: b, score: y }: Scored) =>
    place(a.group) - place(b.group) ||
    (best[b.group] ?? 0) - (best[a.group] ?? 0) ||
    a.group.localeCompare(b.group) ||
    y - x;
  return scored
    .sort(order)
    .slice(0, most)
    .map(({ item }) => item);
}

interface Scored {
  item: RankedItem;
  score: number;
}

function score(typed: string, item: PaletteItem): Scored[] {
  const found = match(typed, item.title);
  return found ? [{ item: { ...item, marks: found.marks }, score: found.score }] : [];
}
