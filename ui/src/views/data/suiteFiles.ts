// Suites and checks as files: read from one that is chosen, saved where the user wants them.

import { saveText } from '../../domain/saving';
import type { SuiteFormat } from '../../gen/SuiteFormat';
import { rpc } from '../../host';

export const FORMATS: readonly { format: SuiteFormat; text: string }[] = [
  { format: 'toml', text: 'Export as TOML, to edit' },
  { format: 'great_expectations', text: 'Export for Great Expectations 1.x' },
  { format: 'great_expectations0', text: 'Export for Great Expectations 0.x' },
];

/** Larger files are no suites; they are not even read. */
export const MOST_BYTES = 16_000_000;

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

/** Lets the user choose a text file; null when they chose none. */
export function chooseText(endings: string): Promise<File | null> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.accept = endings;
    input.onchange = () => resolve(input.files?.[0] ?? null);
    input.oncancel = () => resolve(null);
    input.click();
  });
}
