// One change to many runs: said in words, taken back with one Undo.

import { tellFailure } from '../../domain/failures';
import type { LeftRun } from '../../gen/LeftRun';
import type { RunChange } from '../../gen/RunChange';
import type { RunSelection } from '../../gen/RunSelection';
import type { RunsChanged } from '../../gen/RunsChanged';
import { rpc } from '../../host';
import { bytes, count, plural } from '../../parts/format';
import { toast } from '../../parts/toasts.svelte';
import { undo } from '../../shell';

/** Changes the runs and says so; true when it was done, though some may have been left as they are. */
export async function changeRuns(selection: RunSelection, change: RunChange): Promise<boolean> {
  try {
    const done = await rpc('runs.change', { selection, change });
    toast({
      text: changedText(change, done),
      ...(done.n_left > 0 ? { note: leftText(done.left, done.n_left), warning: true } : {}),
      ...(done.n_changed > 0 ? { undo } : {}),
    });
    return true;
  } catch (cause) {
    tellFailure(cause, attempted(change));
    return false;
  }
}

/** Deletes runs of the trash for good. */
export async function purgeRuns(selection: RunSelection): Promise<boolean> {
  try {
    const { n_deleted, freed_bytes, left, n_left } = await rpc('runs.purge', { selection });
    toast({
      text: `${plural(n_deleted, 'run')} deleted for good, ${bytes(freed_bytes)} freed`,
      ...(n_left > 0 ? { note: leftText(left, n_left), warning: true } : {}),
    });
    return true;
  } catch (cause) {
    tellFailure(cause, 'delete runs for good');
    return false;
  }
}

/** `12 runs are in the trash`; what was so already is told when nothing else is to be told. */
export function changedText(change: RunChange, { n_changed, n_unchanged }: RunsChanged): string {
  if (n_changed === 0 && n_unchanged > 0) return `${plural(n_unchanged, 'run')} ${so(change, n_unchanged)} already`;
  return `${plural(n_changed, 'run')} ${so(change, n_changed)}`;
}

/** The first reason, and how many others there are. */
export function leftText(left: readonly LeftRun[], n_left: number): string {
  const [first] = left;
  if (!first) return `${plural(n_left, 'run')} stayed as ${n_left === 1 ? 'it is' : 'they are'}`;
  const others = n_left > 1 ? `; ${count(n_left - 1)} more stayed` : '';
  return `\`${first.name}\` stayed: ${first.why.replace(/\.$/, '')}${others}`;
}

function so(change: RunChange, n: number): string {
  const are = n === 1 ? 'is' : 'are';
  switch (change.change) {
    case 'tag':
      return `${n === 1 ? 'has' : 'have'} the tag \`${change.key}\``;
    case 'untag':
      return `${n === 1 ? 'has' : 'have'} no tag \`${change.key}\``;
    case 'move':
      return `${are} in \`${change.experiment}\``;
    case 'archive':
      return `${are} archived`;
    case 'unarchive':
      return `${are} among the active runs`;
    case 'delete':
      return `${are} in the trash`;
    case 'restore':
      return `${are} back`;
  }
}

function attempted(change: RunChange): string {
  const acts: Record<RunChange['change'], string> = {
    tag: 'tag the runs',
    untag: 'take the tag away',
    move: 'move the runs',
    archive: 'archive the runs',
    unarchive: 'take the runs out of the archive',
    delete: 'delete the runs',
    restore: 'restore the runs',
  };
  return acts[change.change];
}
