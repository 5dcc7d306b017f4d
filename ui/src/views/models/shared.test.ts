import { expect, it } from 'vitest';
import type { OfferedVersion } from '../../gen/OfferedVersion';
import type { SignatureStatus } from '../../gen/SignatureStatus';
import { canPull, offerWord, pathProblem, untrustedKeys } from './shared';

it('a path that does not begin at the root is asked for whole', () => {
  for (const path of ['', '/mnt/models', '~/models', 'C:\\models', 'C:/models', '\\\\server\\models']) {
    expect(pathProblem(path)).toBeUndefined();
  }
  for (const path of ['models', './models', '../models']) {
    expect(pathProblem(path)).toMatch(/whole path/);
  }
});

const offer = (
  state: OfferedVersion['state'],
  damaged: string[] = [],
  status: SignatureStatus = 'unsigned',
  required = false,
): OfferedVersion => ({
  version: { model: 'm', version: 1 },
  signature: { status, key_id: status === 'unsigned' ? null : 'A1', signer: null, comment: null, required },
  damaged,
  size_bytes: 1,
  state,
  created_ms: 0,
});

it.each([
  [offer('new'), 'ok', 'new here', true],
  [offer('same'), 'notrun', 'here already', false],
  [offer('different'), 'warning', 'another one is here', false],
  [offer('new', ['model.onnx']), 'critical', 'damaged: model.onnx', false],
  [offer('new', [], 'trusted', true), 'ok', 'new here', true],
  [offer('new', [], 'unknown_key'), 'critical', 'refused', false],
  [offer('new', [], 'invalid'), 'critical', 'refused', false],
  [offer('new', [], 'unsigned', true), 'critical', 'refused', false],
])('what can be pulled is told from what cannot: %#', (own, state, word, can) => {
  expect(offerWord(own)).toEqual({ state, word });
  expect(canPull(own)).toBe(can);
});

it('keys are asked for once, and only where they help', () => {
  const unknown = offer('new', [], 'unknown_key');
  expect(untrustedKeys([unknown, unknown, offer('new')])).toEqual(['A1']);
  expect(untrustedKeys([offer('same', [], 'unknown_key'), offer('new', ['a'], 'unknown_key')])).toEqual([]);
});
