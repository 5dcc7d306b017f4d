// A data set put into the trash, with the way back.

import { rpc, toFailure } from '../../host';
import { toast } from '../../parts/toasts.svelte';
import { href, navigate, route } from '../../shell';

/** Deletes all versions of a data set; its page, if shown, gives way to the list. */
export async function deleteDataset(name: string): Promise<void> {
  try {
    await rpc('trash.delete', { kind: 'dataset', id: name });
  } catch (cause) {
    return tell(cause, `delete \`${name}\``);
  }
  if (route().page === 'data' && route().path[0] === name) navigate(href('data'));
  toast({ text: `\`${name}\` is in the trash`, undo: () => restore(name) });
}

async function restore(name: string): Promise<void> {
  try {
    await rpc('trash.restore', { kind: 'dataset', id: name });
    navigate(href('data', name));
  } catch (cause) {
    tell(cause, `restore \`${name}\``);
  }
}

function tell(cause: unknown, attempted: string): void {
  const failure = toFailure(cause, attempted);
  toast({ text: `Cannot ${failure.attempted}: ${failure.wrong}`, note: failure.hint ?? undefined, warning: true });
}
