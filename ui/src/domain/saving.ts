// Files saved where the user wants them: in the desktop window by the host, in a browser as a download.

import { save } from '../host';
import { toast } from '../parts/toasts.svelte';
import { tellFailure } from './failures';

export interface Saving {
  /** Proposed name, `penguins.toml`. */
  name: string;
  /** What is attempted, should it fail: `export the suite`. */
  attempted: string;
  /** The host writes the file. */
  toPath: (path: string) => Promise<unknown>;
  /** What a browser downloads. */
  toBytes: () => Promise<ArrayBuffer>;
}

/** Says that the file is saved, or why it is not; nothing when the user chose no place. */
export async function saveFile({ name, attempted, toPath, toBytes }: Saving): Promise<void> {
  try {
    if (await save({ name, toPath: async (path) => void (await toPath(path)), toBytes }))
      toast({ text: `\`${name}\` is saved` });
  } catch (cause) {
    tellFailure(cause, attempted);
  }
}

/** The same for a command that answers with the text and, given a path, writes it there. */
export function saveText(
  name: string,
  attempted: string,
  write: (path: string | null) => Promise<{ text: string }>,
): Promise<void> {
  return saveFile({
    name,
    attempted,
    toPath: write,
    toBytes: async () => new TextEncoder().encode((await write(null)).text).buffer,
  });
}
