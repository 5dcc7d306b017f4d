// Files brought in as data sets, wherever they were dropped or chosen: one job a file, told while it runs, its page
// opened when it is there, and asked again when it could not be read.

import { liveJobs } from '../data';
import type { ImportOptions } from '../gen/ImportOptions';
import type { Job } from '../gen/Job';
import { rpc, toFailure, type Failure } from '../host';
import { dismiss, toast } from '../parts/toasts.svelte';
import { clock } from './clock.svelte';
import { progressUnit, secsLeft } from './jobTime';

/** Find everything out from the file. */
export const DEFAULT_IMPORT: Readonly<ImportOptions> = {
  no_header: false,
  columns: [],
  delimiter: null,
  null_values: [],
  quote: null,
  encoding: null,
  decimal_comma: null,
  comment: null,
  skip_lines: 0,
  sheet: null,
  types: {},
  bad_rows: 'refuse',
};

/** What the import dialog shows; null while it is closed. */
export interface ImportForm {
  paths: string[];
  name: string;
  /** Null: as the last file of the same shape was read, else what is found out. */
  options: ImportOptions | null;
  /** Why the last try with these files failed. */
  failure: Failure | null;
}

interface Pending {
  path: string;
  toast_id: number;
  /** The only file of its drop: its page opens. */
  alone: boolean;
}

const state = $state<{ form: ImportForm | null }>({ form: null });
let pending: Pending[] = [];

export function importForm(): ImportForm | null {
  return state.form;
}

/** Opens the dialog that says how files are to be read. */
export function openImportForm(form: Partial<ImportForm> = {}): void {
  state.form = { paths: [], name: '', options: null, failure: null, ...form };
}

export function closeImportForm(): void {
  state.form = null;
}

/** The dialog again, with what an earlier import was asked. */
export function importAgain(job: Job): void {
  if (job.spec.job !== 'import') return;
  const { path, name, options } = job.spec;
  openImportForm({ paths: [path], name: name ?? '', options: { ...options }, failure: failureOf(job) });
}

/** Why a job failed. A file that a browser handed over is told by its name: where it lay for a moment says nothing. */
export function failureOf(job: Job): Failure | null {
  if (!job.failure) return null;
  const attempted = job.spec.job === 'import' ? `import \`${fileName(job.spec.path)}\`` : job.failure.attempted;
  return toFailure({ ...job.failure, attempted }, job.title);
}

/** Takes files as they come. One whose shape was read in a way of its own before is shown first, read that way. */
export async function takeInFiles(paths: string[]): Promise<void> {
  const known = await Promise.all(paths.map(isRemembered));
  const plain = paths.filter((_, i) => !known[i]);
  const shown = paths.filter((_, i) => known[i]);
  if (plain.length > 0) await importFiles(plain);
  if (shown.length > 0) openImportForm({ paths: shown });
}

async function isRemembered(path: string): Promise<boolean> {
  // What is wrong with a file is said by its import.
  return rpc('datasets.preview', { path, options: null, n_rows: 0 }).then(
    ({ remembered }) => remembered,
    () => false,
  );
}

/** Starts one import job a file. */
export async function importFiles(
  paths: string[],
  name: string | null = null,
  options: ImportOptions = DEFAULT_IMPORT,
): Promise<void> {
  for (const path of paths) await importFile(path, name, options, paths.length === 1);
  if (paths.length > 1) location.hash = '#/data';
}

async function importFile(path: string, name: string | null, options: ImportOptions, alone: boolean): Promise<void> {
  let job_id = $state<string | null>(null);
  const toast_id = toast({
    text: `Importing \`${fileName(path)}\``,
    busy: () => {
      const job = job_id === null ? undefined : liveJobs.get(job_id);
      return job?.progress ? { ...job.progress, unit: progressUnit(job), secs_left: secsLeft(job, clock(true)) } : null;
    },
    act: { text: 'Cancel', run: () => void cancel() },
  });
  // Known by its path before the host is asked: a small file is through before the answer is here.
  pending.push({ path, toast_id, alone });
  try {
    job_id = (await rpc('datasets.import', { path, name, options: { ...options } })).job_id;
  } catch (cause) {
    settle(path);
    openImportForm({ paths: [path], name: name ?? '', options: { ...options }, failure: toFailure(cause, 'import') });
  }

  async function cancel(): Promise<void> {
    if (job_id !== null) await rpc('jobs.cancel', { job_id }).catch(() => undefined);
  }
}

/** Hears how a job ended; true when everything about it has been said here. */
export function hearImport(job: Job): boolean {
  if (job.spec.job !== 'import' || job.state === 'waiting' || job.state === 'running') return false;
  const own = settle(job.spec.path);
  if (!own) return false;
  if (job.state === 'failed') {
    importAgain(job);
    return true;
  }
  if (job.outcome?.made !== 'dataset') return job.state === 'cancelled';
  if (own.alone) location.hash = `#/data/${encodeURIComponent(job.outcome.dataset)}`;
  return false;
}

/** Worth a second look: something was guessed, or all of it fell into one column. */
export function oddity(job: Job): string | null {
  if (job.outcome?.made !== 'dataset') return null;
  if (job.warnings[0] !== undefined) return job.warnings[0];
  return job.outcome.n_columns === 1 ? 'it has one column only' : null;
}

export function fileName(path: string): string {
  return path.split(/[/\\]/).at(-1) ?? path;
}

function settle(path: string): Pending | undefined {
  const own = pending.find((one) => one.path === path);
  if (!own) return undefined;
  dismiss(own.toast_id);
  pending = pending.filter((one) => one !== own);
  return own;
}
