// @vitest-environment happy-dom

import { afterEach, describe, expect, it, vi } from 'vitest';
import { bindKeys, KEYS, onKeydown, pressOf, type KeyAction } from './keys';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
  document.body.innerHTML = '';
});

function bind(action: KeyAction) {
  const run = vi.fn();
  stops.push(bindKeys({ [action]: run }));
  return run;
}

function press(key: string, more: KeyboardEventInit = {}, at = 0, target: HTMLElement = document.body) {
  const event = new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...more });
  const hear = (heard: Event) => onKeydown(heard as KeyboardEvent, at);
  document.addEventListener('keydown', hear, { once: true });
  target.dispatchEvent(event);
  return event;
}

describe('the table of keys', () => {
  it('gives each press to one action only', () => {
    const presses = KEYS.filter((line) => line.action).flatMap((line) => line.keys);
    expect(new Set(presses).size).toBe(presses.length);
  });
  it('has a page for each letter after G and each digit', () => {
    expect(KEYS.filter((line) => line.group === 'Pages').map((line) => line.keys)).toEqual(
      ['D', 'T', 'R', 'M', 'P', 'S', 'J'].map((letter, i) => [`G ${letter}`, String(i + 1)]),
    );
  });
});

it.each([
  [{ key: 'k', ctrlKey: true }, 'Mod+K'],
  [{ key: 'k', metaKey: true }, 'Mod+K'],
  [{ key: '?', shiftKey: true }, '?'],
  [{ key: 'ArrowLeft', shiftKey: true }, 'Shift+ArrowLeft'],
  [{ key: ' ' }, 'Space'],
  [{ key: 'Shift' }, null],
  [{ key: 'e', altKey: true }, null],
])('%j is %s', (init, wanted) => expect(pressOf(new KeyboardEvent('keydown', init))).toBe(wanted));

it('G then D goes to the data, but not when it takes too long', () => {
  const go = bind('go.data');
  press('g');
  press('d', {}, 800);
  expect(go).toHaveBeenCalledOnce();
  press('g', {}, 10_000);
  press('d', {}, 12_000);
  expect(go).toHaveBeenCalledOnce();
});

it('digits go to the pages of the rail', () => {
  const go = bind('go.jobs');
  press('7');
  expect(go).toHaveBeenCalledOnce();
});

it('what is typed into a field is typed, but Ctrl K still opens the palette', () => {
  const fresh = bind('new');
  const palette = bind('palette');
  const undo = bind('undo');
  const field = document.body.appendChild(document.createElement('input'));
  press('n', {}, 0, field);
  press('z', { ctrlKey: true }, 0, field);
  expect(fresh).not.toHaveBeenCalled();
  expect(undo).not.toHaveBeenCalled();
  press('k', { ctrlKey: true }, 0, field);
  expect(palette).toHaveBeenCalledOnce();
});

it('what was bound last goes first', () => {
  const shell = bind('escape');
  const page = bind('escape');
  press('Escape');
  expect(page).toHaveBeenCalledOnce();
  expect(shell).not.toHaveBeenCalled();
});

it('a key that nothing is bound to is left to the browser', () => {
  expect(press('e').defaultPrevented).toBe(false);
});
