import { expect, it } from 'vitest';
import { nextAction, type MenuItem } from './menu';

const items: MenuItem[] = [{ heading: 'Columns' }, { text: 'a' }, 'line', { text: 'b', disabled: true }, { text: 'c' }];

it.each([
  [-1, 1, 1],
  [1, 1, 4],
  [4, 1, 1],
  [1, -1, 4],
  [0, -1, 4],
] as const)('from line %i by %i to line %i', (from, step, to) => expect(nextAction(items, from, step)).toBe(to));

it('a menu without a line to stand on has none', () => expect(nextAction(['line'], 0, 1)).toBe(-1));
