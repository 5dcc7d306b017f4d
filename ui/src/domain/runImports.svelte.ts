// Runs of other trackers brought into the lab, wherever their files were dropped or chosen: what they hold is said
// first, and what became of each when its job has ended.

import { liveJobs } from '../data';
import type { Job } from '../gen/Job';
import type { RecognisedRuns } from '../gen/RecognisedRuns';
import { rpc, toFailure, type Failure } from '../host';

/** A file or folder, and the job that reads it. */
export interface RunSource {
  path: string;
  /** Null until its job is asked for. */
  job_id: string | null;
  /** Why no job was begun. */
  failure: Failure | null;
}

export interface RunImportForm {
  sources: RunSource[];
  /** Jobs are asked for, and the form shows how they go. */
  begun: boolean;
}

const state = $state<{ form: RunImportForm | null }>({ form: null });

/** What the dialog shows; null while it is closed. */
export function runImportForm(): RunImportForm | null {
  return state.form;
}

export function openRunImport(paths: readonly string[] = []): void {
  state.form = { sources: paths.map(toSource), begun: false };
}

export function closeRunImport(): void {
  state.form = null;
}

/** Other files in the dialog instead of the present ones. */
export function chooseRunSources(paths: readonly string[]): void {
  if (state.form) state.form.sources = paths.map(toSource);
}

/** Asks for one job a file; `experiment` is for runs whose source names none. */
export async function beginRunImport(experiment: string | null): Promise<void> {
  const form = state.form;
  if (!form) return;
  form.begun = true;
  for (const source of form.sources) {
    try {
      source.job_id = (await rpc('runs.import', { path: source.path, format: null, experiment })).job_id;
    } catch (cause) {
      source.failure = toFailure(cause, `import the runs of \`${source.path}\``);
    }
  }
}

/** The job of a file, as far as it has been heard of. */
export function jobOf({ job_id }: RunSource): Job | undefined {
  return job_id === null ? undefined : liveJobs.get(job_id);
}

/** Hears how a job ended; true while the dialog shows it. A small file is through before its job's id is here. */
export function hearRunImport(job: Job): boolean {
  const { spec } = job;
  if (spec.job !== 'import_runs' || !state.form?.begun) return false;
  return state.form.sources.some(({ path, job_id }) => (job_id === null ? path === spec.path : job_id === job.job_id));
}

/** What of runs a file or folder holds; nothing when that cannot be told. */
export async function recogniseRuns(path: string): Promise<RecognisedRuns> {
  return rpc('runs.recognise', { path }).catch(() => ({ format: null, words: '' }));
}

/** The paths that hold runs, and the others. A table of metrics could be a data set too: `tables` says it holds runs. */
export async function partRuns(
  paths: readonly string[],
  tables: boolean,
): Promise<{ runs: string[]; others: string[] }> {
  const known = await Promise.all(paths.map(recogniseRuns));
  const holds = (i: number) => {
    const format = known[i]?.format ?? null;
    return format !== null && (format !== 'csv' || tables);
  };
  return { runs: paths.filter((_, i) => holds(i)), others: paths.filter((_, i) => !holds(i)) };
}

function toSource(path: string): RunSource {
  return { path, job_id: null, failure: null };
}
