// The pages of the rail, in order; the key after `G` and the digit lead to each.

import type { IconName } from '../parts/icons';

export interface Page {
  id: PageId;
  title: string;
  icon: IconName;
  /** The letter after `G`. */
  letter: string;
}

export type PageId = 'data' | 'train' | 'runs' | 'models' | 'replay' | 'serve' | 'jobs';

export const PAGES: readonly Page[] = [
  { id: 'data', title: 'Data', icon: 'data', letter: 'D' },
  { id: 'train', title: 'Train', icon: 'train', letter: 'T' },
  { id: 'runs', title: 'Runs', icon: 'runs', letter: 'R' },
  { id: 'models', title: 'Models', icon: 'models', letter: 'M' },
  { id: 'replay', title: 'Replay', icon: 'replay', letter: 'P' },
  { id: 'serve', title: 'Serve', icon: 'serve', letter: 'S' },
  { id: 'jobs', title: 'Jobs', icon: 'jobs', letter: 'J' },
];

export function pageTitle(id: string): string {
  if (id === 'settings') return 'Settings';
  if (id === 'lineage') return 'Lineage';
  if (id === 'onnx') return 'ONNX';
  return PAGES.find((page) => page.id === id)?.title ?? id;
}
