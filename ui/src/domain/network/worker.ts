/** The worker that arranges graphs, bundled with the pages. */
export function openWorker(): Worker {
  return new Worker(new URL('./arrange.worker.ts', import.meta.url), { type: 'module' });
}
