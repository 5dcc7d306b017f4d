// What a host must be able to do: the desktop window and the browser each implement this once.

import type { Event as HostEvent } from '../gen/Event';

export type Stop = () => void;

/** A file over the window, on its way in, or arrived: `paths` can be read by the host. */
export type Drop =
  | { type: 'over' }
  | { type: 'leave' }
  | { type: 'uploading'; name: string; done_bytes: number; total_bytes: number }
  | { type: 'dropped'; paths: string[] }
  | { type: 'failed'; cause: unknown };

/** A file to be saved: written by the host where the user chose, or handed to the browser as bytes. */
export interface SaveTarget {
  name: string;
  toPath: (path: string) => Promise<void>;
  toBytes: () => Promise<ArrayBuffer>;
}

export interface Transport {
  readonly kind: 'desktop' | 'browser';
  call(command: string, request: unknown): Promise<ArrayBuffer>;
  /**
   * `onGap` is called when events may have been missed and everything read before is in doubt, `onLost` when the host
   * cannot be heard; a gap follows when it can again.
   */
  events(listener: (event: HostEvent) => void, onGap: () => void, onLost: () => void): Stop;
  onDrop(listener: (drop: Drop) => void): Stop;
  /** Paths the host can read; empty when the user chose nothing. */
  openFiles(onProgress: (drop: Drop) => void): Promise<string[]>;
  /** A folder the host can use; null when the user chose none, or where folders cannot be chosen. */
  openFolder(): Promise<string | null>;
  /** False when the user chose no place. */
  save(target: SaveTarget): Promise<boolean>;
}
