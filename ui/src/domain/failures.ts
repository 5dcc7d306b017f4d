// A failure told where the page has no place for it.

import { toFailure, type Failure } from '../host';
import { toast } from '../parts/toasts.svelte';

/** Says in a toast that something was attempted and failed; `attempted` stands in when the failure does not say it. */
export function tellFailure(cause: unknown, attempted: string): Failure {
  const failure = toFailure(cause, attempted);
  toast({ text: `Cannot ${failure.attempted}: ${failure.wrong}`, note: failure.hint ?? undefined, warning: true });
  return failure;
}
