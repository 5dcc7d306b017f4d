// What an import of runs did, as facts to be read.

import type { RunImportReport } from '../gen/RunImportReport';
import { bytes, count, plural } from '../parts/format';

/** `12 runs are here, 3 of them up to date now`. */
export function reportSentence({ n_new, n_updated, n_unchanged }: RunImportReport): string {
  const parts = [
    n_new > 0 ? `${plural(n_new, 'new run')}` : '',
    n_updated > 0 ? `${plural(n_updated, 'run')} brought up to date` : '',
    n_unchanged > 0 ? `${plural(n_unchanged, 'run')} here already` : '',
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(', ') : 'no runs';
}

export interface Fact {
  name: string;
  value: string;
  title?: string;
}

/** What came with the runs; what there is none of is left out. */
export function reportFacts(report: RunImportReport): Fact[] {
  const { experiments, n_points, n_artifacts, artifact_bytes, n_model_versions } = report;
  return [
    ...(experiments.length > 0
      ? [{ name: plural(experiments.length, 'experiment'), value: listed(experiments), title: experiments.join(', ') }]
      : []),
    ...(n_points > 0 ? [{ name: 'Points of metrics', value: count(n_points) }] : []),
    ...(n_artifacts > 0 ? [{ name: 'Files', value: `${count(n_artifacts)}, ${bytes(artifact_bytes)}` }] : []),
    ...(n_model_versions > 0 ? [{ name: 'Model versions', value: count(n_model_versions) }] : []),
  ];
}

/** Where the imported runs are seen: their experiment when they have one in common. */
export function reportHref(reports: readonly RunImportReport[]): string {
  const names = [...new Set(reports.flatMap(({ experiments }) => experiments))];
  const [only] = names;
  return names.length === 1 && only !== undefined ? `#/runs?${new URLSearchParams({ experiment: only })}` : '#/runs';
}

function listed(names: readonly string[]): string {
  const [first = '', second] = names;
  if (names.length > 3) return `${first}, ${second ?? ''} and ${count(names.length - 2)} more`;
  return names.join(', ');
}
