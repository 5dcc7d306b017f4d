import { expect, it } from 'vitest';
import { isOnnx, nameFrom } from './modelImports.svelte';

it.each([
  ['/home/ada/Price model (2).onnx', 'price-model-2'],
  ['C:\\nets\\ResNet.ONNX', 'resnet'],
  ['..onnx', 'model'],
  ['plain.v1.onnx', 'plain.v1'],
])('%s becomes %s', (path, name) => {
  expect(nameFrom(path)).toBe(name);
  expect(isOnnx(path)).toBe(true);
});

it('tables are no models', () => expect(isOnnx('rows.csv')).toBe(false));
