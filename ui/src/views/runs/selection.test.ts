import { describe, expect, it } from 'vitest';
import { add, categoryIn, compared, formatSlots, MOST_COLOURED, parseSlots, toggle } from './selection';

describe('the selection', () => {
  it('a run that leaves frees its colour, the others keep theirs', () => {
    const three = ['a', 'b', 'c'];
    const two = toggle(three, 'b');
    expect(two).toEqual(['a', null, 'c']);
    expect(compared(two ?? [])).toEqual([
      { run_id: 'a', category: 1 },
      { run_id: 'c', category: 3 },
    ]);
    expect(toggle(two ?? [], 'd')).toEqual(['a', 'd', 'c']);
    expect(toggle(two ?? [], 'c')).toEqual(['a']);
    expect(categoryIn(['a', null, 'c'], 'c')).toBe(3);
    expect(categoryIn(['a', null, 'c'], 'x')).toBe(0);
  });

  it('there are eight colours in three shapes', () => {
    const full = Array.from({ length: MOST_COLOURED }, (_, i) => String(i));
    expect(toggle(full, 'x')).toBeNull();
    expect(add(full, '3')).toEqual(full);
  });

  it.each([
    ['', []],
    ['a,b', ['a', 'b']],
    ['a,,c', ['a', null, 'c']],
    ['a,,', ['a']],
    ['a,a,b', ['a', null, 'b']],
  ])('the URL %j is read as %j', (text, slots) => {
    expect(parseSlots(text)).toEqual(slots);
    expect(parseSlots(formatSlots(slots) ?? '')).toEqual(slots);
  });
});
