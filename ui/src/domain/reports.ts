// Reports as files: one HTML page with its pictures inside, small enough to mail.

import type { ReportRequest } from '../gen/ReportRequest';
import { rpc, rpcBytes, save, toFailure } from '../host';
import { toast } from '../parts/toasts.svelte';

/** Saves a report where the user wants it. `name` has no ending. */
export async function saveReport(report: ReportRequest, name: string): Promise<void> {
  const file = `${name}.html`;
  try {
    const saved = await save({
      name: file,
      toPath: async (path) => void (await rpc('reports.save', { report, path })),
      toBytes: () => rpcBytes('reports.html', report),
    });
    if (saved) toast({ text: `${file} is saved` });
  } catch (cause) {
    const failure = toFailure(cause, 'save the report');
    toast({ text: `Cannot ${failure.attempted}: ${failure.wrong}`, note: failure.hint ?? undefined, warning: true });
  }
}
