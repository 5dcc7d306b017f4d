// What a menu holds, apart from how it is drawn.

import type { IconName } from './icons';

export interface MenuAction {
  text: string;
  icon?: IconName;
  keys?: string;
  /** Shown as a ticked line when true, an unticked one when false. */
  checked?: boolean;
  disabled?: boolean;
  danger?: boolean;
  href?: string;
  run?: () => void;
  /** Stays open, for lines that are ticked one after the other. */
  stay?: boolean;
}

export type MenuItem = MenuAction | 'line' | { heading: string };

export function isAction(item: MenuItem): item is MenuAction {
  return typeof item === 'object' && 'text' in item;
}

/** The next line the cursor may stand on, going round; -1 when there is none. */
export function nextAction(items: readonly MenuItem[], from: number, step: 1 | -1): number {
  const n = items.length;
  for (let i = 1; i <= n; i += 1) {
    const at = (((from + step * i) % n) + n) % n;
    const item = items[at];
    if (item && isAction(item) && !item.disabled) return at;
  }
  return -1;
}
