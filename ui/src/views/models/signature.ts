// Who vouches for a version, in a word and a sentence.

import type { SignatureReport } from '../../gen/SignatureReport';

export interface SignedWords {
  state: 'ok' | 'warning' | 'critical' | 'notrun';
  word: string;
  sentence: string;
}

export function signedWords({ status, key_id, signer, comment, required }: SignatureReport): SignedWords {
  const key = key_id ?? 'no key';
  const refused = required ? ' This lab refuses such a version.' : '';
  switch (status) {
    case 'trusted':
      return {
        state: 'ok',
        word: `signed by ${signer ?? key}`,
        sentence: `Its signature fits every file, and the key ${key} is trusted here.${comment ? ` ${comment}` : ''}`,
      };
    case 'unknown_key':
      return {
        state: required ? 'critical' : 'warning',
        word: 'signed by a key that is not trusted',
        sentence: `Signed with the key ${key}, which this lab does not know, so nothing can be said of it.${refused}`,
      };
    case 'invalid':
      return {
        state: 'critical',
        word: 'signature does not fit',
        sentence:
          'Its signature does not fit the sums of its files: it was signed as something else, or changed since.',
      };
    case 'unsigned':
      return {
        state: required ? 'critical' : 'notrun',
        word: 'not signed',
        sentence: `Nobody vouches for it.${refused}`,
      };
  }
}
