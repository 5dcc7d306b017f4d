// Reports as files: one HTML page with its pictures inside, small enough to mail.

import type { ReportRequest } from '../gen/ReportRequest';
import { rpc, rpcBytes } from '../host';
import { saveFile } from './saving';

/** Saves a report where the user wants it. `name` has no ending. */
export async function saveReport(report: ReportRequest, name: string): Promise<void> {
  await saveFile({
    name: `${name}.html`,
    attempted: 'save the report',
    toPath: (path) => rpc('reports.save', { report, path }),
    toBytes: () => rpcBytes('reports.html', report),
  });
}
