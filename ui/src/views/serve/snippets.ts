// The same request from a shell and from Python, in the three protocols that a server speaks.

import type { ColumnType } from '../../gen/ColumnType';
import type { Port } from '../../gen/Port';
import type { SignatureColumn } from '../../gen/SignatureColumn';
import { quote } from '../../domain/command';
import type { Json } from './record';
import { kserveTensors } from './whole';

export const PROTOCOLS = ['assay', 'kserve', 'mlflow'] as const;
export type Protocol = (typeof PROTOCOLS)[number];
export type Language = 'curl' | 'python';

interface Asked {
  /** `http://127.0.0.1:5000/` */
  address: string;
  /** `nsw-price`, `nsw-price@3`, `nsw-price@champion` */
  model: string;
  inputs: readonly SignatureColumn[];
  /** Of a model that takes whole tensors. */
  ports?: readonly Port[] | null;
  record: Readonly<Record<string, Json>>;
}

export function snippet(protocol: Protocol, language: Language, asked: Asked): string {
  const { url, body } = requestOf(protocol, asked);
  return language === 'curl' ? curl(url, body) : python(url, body);
}

function requestOf(
  protocol: Protocol,
  { address, model, inputs, ports, record }: Asked,
): { url: string; body: unknown } {
  const [name = model, version] = model.split('@');
  const at = `${address}${protocol === 'kserve' ? 'v2/' : ''}models/${encodeURIComponent(name)}`;
  switch (protocol) {
    case 'assay':
      return {
        url: `${at}/predict${version === undefined ? '' : `?version=${encodeURIComponent(version)}`}`,
        body: record,
      };
    case 'kserve': {
      const tensors = ports
        ? kserveTensors(ports, record)
        : inputs.map((column) => ({
            ...{ name: column.name, shape: [1], datatype: DATATYPES[column.kind] },
            data: [record[column.name] ?? null],
          }));
      const place = version === undefined ? '' : `/versions/${encodeURIComponent(version)}`;
      return { url: `${at}${place}/infer`, body: { inputs: tensors } };
    }
    case 'mlflow': {
      const columns = inputs.map((column) => column.name);
      const row = columns.map((column) => record[column] ?? null);
      return { url: `${address}invocations`, body: { dataframe_split: { columns, data: [row] } } };
    }
  }
}

const DATATYPES: Readonly<Record<ColumnType, string>> = {
  integer: 'INT64',
  float: 'FP64',
  boolean: 'BOOL',
  text: 'BYTES',
  date: 'BYTES',
  datetime: 'BYTES',
};

function curl(url: string, body: unknown): string {
  return [`curl -s ${quote(url)}`, `-H 'Content-Type: application/json'`, `-d ${quote(JSON.stringify(body))}`].join(
    ' \\\n  ',
  );
}

function python(url: string, body: unknown): string {
  return `import json, urllib.request

request = urllib.request.Request(
    ${JSON.stringify(url)},
    data=json.dumps(${pythonOf(body, 4)}).encode(),
    headers={"Content-Type": "application/json"},
)
print(json.load(urllib.request.urlopen(request)))`;
}

/** A value as Python writes it. */
export function pythonOf(value: unknown, indent: number): string {
  const pad = ' '.repeat(indent);
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) {
    const items = value.map((own) => pythonOf(own, indent + 4));
    const line = `[${items.join(', ')}]`;
    return line.length < 90 ? line : `[\n${items.map((own) => `${pad}    ${own},\n`).join('')}${pad}]`;
  }
  if (typeof value === 'object') {
    const items = Object.entries(value).map(([key, own]) => `${JSON.stringify(key)}: ${pythonOf(own, indent + 4)}`);
    const line = `{${items.join(', ')}}`;
    return line.length < 90 ? line : `{\n${items.map((own) => `${pad}    ${own},\n`).join('')}${pad}}`;
  }
  return JSON.stringify(value);
}
