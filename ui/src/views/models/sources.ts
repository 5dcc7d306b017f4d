// A model by where it is, as the address of a page holds it: `nsw-price@3`, or `file:/home/ada/net.onnx`.

import type { ModelSource } from '../../gen/ModelSource';

export function sourceQuery(source: ModelSource): string {
  return source.of === 'file' ? `file:${source.path}` : source.model;
}

export function parseSource(text: string): ModelSource {
  return text.startsWith('file:') ? { of: 'file', path: text.slice(5) } : { of: 'version', model: text };
}

/** As a title: `nsw-price@3`, `net.onnx`. */
export function sourceName(source: ModelSource): string {
  return source.of === 'version' ? source.model : (source.path.split(/[/\\]/).at(-1) ?? source.path);
}
