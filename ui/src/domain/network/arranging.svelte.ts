// The places of a graph's boxes while they are computed: a cheap order at once, the real one when the worker has it.

import type { Net, Placed } from './net';
import { quickLayout } from './quick';
import type { Said } from './arrange.worker';
import { openWorker } from './worker';

export interface Arranging {
  readonly placed: Placed;
  /** Null once the worker has answered, or was told to stop. */
  readonly progress: { done: number; total: number } | null;
  /** Why it stays with the cheap order. */
  readonly problem: string | null;
  readonly isQuick: boolean;
  /** Stays with the cheap order. */
  stop(): void;
}

/** Call it in an `$effect` or at the start of a component keyed by its graph; `stop` ends the worker. */
export function startArranging(net: Net): Arranging {
  let placed = $state.raw<Placed>(quickLayout(net));
  let progress = $state.raw<{ done: number; total: number } | null>(null);
  let problem = $state<string | null>(null);
  let isQuick = $state(true);
  let worker: Worker | null = null;

  if (net.widths.length > 0) {
    progress = { done: 0, total: net.widths.length };
    try {
      worker = openWorker();
      worker.onmessage = ({ data }: MessageEvent<Said>) => hear(data);
      worker.onerror = (event) => hear({ failed: event.message || 'its worker did not start' });
      worker.postMessage(net);
    } catch (cause) {
      hear({ failed: String(cause) });
    }
  }

  function hear(said: Said) {
    if ('done' in said) {
      progress = said;
      return;
    }
    if ('placed' in said) {
      placed = said.placed;
      isQuick = false;
    } else {
      problem = said.failed;
    }
    stop();
  }

  function stop() {
    worker?.terminate();
    worker = null;
    progress = null;
  }

  return {
    get placed() {
      return placed;
    },
    get progress() {
      return progress;
    },
    get problem() {
      return problem;
    },
    get isQuick() {
      return isQuick;
    },
    stop,
  };
}
