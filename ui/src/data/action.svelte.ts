// Changing something through the host: one call at a time, its failure kept for where the result would be.

import { rpc, toFailure, type Command, type Failure, type RequestOf, type ResponseOf } from '../host';

export interface Action<C extends Command> {
  readonly running: boolean;
  readonly failure: Failure | null;
  /** The answer, or undefined when it failed (see `failure`) or is running already. */
  run(request: RequestOf<C>): Promise<ResponseOf<C> | undefined>;
  clear(): void;
}

export function action<C extends Command>(command: C): Action<C> {
  let running = $state(false);
  let failure = $state.raw<Failure | null>(null);
  return {
    get running() {
      return running;
    },
    get failure() {
      return failure;
    },
    async run(request) {
      if (running) return undefined;
      running = true;
      failure = null;
      try {
        return await rpc(command, request);
      } catch (cause) {
        failure = toFailure(cause, `run ${command}`);
        return undefined;
      } finally {
        running = false;
      }
    },
    clear() {
      failure = null;
    },
  };
}
