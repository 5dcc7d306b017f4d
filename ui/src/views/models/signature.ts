// Who vouches for a version, in a word and a sentence.

import type { SignatureReport } from '../../gen/SignatureReport';
import { dateTime } from '../../parts/format';

export interface SignedWords {
  state: 'ok' | 'warning' | 'critical' | 'notrun';
  word: string;
  sentence: string;
}

/** Whether a version with this signature is loaded at all. */
export function passes({ status, required }: Pick<SignatureReport, 'status' | 'required'>): boolean {
  return status === 'trusted' || (status === 'unsigned' && !required);
}

export function signedWords({ status, key_id, signer, comment, required }: SignatureReport): SignedWords {
  const key = key_id ?? 'no key';
  const refused = passes({ status, required }) ? '' : ' This lab refuses such a version.';
  switch (status) {
    case 'trusted':
      return {
        state: 'ok',
        word: `signed by ${signer ?? key}`,
        sentence: `Its signature fits every file, and the key ${key} is trusted here.${signedAs(comment)}`,
      };
    case 'unknown_key':
      return {
        state: 'critical',
        word: 'signed by a key that is not trusted',
        sentence: `Signed with the key ${key}, which this lab does not know, so nothing can be said of it.${refused}`,
      };
    case 'invalid':
      return {
        state: 'critical',
        word: 'signature does not fit',
        sentence: `Its signature does not fit the sums of its files: it was signed as something else, or changed since.${refused}`,
      };
    case 'unsigned':
      return {
        state: required ? 'critical' : 'notrun',
        word: 'not signed',
        sentence: `Nobody vouches for it.${refused}`,
      };
  }
}

/** What stands beside a signature: minisign's own line of time, file and version, or whatever its owner wrote. */
function signedAs(comment: string | null): string {
  if (!comment) return '';
  const seconds = /(?:^|\s)timestamp:(\d+)/.exec(comment)?.[1];
  const version = /(?:^|\s)version:(\S+)/.exec(comment)?.[1];
  if (!seconds) return ` It says “${comment}”.`;
  return ` Signed${version ? ` as ${version}` : ''} on ${dateTime(1000 * Number(seconds))}.`;
}
