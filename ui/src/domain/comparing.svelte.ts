// What two things differ in: at once when that is quick or known, else by a job whose end is waited for.

import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { action, liveJobs, query } from '../data';
import type { Job } from '../gen/Job';
import { rpc, toFailure, type Failure, type RequestOf, type ResponseOf } from '../host';

/** Commands that answer at once or with nothing, and those that begin the job which finds it out. */
interface Pairs {
  'datasets.diff': 'datasets.compare';
  'models.diff': 'models.compare';
}

export interface Comparison<Found> {
  readonly value: Found | undefined;
  readonly failure: Failure | null;
  readonly loading: boolean;
  readonly slow: boolean;
  /** The job that compares, while there is one. */
  readonly job: Job | undefined;
  cancel(): void;
  again(): void;
}

/** Call it while a component is set up; a request of `null` compares nothing. `keep`: the former answer stays on screen. */
export function comparison<C extends keyof Pairs>(
  known: C,
  compare: Pairs[C],
  request: () => (RequestOf<C> & RequestOf<Pairs[C]>) | null,
  options: { keep?: boolean } = {},
): Comparison<NonNullable<ResponseOf<C>>> {
  const diff = query(known, request, options);
  const start = action(compare);
  /** Jobs by what they compare. */
  const begun = new SvelteMap<string, string>();

  const key = $derived(JSON.stringify(request()));
  const job_id = $derived(begun.get(key) ?? null);
  const job = $derived(job_id === null ? undefined : liveJobs.get(job_id));
  const long = $derived(diff.value === null && !diff.loading);

  $effect(() => {
    if (long && job_id === null && !start.running && !start.failure) untrack(() => void begin());
  });
  $effect(() => {
    if (job?.state !== 'done') return;
    untrack(() => {
      diff.refetch();
      begun.delete(key);
    });
  });

  async function begin() {
    const asked = request();
    if (!asked) return;
    const own = JSON.stringify(asked);
    const started = await start.run(asked);
    if (!started) return;
    begun.set(own, started.job_id);
    // A short comparison may be through before its events are heard.
    const now = await rpc('jobs.show', { job_id: started.job_id }).catch(() => null);
    if (now && !liveJobs.has(started.job_id)) liveJobs.set(started.job_id, now);
  }

  return {
    get value() {
      return diff.value ?? undefined;
    },
    get failure() {
      if (diff.failure || start.failure) return diff.failure ?? start.failure;
      return job?.failure && job.state !== 'cancelled' ? toFailure(job.failure, job.title) : null;
    },
    get loading() {
      return diff.loading || long;
    },
    get slow() {
      return diff.slow || long;
    },
    get job() {
      return job;
    },
    cancel() {
      if (job_id !== null) void rpc('jobs.cancel', { job_id }).catch(() => undefined);
    },
    again() {
      start.clear();
      begun.delete(key);
      diff.refetch();
    },
  };
}
