// What the shell itself asks of the lab: search, undo, the sample lab, the import of dropped files.

import type { SearchHit } from '../gen/SearchHit';
import type { SearchKind } from '../gen/SearchKind';
import { tellFailure } from '../domain/failures';
import { rpc, type Failure } from '../host';
import type { IconName } from '../parts/icons';
import { toast } from '../parts/toasts.svelte';
import type { PaletteItem } from './paletteItems.svelte';

const KINDS: Record<SearchKind, { group: string; icon: IconName }> = {
  dataset: { group: 'Data sets', icon: 'data' },
  run: { group: 'Runs', icon: 'runs' },
  model: { group: 'Models', icon: 'models' },
  replay: { group: 'Replays', icon: 'replay' },
};

/** Things whose name or content answers what was typed. */
export async function search(text: string): Promise<{ items: PaletteItem[]; n_searched: number }> {
  const answer = await rpc('search', { text, limit: 20 });
  return { items: answer.hits.map(toItem), n_searched: answer.n_searched };
}

/** Takes back the last change and says what it was. */
export async function undo(): Promise<void> {
  await said('undo', async () => {
    const { what } = await rpc('lab.undo', {});
    toast({ text: what ? `Undone: ${what}` : 'There is nothing to undo' });
  });
}

/** Runs the whole chain on the bundled sample data, as a job. */
export async function startDemo(): Promise<void> {
  await said('start the sample lab', async () => {
    await rpc('demo.start', {});
    toast({ text: 'The sample lab is being made', open: { text: 'Show the job', href: '#/jobs' } });
  });
}

/** Does something whose failure has no place on the page, and says it in a toast. */
async function said(attempted: string, act: () => Promise<void>): Promise<Failure | null> {
  try {
    await act();
    return null;
  } catch (cause) {
    return tellFailure(cause, attempted);
  }
}

function toItem(hit: SearchHit): PaletteItem {
  const route = hit.route.startsWith('#') ? hit.route : `#${hit.route}`;
  return { title: hit.title, href: route, detail: hit.detail, ...KINDS[hit.kind] };
}
