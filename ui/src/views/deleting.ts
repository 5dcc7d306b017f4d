// Data sets, models and replays put into the trash, and the way back.

import { tellFailure } from '../domain/failures';
import { rpc } from '../host';
import { toast } from '../parts/toasts.svelte';
import { href, navigate, route } from '../shell';

interface Thing {
  kind: 'dataset' | 'model' | 'replay';
  id: string;
  /** Its name between backticks, as it is told. */
  title: string;
  /** Its list; its own page stands below. */
  page: 'data' | 'models' | 'replay';
}

/** Deletes all versions of a data set. */
export function deleteDataset(name: string): Promise<void> {
  return toTrash({ kind: 'dataset', id: name, title: `\`${name}\``, page: 'data' });
}

/** Deletes all versions of a model. */
export function deleteModel(name: string): Promise<void> {
  return toTrash({ kind: 'model', id: name, title: `\`${name}\``, page: 'models' });
}

export function deleteReplay(id: string, title: string): Promise<void> {
  return toTrash({ kind: 'replay', id, title: `the replay of \`${title}\``, page: 'replay' });
}

/** The page of the thing, if shown, gives way to the list. */
async function toTrash(thing: Thing): Promise<void> {
  const { kind, id, title, page } = thing;
  try {
    await rpc('trash.delete', { kind, id });
  } catch (cause) {
    tellFailure(cause, `delete ${title}`);
    return;
  }
  if (route().page === page && route().path[0] === id) navigate(href(page));
  toast({ text: `${title.charAt(0).toUpperCase()}${title.slice(1)} is in the trash`, undo: () => restore(thing) });
}

async function restore({ kind, id, title, page }: Thing): Promise<void> {
  try {
    await rpc('trash.restore', { kind, id });
    navigate(href(page, id));
  } catch (cause) {
    tellFailure(cause, `restore ${title}`);
  }
}
