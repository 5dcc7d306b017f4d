// What roles of clients may do, in words, and what a new token is asked.

import { quote } from '../../domain/command';
import type { Role } from '../../gen/Role';

export const ROLES: readonly Role[] = ['predict', 'read', 'write', 'admin'];

/** Each role may do what those before it may. */
export const ROLE_WORDS: Readonly<Record<Role, string>> = {
  predict: 'ask models for predictions, say later what was true',
  read: 'look at everything',
  write: 'log runs, train, register',
  admin: 'tokens, servers, which lab is open',
};

/** Requests a second; null for as many as it likes, undefined for what is no rate. */
export function rateOf(text: string): number | null | undefined {
  if (text.trim() === '') return null;
  const rate = Number(text.trim());
  return Number.isFinite(rate) && rate > 0 ? rate : undefined;
}

export function nameProblem(name: string, taken: readonly string[]): string | undefined {
  if (name.trim() === '') return undefined;
  if (taken.includes(name.trim())) return 'a client of this name has a token; take that one back first';
  return undefined;
}

/** The command that makes the same token. */
export function tokenCommand(name: string, role: Role, rate: number | null | undefined): string {
  const flags = typeof rate === 'number' ? ` --rate ${rate}` : '';
  return `assay token new ${quote(name.trim() || 'CLIENT')} --role ${role}${flags}`;
}
