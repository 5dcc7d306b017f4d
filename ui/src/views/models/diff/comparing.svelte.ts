// What differs between two models: at once when only the files are compared or it is known, else by a job.

import { untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import { action, liveJobs, query } from '../../../data';
import type { Job } from '../../../gen/Job';
import type { ModelDiff } from '../../../gen/ModelDiff';
import type { ModelDiffRequest } from '../../../gen/ModelDiffRequest';
import { rpc, toFailure, type Failure } from '../../../host';

export interface ModelComparison {
  readonly value: ModelDiff | undefined;
  readonly failure: Failure | null;
  readonly slow: boolean;
  /** The job that asks both models, while there is one. */
  readonly job: Job | undefined;
  cancel(): void;
  again(): void;
}

/** Call it while a component is set up; a request of `null` compares nothing. */
export function modelComparison(request: () => ModelDiffRequest | null): ModelComparison {
  const diff = query('models.diff', request);
  const start = action('models.compare');
  /** Jobs by what they compare. */
  const begun = new SvelteMap<string, string>();

  const key = $derived(JSON.stringify(request()));
  const job_id = $derived(begun.get(key) ?? null);
  const job = $derived(job_id === null ? undefined : liveJobs.get(job_id));
  const isLong = $derived(diff.value === null && !diff.loading);

  $effect(() => {
    if (isLong && job_id === null && !start.running && !start.failure) untrack(() => void begin());
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
    get slow() {
      return diff.slow || isLong;
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
