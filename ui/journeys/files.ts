// Files for journeys, in a folder of their own.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';

export interface Files {
  /** Writes a file and returns its path. */
  write(name: string, text: string | Buffer): string;
  /** Unpacks a bundled sample, `penguins.csv`. */
  sample(name: string): string;
  remove(): void;
}

const ASSETS = new URL('../../assets/', import.meta.url);

export function makeFiles(): Files {
  const folder = mkdtempSync(join(tmpdir(), 'assay-files-'));
  const write = (name: string, text: string | Buffer) => {
    const path = join(folder, name);
    writeFileSync(path, text);
    return path;
  };
  return {
    write,
    sample: (name) => write(name, gunzipSync(readFileSync(new URL(`${name}.gz`, ASSETS)))),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Drops files on the window as a file manager would. */
export async function dropFiles(page: Page, files: Record<string, string>): Promise<void> {
  const dataTransfer = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const [name, text] of Object.entries(given)) transfer.items.add(new File([text], name));
    return transfer;
  }, files);
  for (const type of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('body', type, { dataTransfer });
}
