// The product's symbols: 16 px line drawings, and the 12 px shapes of the statuses. One stroke, no fill unless said.

export interface Shape {
  d: string;
  fill?: boolean;
  /** Drawn in the colour of the surface, over a filled shape. */
  cutout?: boolean;
  width?: number;
  dash?: string;
  opacity?: number;
}

const line = (d: string): Shape[] => [{ d }];

const LARGE = {
  mark: [{ d: 'M2.5 2.5h11v11h-11z' }, { d: 'M5 11 11 5' }],
  data: line('M2.5 3.5h11v9h-11zM2.5 6.5h11M6.5 6.5v6'),
  train: line('M2.5 12.5c3 0 2.5-8 5.5-8s1.5 5 5.5 5M2.5 2.5v11h11'),
  runs: line('M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.5M2.5 8h.5M2.5 12h.5'),
  models: line('M8 2 13.5 5v6L8 14 2.5 11V5zM2.5 5 8 8l5.5-3M8 8v6'),
  replay: line('M2.5 8a5.5 5.5 0 1 0 2-4.2M2.5 2.5v3h3M7 6l3 2-3 2z'),
  serve: line('M2.5 3h11v4h-11zM2.5 9h11v4h-11zM5 5h.1M5 11h.1'),
  jobs: line('M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 5v3l2 1.5'),
  search: line('M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3 13.5 13.5'),
  settings: line('M2.5 5h6M11.5 5h2M2.5 11h2M7.5 11h6M10 3.5v3M6 9.5v3'),
  theme: [{ d: 'M8 2.5a5.5 5.5 0 1 0 0 11z', fill: true }, { d: 'M8 2.5a5.5 5.5 0 1 1 0 11' }],
  undo: line('M5 3 2.5 5.5 5 8M2.5 5.5h6.5a4 4 0 0 1 0 8H6'),
  copy: line('M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3'),
  more: [{ d: 'M3.5 8h.1M8 8h.1M12.5 8h.1', width: 2 }],
  down: line('m4.5 6.5 3.5 3.5 3.5-3.5'),
  right: line('m6.5 4.5 3.5 3.5-3.5 3.5'),
  close: line('m4 4 8 8M12 4l-8 8'),
  plus: line('M8 3v10M3 8h10'),
  minus: line('M3 8h10'),
  filter: line('M2.5 4h11M4.5 8h7M6.5 12h3'),
  first: line('M4 4v8M12 4 6.5 8 12 12z'),
  last: line('M12 4v8M4 4l5.5 4L4 12z'),
  previous: line('m10 4-4 4 4 4'),
  next: line('m6 4 4 4-4 4'),
  play: [{ d: 'M5 3.5 12.5 8 5 12.5z', fill: true }],
  pause: [{ d: 'M5 3.5v9M11 3.5v9', width: 2.5 }],
  full: line('M9.5 2.5h4v4M6.5 13.5h-4v-4M13.5 2.5 9 7M2.5 13.5 7 9'),
  download: line('M8 2.5v7M5 7l3 3 3-3M2.5 10.5v3h11v-3'),
  file: line('M4 2.5h5l3 3v8H4zM9 2.5v3h3'),
  folder: line('M2.5 4.5v8h11v-7h-6l-1.500-2h-4z'),
  check: line('m3 8.5 3.5 3.5L13 5'),
  trash: line('M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.5 9h6l.5-9'),
  inspector: line('M2.5 3.5h11v9h-11zM10 3.5v9'),
  columns: line('M2.5 3.5h11v9h-11zM6 3.5v9M10 3.5v9'),
  edit: line('M10.5 3 13 5.5 5.5 13H3v-2.5z'),
  info: line('M8 2.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11zM8 7.5v3M8 5.5v.1'),
} satisfies Record<string, Shape[]>;

const SMALL = {
  ok: line('m2 6.5 2.7 2.7L10 3.3'),
  warning: line('M6 1.5 11 10.5H1zM6 5v2.5M6 9v.1'),
  critical: [
    { d: 'M3.5.5h5l3 3v5l-3 3h-5l-3-3v-5z', fill: true },
    { d: 'm4 4 4 4M8 4 4 8', cutout: true },
  ],
  notrun: [{ d: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9', dash: '2.2 1.8' }],
  running: [{ d: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9', opacity: 0.3 }, { d: 'M6 1.5A4.5 4.5 0 0 1 9.5 8.8' }],
  waiting: [{ d: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9' }, { d: 'M6 3.5V6l1.5 1' }],
  interrupted: [{ d: 'M6 1.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9' }, { d: 'M4 6h4' }],
} satisfies Record<string, Shape[]>;

export type IconName = keyof typeof LARGE;
export type StatusIconName = keyof typeof SMALL;

export const ICONS: Readonly<Record<IconName, readonly Shape[]>> = LARGE;
export const STATUS_ICONS: Readonly<Record<StatusIconName, readonly Shape[]>> = SMALL;
