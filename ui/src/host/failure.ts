// The one shape of an error on the wire: what was attempted, what is wrong, what to do.

import type { Failure as FailureBody } from '../gen/Failure';

/** What every call to the host rejects with. `attempted` reads on after "cannot". */
export class Failure extends Error implements FailureBody {
  readonly code: FailureBody['code'];
  readonly attempted: string;
  readonly wrong: string;
  readonly hint: string | null;

  constructor(body: FailureBody) {
    super(`cannot ${body.attempted}: ${body.wrong}`);
    this.name = 'Failure';
    this.code = body.code;
    this.attempted = body.attempted;
    this.wrong = body.wrong;
    this.hint = body.hint;
  }
}

/** Turns whatever a transport rejected with into a `Failure`; `attempted` is used when the host said nothing itself. */
export function toFailure(cause: unknown, attempted: string): Failure {
  if (cause instanceof Failure) return cause;
  if (isBody(cause)) return new Failure({ ...cause, hint: cause.hint ?? null });
  const wrong =
    cause instanceof Error ? cause.message : typeof cause === 'string' ? cause : 'the answer was not understood';
  return new Failure({ code: 'bug', attempted, wrong, hint: null });
}

/** The host could not be reached at all. */
export function unreachable(attempted: string): Failure {
  return new Failure({
    code: 'io',
    attempted,
    wrong: 'Assay does not answer; it was closed, or the connection is gone',
    hint: 'start it again, then try again',
  });
}

function isBody(value: unknown): value is FailureBody {
  if (typeof value !== 'object' || value === null) return false;
  const body = value as Record<string, unknown>;
  return typeof body['code'] === 'string' && typeof body['attempted'] === 'string' && typeof body['wrong'] === 'string';
}
