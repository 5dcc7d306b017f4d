// Suites as files: read from one that is chosen, saved where the user wants them.

import { isDesktop, rpc, save, toFailure } from '../../host';
import type { SuiteFormat } from '../../gen/SuiteFormat';
import { toast } from '../../parts/toasts.svelte';

export const FORMATS: readonly { format: SuiteFormat; text: string }[] = [
  { format: 'toml', text: 'Export as TOML, to edit' },
  { format: 'great_expectations', text: 'Export for Great Expectations 1.x' },
  { format: 'great_expectations0', text: 'Export for Great Expectations 0.x' },
];

/** Larger files are no suites; they are not even read. */
export const MOST_BYTES = 16_000_000;

/** Saves a suite, `name` or `name@version`; the desktop window, which cannot write a text itself, copies it. */
export async function exportSuite(suite: string, format: SuiteFormat): Promise<void> {
  const text = async () => (await rpc('expectations.export', { suite, format })).text;
  const name = `${suite.replace(/@[^@]*$/, '')}.${format === 'toml' ? 'toml' : 'json'}`;
  try {
    if (isDesktop) {
      await navigator.clipboard.writeText(await text());
      toast({ text: `${suite} is copied as a text`, note: `paste it into ${name}` });
      return;
    }
    const saved = await save({
      name,
      toPath: () => Promise.resolve(),
      toBytes: async () => new TextEncoder().encode(await text()).buffer,
    });
    if (saved) toast({ text: `${name} is saved` });
  } catch (cause) {
    const failure = toFailure(cause, 'export the suite');
    toast({ text: `Cannot ${failure.attempted}: ${failure.wrong}`, note: failure.hint ?? undefined, warning: true });
  }
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
