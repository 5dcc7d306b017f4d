// The colours a canvas paints with, read from the tokens of the theme.

import { KINDS, type Kind } from './scene';

/** The token of each kind, and its word in a legend; null for those that explain themselves. */
export const TOKENS: Readonly<Record<Kind, { token: string; word: string | null }>> = {
  plain: { token: '--data-mute', word: null },
  end: { token: '--line-axis', word: null },
  product: { token: '--c1', word: 'products' },
  trees: { token: '--c3', word: 'classical models' },
  activation: { token: '--c2', word: 'activations' },
  norm: { token: '--c4', word: 'norms and pools' },
  shape: { token: '--data-mute', word: 'shape and plumbing' },
  control: { token: '--c5', word: 'control flow' },
  added: { token: '--d6', word: 'only in the second' },
  removed: { token: '--d1', word: 'only in the first' },
  changed: { token: '--c4', word: 'changed' },
};

export interface Palette {
  background: string;
  box: string;
  line: string;
  edge: string;
  ink: string;
  quiet: string;
  accent: string;
  found: string;
  kinds: readonly string[];
  font: string;
  mono: string;
}

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const of = (token: string) => style.getPropertyValue(token).trim();
  return {
    background: of('--bg'),
    box: of('--bg-raised'),
    line: of('--line-2'),
    edge: of('--line-axis'),
    ink: of('--ink'),
    quiet: of('--ink-3'),
    accent: of('--accent'),
    found: of('--accent-soft'),
    kinds: KINDS.map((kind) => of(TOKENS[kind].token)),
    font: of('--font-ui'),
    mono: of('--font-mono'),
  };
}
