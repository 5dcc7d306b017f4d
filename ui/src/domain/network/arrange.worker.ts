// Places a graph away from the page: takes a `Net`, tells how far it is, and answers with a `Placed`.

import { arrange } from './arrange';
import { nBoxes, type Net, type Placed } from './net';

export type Said = { done: number; total: number } | { placed: Placed } | { failed: string };

addEventListener('message', ({ data }: MessageEvent<Net>) => {
  const say = (said: Said, moved: Transferable[] = []) => postMessage(said, { transfer: moved });
  const total = nBoxes(data);
  try {
    say({ done: 0, total });
    const placed = arrange(data, (done) => say({ done, total }));
    say({ placed }, [placed.x.buffer, placed.y.buffer, placed.starts.buffer, placed.points.buffer]);
  } catch (cause) {
    say({ failed: cause instanceof Error ? cause.message : String(cause) });
  }
});
