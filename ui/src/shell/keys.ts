// Every key of the product in one table. The dispatcher, the hints in menus and the dialog behind `?` read it.

import { PAGES, type PageId } from './pages';

export type KeyAction =
  | 'palette'
  | `go.${PageId}`
  | 'filter'
  | 'check'
  | 'new'
  | 'inspector'
  | 'export'
  | 'undo'
  | 'play'
  | 'step.previous'
  | 'step.next'
  | 'verdict.previous'
  | 'verdict.next'
  | 'column.previous'
  | 'column.next'
  | 'row.next'
  | 'row.previous'
  | 'row.select'
  | 'row.all'
  | 'delete'
  | 'escape'
  | 'help';

export interface KeyLine {
  group: 'Anywhere' | 'Pages' | 'Lists and tables' | 'On a page';
  /** Any of them; presses apart by a space, keys of one press by a plus. */
  keys: readonly string[];
  label: string;
  /** Without one, the part that has the focus acts by itself, and the line is here to be read. */
  action?: KeyAction;
}

export const KEYS: readonly KeyLine[] = [
  { group: 'Anywhere', keys: ['Mod+K'], label: 'Search or run a command', action: 'palette' },
  { group: 'Anywhere', keys: ['Mod+Z'], label: 'Undo the last change', action: 'undo' },
  { group: 'Anywhere', keys: ['Escape'], label: 'Close, then clear', action: 'escape' },
  { group: 'Anywhere', keys: ['?'], label: 'All keys', action: 'help' },
  ...PAGES.map((page, i): KeyLine => ({
    group: 'Pages',
    keys: [`G ${page.letter}`, String(i + 1)],
    label: page.title,
    action: `go.${page.id}`,
  })),
  { group: 'Lists and tables', keys: ['/'], label: 'Filter', action: 'filter' },
  { group: 'Lists and tables', keys: ['ArrowUp', 'ArrowDown', 'Home', 'End'], label: 'Move' },
  { group: 'Lists and tables', keys: ['J'], label: 'The row below', action: 'row.next' },
  { group: 'Lists and tables', keys: ['K'], label: 'The row above', action: 'row.previous' },
  { group: 'Lists and tables', keys: ['X'], label: 'Select the row', action: 'row.select' },
  { group: 'Lists and tables', keys: ['Space'], label: 'Select' },
  { group: 'Lists and tables', keys: ['Shift+ArrowUp', 'Shift+ArrowDown'], label: 'Select as it moves' },
  { group: 'Lists and tables', keys: ['Mod+A'], label: 'Select all that match', action: 'row.all' },
  { group: 'Lists and tables', keys: ['ArrowLeft', 'ArrowRight'], label: 'Hide or show what is within' },
  { group: 'Lists and tables', keys: ['Delete'], label: 'Delete what is selected', action: 'delete' },
  { group: 'Lists and tables', keys: ['Enter'], label: 'Open' },
  { group: 'Lists and tables', keys: ['Mod+Enter'], label: 'Open beside' },
  { group: 'On a page', keys: ['N'], label: 'New run', action: 'new' },
  { group: 'On a page', keys: ['C'], label: 'Check the expectations', action: 'check' },
  { group: 'On a page', keys: ['I'], label: 'Show or hide the inspector', action: 'inspector' },
  { group: 'On a page', keys: ['E'], label: 'Export the chart', action: 'export' },
  { group: 'On a page', keys: ['Space'], label: 'Play the windows of a replay', action: 'play' },
  { group: 'On a page', keys: ['ArrowLeft'], label: 'The window before', action: 'step.previous' },
  { group: 'On a page', keys: ['ArrowRight'], label: 'The window after', action: 'step.next' },
  { group: 'On a page', keys: ['Shift+ArrowLeft'], label: 'The verdict before', action: 'verdict.previous' },
  { group: 'On a page', keys: ['Shift+ArrowRight'], label: 'The next verdict', action: 'verdict.next' },
  { group: 'On a page', keys: ['ArrowUp'], label: 'The column above', action: 'column.previous' },
  { group: 'On a page', keys: ['ArrowDown'], label: 'The column below', action: 'column.next' },
];

/** How long the second key of `G D` may take. */
const SEQUENCE_MS = 1200;

type Handlers = Partial<Record<KeyAction, () => void>>;

const stack: Handlers[] = [];
let started: { key: string; at: number } | null = null;

/** Binds actions until the returned function is called; what was bound last goes first. Use it in an `$effect`. */
export function bindKeys(handlers: Handlers): () => void {
  stack.push(handlers);
  return () => {
    const at = stack.indexOf(handlers);
    if (at >= 0) stack.splice(at, 1);
  };
}

/** Runs what is bound to the action; false when nothing is. */
export function runAction(action: KeyAction): boolean {
  const run = stack.findLast((handlers) => handlers[action])?.[action];
  run?.();
  return run !== undefined;
}

/** The first key of an action, for hints. */
export function keysOf(action: KeyAction): string | undefined {
  return KEYS.find((line) => line.action === action)?.keys[0];
}

/** Hears every key of the window. */
export function onKeydown(event: KeyboardEvent, now: number = performance.now()): void {
  if (event.defaultPrevented || event.isComposing) return;
  const press = pressOf(event);
  if (press === null) return;
  if (isTyping(event.target) && !press.startsWith('Mod+') && press !== 'Escape') return;
  const sequence = started && now - started.at < SEQUENCE_MS ? `${started.key} ${press}` : null;
  started = null;
  const line = (sequence && find(sequence)) || find(press);
  if (line?.action) {
    if (press === 'Space' && isClickable(event.target)) return;
    if ((press === 'Mod+Z' || press === 'Mod+A') && isTyping(event.target)) return;
    if (runAction(line.action)) event.preventDefault();
    return;
  }
  if (KEYS.some((known) => known.keys.some((keys) => keys.startsWith(`${press} `)))) started = { key: press, at: now };
}

/** The press in the table's spelling: `Mod+K`, `G`, `Shift+ArrowLeft`, `?`. Null for modifiers alone. */
export function pressOf(event: KeyboardEvent): string | null {
  if (['Control', 'Shift', 'Alt', 'Meta', 'Dead'].includes(event.key)) return null;
  if (event.altKey) return null;
  const key = event.key === ' ' ? 'Space' : event.key.length === 1 ? event.key.toUpperCase() : event.key;
  const mod = event.ctrlKey || event.metaKey ? 'Mod+' : '';
  const shift = event.shiftKey && event.key.length > 1 ? 'Shift+' : '';
  return `${mod}${shift}${key}`;
}

function find(press: string): KeyLine | undefined {
  return KEYS.find((line) => line.action && line.keys.includes(press) && isBound(line.action));
}

function isBound(action: KeyAction): boolean {
  return stack.some((handlers) => handlers[action]);
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return !['checkbox', 'radio', 'button', 'range'].includes(target.type);
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

function isClickable(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement && target.closest('button, a, input, [role=button], [role=row], [role=grid]') !== null
  );
}
