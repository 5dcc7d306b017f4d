// Which runs go into an archive, and what the archive is called.

import { quote } from '../../domain/command';

export type ExportOf = 'runs' | 'experiment' | 'all';

/** What is meant most likely: what is selected, else what is shown. */
export function ofWhich(n_selected: number, experiment: string | null): ExportOf {
  if (n_selected > 0) return 'runs';
  return experiment === null ? 'all' : 'experiment';
}

/** A name for the file, without what a file system could take amiss. */
export function archiveName(of: ExportOf, experiment: string, n_selected: number): string {
  if (of === 'runs') return n_selected === 1 ? 'run.zip' : `${n_selected}-runs.zip`;
  const name = of === 'experiment' ? experiment.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '') : '';
  return `${name || (of === 'all' ? 'lab' : 'experiment')}.zip`;
}

/** A path that begins nowhere would be looked for where the server happens to run. */
export function pathProblem(path: string): string | undefined {
  if (path === '' || /^([/\\]|[A-Za-z]:[/\\])/.test(path)) return undefined;
  return 'write the whole path, from the root of the disk';
}

export function exportCommand(of: 'experiment' | 'all', experiment: string, file: string): string {
  return `assay runs export ${of === 'all' ? '--all' : `--experiment ${quote(experiment)}`} ${file}`;
}
