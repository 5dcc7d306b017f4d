// A replay put into the trash, and the way back.

import type { ReplayId } from '../../gen/ReplayId';
import { rpc, toFailure } from '../../host';
import { toast } from '../../parts/toasts.svelte';
import { href, navigate, route } from '../../shell';

/** Its page, if shown, gives way to the list. */
export async function deleteReplay(id: ReplayId, title: string): Promise<void> {
  try {
    await rpc('trash.delete', { kind: 'replay', id });
  } catch (cause) {
    return tell(cause, `delete the replay of \`${title}\``);
  }
  if (route().page === 'replay' && route().path[0] === id) navigate(href('replay'));
  toast({ text: `The replay of \`${title}\` is in the trash`, undo: () => restore(id, title) });
}

async function restore(id: ReplayId, title: string): Promise<void> {
  try {
    await rpc('trash.restore', { kind: 'replay', id });
    navigate(href('replay', id));
  } catch (cause) {
    tell(cause, `restore the replay of \`${title}\``);
  }
}

function tell(cause: unknown, attempted: string): void {
  const failure = toFailure(cause, attempted);
  toast({ text: `Cannot ${failure.attempted}: ${failure.wrong}`, note: failure.hint ?? undefined, warning: true });
}
