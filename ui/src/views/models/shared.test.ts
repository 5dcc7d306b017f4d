import { expect, it } from 'vitest';
import type { OfferedVersion } from '../../gen/OfferedVersion';
import { offerWord, pathProblem } from './shared';

it('a path that does not begin at the root is asked for whole', () => {
  for (const path of ['', '/mnt/models', '~/models', 'C:\\models', 'C:/models', '\\\\server\\models']) {
    expect(pathProblem(path)).toBeUndefined();
  }
  for (const path of ['models', './models', '../models']) {
    expect(pathProblem(path)).toMatch(/whole path/);
  }
});

it('what can be pulled is told from what cannot', () => {
  const offer = (state: OfferedVersion['state'], damaged: string[] = []): OfferedVersion => ({
    version: { model: 'm', version: 1 },
    signature: { state: 'none' } as unknown as OfferedVersion['signature'],
    damaged,
    size_bytes: 1,
    state,
    created_ms: 0,
  });
  expect(offerWord(offer('new'))).toEqual({ state: 'ok', word: 'new here' });
  expect(offerWord(offer('same')).word).toBe('here already');
  expect(offerWord(offer('different')).state).toBe('warning');
  expect(offerWord(offer('new', ['model.onnx']))).toEqual({ state: 'critical', word: 'damaged: model.onnx' });
});
