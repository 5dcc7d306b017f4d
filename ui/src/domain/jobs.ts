// What a job that has ended says, and where its result is.

import type { DiffRequest } from '../gen/DiffRequest';
import type { Job } from '../gen/Job';
import type { ModelDiffRequest } from '../gen/ModelDiffRequest';
import type { ModelSource } from '../gen/ModelSource';
import type { StatusState } from '../parts/Status.svelte';
import { bytes, count, plural } from '../parts/format';
import { toast } from '../parts/toasts.svelte';
import { hearImport, importAgain, oddity } from './importing.svelte';
import { hearModelImport } from './modelImports.svelte';
import { hearRunImport } from './runImports.svelte';
import { reportHref } from './runReport';

/** Each state as a shape and a word. */
export const JOB_STATES: Record<Job['state'], { state: StatusState; word: string }> = {
  waiting: { state: 'waiting', word: 'waiting' },
  running: { state: 'running', word: 'running' },
  done: { state: 'ok', word: 'done' },
  failed: { state: 'critical', word: 'failed' },
  cancelled: { state: 'notrun', word: 'cancelled' },
  interrupted: { state: 'interrupted', word: 'interrupted' },
};

/** Where the result of a finished job is shown; null while there is none. */
export function resultHref(job: Job): string | null {
  const outcome = job.outcome;
  if (!outcome) return null;
  switch (outcome.made) {
    case 'dataset':
      return `#/data/${encodeURIComponent(outcome.dataset)}`;
    case 'run':
      return `#/runs/${outcome.run_id}`;
    case 'replay':
      return `#/replay/${outcome.replay_id}`;
    case 'diff':
      return job.spec.job === 'diff' ? diffHref(job.spec) : null;
    case 'reproduction':
      return `#/runs/${outcome.run_id}`;
    case 'runs_imported':
      return reportHref([outcome]);
    case 'export':
    case 'runs_exported':
    case 'predicted':
      return null;
    case 'model':
      return `#/models/${encodeURIComponent(outcome.model)}/${outcome.version}`;
    case 'model_diff':
      return job.spec.job === 'diff_models' ? modelDiffHref(job.spec) : null;
    case 'shrunk':
    case 'demo':
      return '#/models';
  }
}

/** The page compares versions of one data set. */
function diffHref({ left, right, key }: DiffRequest): string | null {
  const [name = '', before] = left.split('@');
  const [other, after] = right.split('@');
  if (name !== other || !before || !after) return null;
  const query = new URLSearchParams({ left: before, right: after });
  if (key.length > 0) query.set('key', key.map(encodeURIComponent).join(','));
  return `#/data/${encodeURIComponent(name)}/diff?${query}`;
}

function modelDiffHref({ left, right, data }: ModelDiffRequest): string {
  const text = (source: ModelSource) => (source.of === 'file' ? `file:${source.path}` : source.model);
  const query = new URLSearchParams({ a: text(left), b: text(right) });
  if (data) query.set('data', data.of === 'file' ? `file:${data.path}` : data.dataset);
  return `#/onnx/diff?${query}`;
}

const told = new Set<string>();

/** Says once in a toast how a job ended. */
export function reportJob(job: Job): void {
  if (told.has(job.job_id) || job.state === 'waiting' || job.state === 'running') return;
  told.add(job.job_id);
  if (hearImport(job) || hearRunImport(job) || hearModelImport(job)) return;
  // The pages of trainings and of differences show what becomes of their own.
  if (job.spec.job === 'train' && location.hash.startsWith('#/train')) return;
  if (job.spec.job === 'diff_models' && location.hash.startsWith('#/onnx/diff')) return;
  if (job.spec.job === 'diff' && /^#\/data\/[^/]+\/diff/.test(location.hash)) return;
  const href = resultHref(job);
  if (job.state === 'done') {
    const odd = oddity(job);
    const left = job.outcome?.made === 'runs_imported' ? job.outcome.problems.length : 0;
    const why = { text: 'Show what', href: `#/jobs/${job.job_id}` };
    toast({
      text: ended(job),
      note:
        odd ?? (left > 0 ? `${count(left)} could not be read and ${left === 1 ? 'was' : 'were'} left out` : undefined),
      act: odd === null ? undefined : { text: 'Read it another way', run: () => importAgain(job) },
      open: left > 0 ? why : href && href !== location.hash ? { text: 'Show it', href } : undefined,
    });
  }
  if (job.state === 'failed') {
    toast({
      text: job.failure ? `Cannot ${job.failure.attempted}: ${job.failure.wrong}` : `${job.title} failed`,
      open: { text: 'Show the job', href: `#/jobs/${job.job_id}` },
      warning: true,
    });
  }
}

function ended(job: Job): string {
  if (job.outcome?.made === 'dataset') {
    const { dataset: name, version, n_rows, already_there } = job.outcome;
    return !already_there
      ? `${name}@${version} is here, ${count(n_rows)} rows`
      : `${name}@${version} was here already, the same rows`;
  }
  if (job.outcome?.made === 'runs_imported') {
    const { n_new, n_updated, n_unchanged } = job.outcome;
    if (n_new + n_updated === 0)
      return `${plural(n_unchanged, 'run')} ${n_unchanged === 1 ? 'was' : 'were'} here already`;
    return `${plural(n_new + n_updated, 'run')} ${n_new + n_updated === 1 ? 'is' : 'are'} here`;
  }
  if (job.outcome?.made === 'runs_exported') {
    const { path, n_runs, size_bytes } = job.outcome;
    return `${path} is written, ${plural(n_runs, 'run')}, ${bytes(size_bytes)}`;
  }
  if (job.outcome?.made === 'model') return `${job.outcome.model}@${job.outcome.version} is imported`;
  if (job.outcome?.made === 'predicted') {
    const { path, n_rows, model } = job.outcome;
    return `${path} holds what ${model} says of ${plural(n_rows, 'row')}`;
  }
  if (job.outcome?.made === 'export') return `${job.outcome.path} is written, ${bytes(job.outcome.size_bytes)}`;
  return `${job.title}: finished`;
}
