// Files brought in as data sets, wherever they were dropped or chosen.

import type { ImportOptions } from '../gen/ImportOptions';
import { rpc } from '../host';

/** Find everything out from the file. */
export const DEFAULT_IMPORT: Readonly<ImportOptions> = {
  no_header: false,
  columns: [],
  delimiter: null,
  null_values: [],
};

/** Starts one import job a file; what becomes of each is told by the jobs. Rejects with the first `Failure`. */
export async function importFiles(paths: string[]): Promise<void> {
  for (const path of paths) {
    await rpc('datasets.import', { path, name: null, options: { ...DEFAULT_IMPORT } });
  }
}
