// Files for journeys, in a folder of their own.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';

export interface Files {
  /** Writes a file and returns its path. */
  write(name: string, text: string | Buffer): string;
  /** Unpacks a bundled sample, `penguins.csv`. */
  sample(name: string): string;
  remove(): void;
}

/** An ONNX file that another library wrote: `pipeline.onnx`. */
export function onnxFile(name: string): string {
  return fileURLToPath(new URL(`../../crates/onnx/tests/corpus/${name}`, import.meta.url));
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
export async function dropFiles(page: Page, files: Record<string, string | Buffer>): Promise<void> {
  const texts = Object.entries(files).map(([name, own]) => [name, Buffer.from(own).toString('base64')] as const);
  const dataTransfer = await page.evaluateHandle((given) => {
    const transfer = new DataTransfer();
    for (const [name, text] of given)
      transfer.items.add(new File([Uint8Array.from(atob(text), (own) => own.charCodeAt(0))], name));
    return transfer;
  }, texts);
  for (const type of ['dragenter', 'dragover', 'drop']) await page.dispatchEvent('body', type, { dataTransfer });
}
