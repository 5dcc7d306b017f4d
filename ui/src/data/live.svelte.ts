// The host's events, heard once for the whole window: they drop what changed and carry the progress of jobs.

import { SvelteMap } from 'svelte/reactivity';
import type { Job } from '../gen/Job';
import { events, type HostEvent, type Stop } from '../host';
import { dropKinds } from './cache';

type Notice = Extract<HostEvent, { event: 'notice' }>;

/** Jobs that have said something since the window opened, by id; fresher than what `jobs.list` answered. */
export const liveJobs = new SvelteMap<string, Job>();

const link = $state({ lost: false });

/** True while the host cannot be heard. */
export function isLost(): boolean {
  return link.lost;
}

/** Begins to listen; call it once. `onJob` hears every step of a job. */
export function startLive(onNotice: (notice: Notice) => void, onJob: (job: Job) => void): Stop {
  return events(
    (event) => {
      switch (event.event) {
        case 'changed':
          dropKinds(event.kinds.includes('lab') ? 'all' : event.kinds);
          return;
        case 'job':
          liveJobs.set(event.job.job_id, event.job);
          onJob(event.job);
          return;
        case 'notice':
          onNotice(event);
      }
    },
    () => {
      link.lost = false;
      dropKinds('all');
    },
    () => {
      link.lost = true;
    },
  );
}
