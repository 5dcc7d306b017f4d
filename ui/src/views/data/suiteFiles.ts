// Suites and checks as files: read from one that is chosen, saved where the user wants them.

import { saveText } from '../../domain/saving';
import type { SuiteFormat } from '../../gen/SuiteFormat';
import { rpc } from '../../host';

export const FORMATS: readonly { format: SuiteFormat; text: string }[] = [
  { format: 'toml', text: 'Export as TOML, to edit' },
  { format: 'great_expectations', text: 'Export for Great Expectations 1.x' },
  { format: 'great_expectations0', text: 'Export for Great Expectations 0.x' },
];

/** Saves a suite, `name` or `name@version`. */
export function exportSuite(suite: string, format: SuiteFormat): Promise<void> {
  const name = `${suite.replace(/@[^@]*$/, '')}.${format === 'toml' ? 'toml' : 'json'}`;
  return saveText(name, 'export the suite', (path) => rpc('expectations.export', { suite, format, path }));
}

/** Saves the report of a check as JUnit XML, which continuous integration shows; `dataset` is `name@version`. */
export function exportJunit(check_id: number, dataset: string): Promise<void> {
  const name = `${dataset.replace('@', '-v')}-expectations.xml`;
  return saveText(name, 'export the check', (path) => rpc('expectations.junit', { check_id, path }));
}
