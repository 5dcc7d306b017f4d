import { expect, it } from 'vitest';
import { readStream } from './stream';

function body(...chunks: string[]): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(encoder.encode(chunk));
      controller.close();
    },
  });
}

async function all(stream: ReadableStream<Uint8Array>): Promise<string[]> {
  const out: string[] = [];
  for await (const data of readStream(stream)) out.push(data);
  return out;
}

it.each<[string, string[], string[]]>([
  ['events one after the other', ['data: a\n\ndata: b\n\n'], ['a', 'b']],
  ['an event cut into pieces', ['da', 'ta: {"x"', ':1}\n', '\nda', 'ta: 2\n\n'], ['{"x":1}', '2']],
  ['comments and other fields', [': here\n\n', 'id: 4\nevent: job\ndata: c\n\n'], ['c']],
  ['lines that end as on Windows', ['data: d\r\n\r\n'], ['d']],
  ['several data lines', ['data: e\ndata: f\n\n'], ['e\nf']],
  ['a stream that ends within an event', ['data: whole\n\ndata: half'], ['whole']],
])('reads %s', async (_, chunks, events) => expect(await all(body(...chunks))).toEqual(events));
