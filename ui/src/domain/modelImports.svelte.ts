// ONNX files brought in as versions of a model, wherever they were dropped or chosen.

import { liveJobs } from '../data';
import type { Job } from '../gen/Job';
import type { ModelImportSpec } from '../gen/ModelImportSpec';
import { rpc, toFailure, type Failure } from '../host';

export interface ModelImportForm {
  path: string;
  /** Null until its job is asked for. */
  job_id: string | null;
  /** Why no job was begun. */
  failure: Failure | null;
}

const state = $state<{ form: ModelImportForm | null }>({ form: null });

/** What the dialog shows; null while it is closed. */
export function modelImportForm(): ModelImportForm | null {
  return state.form;
}

export function openModelImport(path = ''): void {
  state.form = { path, job_id: null, failure: null };
}

export function closeModelImport(): void {
  state.form = null;
}

export function isOnnx(path: string): boolean {
  return /\.onnx$/i.test(path);
}

/** A name from that of the file: `Price model (2).onnx` as `price-model-2`. */
export function nameFrom(path: string): string {
  const file = path.split(/[/\\]/).at(-1) ?? '';
  const name = file
    .replace(/\.onnx$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[-._]+|[-._]+$/g, '');
  return name === '' ? 'model' : name;
}

export async function beginModelImport(spec: ModelImportSpec): Promise<void> {
  const { form } = state;
  if (!form) return;
  form.failure = null;
  form.job_id = null;
  try {
    const { job_id } = await rpc('models.import', spec);
    // A small file is through before its events are heard.
    if (!liveJobs.has(job_id)) {
      const now = await rpc('jobs.show', { job_id }).catch(() => null);
      if (now && !liveJobs.has(job_id)) liveJobs.set(job_id, now);
    }
    form.job_id = job_id;
  } catch (cause) {
    form.failure = toFailure(cause, `import \`${spec.path}\``);
  }
}

/** Hears how a job ended; true while the dialog shows it. */
export function hearModelImport(job: Job): boolean {
  return job.spec.job === 'import_model' && state.form !== null && state.form.path === job.spec.path;
}
