// Where the page of a replay stands: a window and a column, kept in the URL, played through in time.

import { untrack } from 'svelte';
import { route, setQuery } from '../../shell';

export type Speed = '1' | '8' | '60';

export interface Player {
  /** 0-based. */
  readonly at: number;
  readonly column: string;
  readonly playing: boolean;
  speed: Speed;
  /** The window whose details are worth asking for: while it plays fast, not every one. */
  readonly settled: number;
  go(at: number, column?: string): void;
  toggle(): void;
  stop(): void;
  /** Stops, and writes where it stands, so that another report leaves it there. */
  pin(): void;
}

interface Range {
  n_windows: number;
  columns: readonly string[];
  /** Where it stands when the URL says nothing. */
  first: { window: number; column: string };
}

/** The URL follows after this, so that a held key does not write it at every window. */
const URL_MS = 150;
/** Details are asked for at most this often while it plays. */
const DETAIL_MS = 250;

/** Call it while a component is set up. */
export function player(range: () => Range): Player {
  const start = untrack(read);
  let at = $state(start.at);
  let settled = $state(start.at);
  let column = $state(start.column);
  let playing = $state(false);
  let speed = $state<Speed>('8');
  let written = '';
  let url_timer: ReturnType<typeof setTimeout> | undefined;
  let settled_ms = 0;

  // The URL leads: back, reload and shared links.
  $effect(() => {
    const asked = read();
    if (asked.text === written) return;
    at = settled = asked.at;
    column = asked.column;
  });

  $effect(() => {
    if (!playing) return;
    const timer = setInterval(
      () => {
        if (at >= range().n_windows - 1) stop();
        else move(at + 1);
      },
      1000 / Number(speed),
    );
    return () => clearInterval(timer);
  });

  $effect(() => () => clearTimeout(url_timer));

  function read(): { at: number; column: string; text: string } {
    const { window, column: wanted } = route().query;
    const { n_windows, columns, first } = range();
    const asked = Number(window) - 1;
    return {
      at: Number.isInteger(asked) && asked >= 0 && asked < n_windows ? asked : first.window,
      column: wanted !== undefined && columns.includes(wanted) ? wanted : first.column,
      text: `${window} ${wanted}`,
    };
  }

  function move(next: number) {
    at = Math.max(0, Math.min(range().n_windows - 1, next));
    const now = performance.now();
    if (!playing || now - settled_ms >= DETAIL_MS) {
      settled = at;
      settled_ms = now;
    }
    clearTimeout(url_timer);
    if (!playing) url_timer = setTimeout(write, URL_MS);
  }

  function write() {
    const window = String(at + 1);
    written = `${window} ${column}`;
    setQuery({ window, column });
  }

  function stop() {
    if (!playing) return;
    playing = false;
    settled = at;
    write();
  }

  return {
    get at() {
      return at;
    },
    get settled() {
      return settled;
    },
    get column() {
      return column;
    },
    get playing() {
      return playing;
    },
    get speed() {
      return speed;
    },
    set speed(next) {
      speed = next;
    },
    go(next, wanted = column) {
      stop();
      column = wanted;
      move(next);
    },
    toggle() {
      if (playing) return stop();
      if (at >= range().n_windows - 1) at = settled = 0;
      playing = true;
    },
    stop,
    pin() {
      playing = false;
      settled = at;
      clearTimeout(url_timer);
      write();
    },
  };
}
