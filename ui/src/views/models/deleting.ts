// A model put into the trash with all its versions, and the way back.

import type { ModelName } from '../../gen/ModelName';
import { rpc, toFailure } from '../../host';
import { toast } from '../../parts/toasts.svelte';
import { href, navigate, route } from '../../shell';

/** Its page, if shown, gives way to the list. */
export async function deleteModel(name: ModelName): Promise<void> {
  try {
    await rpc('trash.delete', { kind: 'model', id: name });
  } catch (cause) {
    return tell(cause, `delete \`${name}\``);
  }
  if (route().page === 'models' && route().path[0] === name) navigate(href('models'));
  toast({ text: `\`${name}\` is in the trash`, undo: () => restore(name) });
}

async function restore(name: ModelName): Promise<void> {
  try {
    await rpc('trash.restore', { kind: 'model', id: name });
    navigate(href('models', name));
  } catch (cause) {
    tell(cause, `restore \`${name}\``);
  }
}

/** Says what failed where the page has no place for it. */
export function tell(cause: unknown, attempted: string): void {
  const failure = toFailure(cause, attempted);
  toast({ text: `Cannot ${failure.attempted}: ${failure.wrong}`, note: failure.hint ?? undefined, warning: true });
}
