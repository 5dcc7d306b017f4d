import { describe, expect, it } from 'vitest';
import type { PredictAnswer } from '../../gen/PredictAnswer';
import type { ServedModel } from '../../gen/ServedModel';
import type { SignatureColumn } from '../../gen/SignatureColumn';
import { answerNote, chances } from './answer';
import { nameProblem, rateOf, tokenCommand } from './clients';
import { categoriesOf, exampleOf, rangeOf, readRecord, recordText, typedOf } from './record';
import { breakerWords, latencyText, modelChoices, servedRows } from './served';
import { pythonOf, snippet } from './snippets';
import { exampleTensors, kserveTensors, tensorText } from './whole';

const column = (name: string, kind: SignatureColumn['kind'], seen: string, nullable = true): SignatureColumn => ({
  ...{ name, kind, seen, nullable },
  constant: seen.startsWith('constant '),
});

const inputs = [
  column('price', 'float', '0.5 to 2.5'),
  column('n', 'integer', '1 to 4', false),
  column('island', 'text', 'Biscoe, Dream, Torgersen'),
  column('site', 'text', 'constant one, two'),
  column('town', 'text', 'a, b, c, d, and 1,203 more'),
  column('paid', 'boolean', '0 to 1'),
  column('day', 'date', '2020-01-01 to 2021-01-01'),
  column('empty', 'float', 'no value'),
];

describe('a record from fields', () => {
  it('is sent as numbers, texts and nulls', () => {
    const typed = { price: ' −1.5 ', n: '3', island: ' Dream ', paid: 'yes', day: '2026-11-21' };
    expect(readRecord(inputs, typed)).toEqual({
      record: {
        ...{ price: -1.5, n: 3, island: 'Dream', site: null, town: null, paid: true },
        ...{ day: '2026-11-21', empty: null },
      },
      problems: {},
    });
  });

  it.each([
    ['price', 'much', 'a number is needed, such as 0.5'],
    ['price', 'Infinity', 'a number is needed, such as 0.5'],
    ['n', '2.5', 'a whole number is needed'],
    ['n', '', 'the model needs a value here'],
    ['paid', 'perhaps', 'true or false is needed'],
    ['day', '21.11.2026', 'a date is needed, such as 2026-11-21'],
  ])('%s of %j: %s', (name, text, problem) => {
    expect(readRecord(inputs, { n: '1', [name]: text }).problems).toEqual({ [name]: problem });
  });

  it('and back from text', () => {
    const { record } = readRecord(inputs, { n: '3', paid: 'true' });
    expect(typedOf(recordText(record))).toEqual({ n: '3', paid: 'true' });
    for (const text of ['', '[1]', '3', 'null', '{"a":']) expect(typedOf(text)).toBeNull();
    expect(typedOf('{"a":[1]}')).toEqual({ a: '[1]' });
  });
});

it('an example lies in the middle of what training saw', () => {
  expect(exampleOf({ inputs, outputs: [] })).toEqual({
    ...{ price: '1.5', n: '3', island: 'Biscoe', site: 'one, two', town: 'a', paid: '1' },
    ...{ day: '2020-01-01', empty: '' },
  });
});

it('what was seen is read where it can be', () => {
  expect(inputs.map(rangeOf)).toEqual([[0.5, 2.5], [1, 4], null, null, null, [0, 1], null, null]);
  expect(inputs.map(categoriesOf)).toEqual([
    ...[[], [], ['Biscoe', 'Dream', 'Torgersen'], ['one, two']],
    ...[['a', 'b', 'c', 'd'], [], [], []],
  ]);
});

it.each([
  ['2,700 to 6,300', [2700, 6300], '4500'],
  ['−1,234.5 to 1,000', [-1234.5, 1000], '-117.3'],
  ['−3 to −1', [-3, -1], '-2'],
  ['0.003467 to 0.0125', [0.003467, 0.0125], '0.007984'],
])('numbers in groups and with a sign are read: %s', (seen, range, example) => {
  const mass = column('mass', 'float', seen);
  expect(rangeOf(mass)).toEqual(range);
  expect(exampleOf({ inputs: [mass], outputs: [] })).toEqual({ mass: example });
});

it.each([
  ['constant 1,234', '1234'],
  ['constant −0.5', '-0.5'],
  ['constant 0.003467', '0.003467'],
])('the example of a column that is %s is that number, and can be sent', (seen, example) => {
  const site = column('site', 'float', seen, false);
  const typed = exampleOf({ inputs: [site], outputs: [] });
  expect(typed).toEqual({ site: example });
  expect(readRecord([site], typed)).toEqual({ record: { site: Number(example) }, problems: {} });
});

it('every example can be sent as it stands', () => {
  const all = [
    ...inputs,
    column('due', 'date', '2020-01-05, 2020-01-06, and 300 more', false),
    column('at', 'datetime', '2020-01-05 12:30:00, 2020-01-06 12:30:00', false),
    column('since', 'date', 'constant 2020-01-05', false),
  ];
  const { record, problems } = readRecord(all, exampleOf({ inputs: all, outputs: [] }));
  expect(problems).toEqual({});
  expect(record).toMatchObject({ due: '2020-01-05', at: '2020-01-05 12:30:00', since: '2020-01-05' });
});

describe('requests from elsewhere', () => {
  const asked = {
    address: 'http://127.0.0.1:5000/',
    model: 'nsw price@champion',
    inputs: inputs.slice(0, 3),
    record: { price: 1.5, n: 3, island: "it's" },
  };

  it('curl', () => {
    expect(snippet('assay', 'curl', asked)).toBe(
      `curl -s 'http://127.0.0.1:5000/models/nsw%20price/predict?version=champion' \\
  -H 'Content-Type: application/json' \\
  -d '{"price":1.5,"n":3,"island":"it'\\''s"}'`,
    );
    expect(snippet('mlflow', 'curl', asked)).toContain(
      '"dataframe_split":{"columns":["price","n","island"],"data":[[1.5,3,',
    );
  });

  it('Python', () => {
    const text = snippet('kserve', 'python', asked);
    expect(text).toContain('"http://127.0.0.1:5000/v2/models/nsw%20price/versions/champion/infer"');
    expect(text).toContain('{"name": "n", "shape": [1], "datatype": "INT64", "data": [3]}');
    expect(snippet('kserve', 'curl', { ...asked, model: 'a' })).toContain('/v2/models/a/infer');
  });

  it('values are written as Python writes them', () => {
    expect(pythonOf({ a: null, b: [true, false, 1.5], c: 'x"y' }, 0)).toBe(
      '{"a": None, "b": [True, False, 1.5], "c": "x\\"y"}',
    );
    expect(pythonOf({ long: 'x'.repeat(100) }, 0)).toMatch(/^\{\n {4}"long": "x+",\n\}$/);
  });
});

const answer: PredictAnswer = {
  ...{ model: 'penguins', version: 2, chosen: 'production', request_id: 'r', warnings: [], latency_ms: 0.2134 },
  ...{ label: 'b', probabilities: { a: 0.2, b: 0.7, c: 0.1 } },
};

it('an answer names who spoke and lists the likeliest first', () => {
  expect(answerNote(answer)).toBe('penguins@2, it is in production; 0.213 ms');
  expect(chances(answer).map(({ name, isChosen }) => [name, isChosen])).toEqual([
    ['b', true],
    ['a', false],
    ['c', false],
  ]);
  expect(chances({ ...answer, probabilities: undefined })).toEqual([]);
});

describe('what is served', () => {
  const breaker = { position: 'closed' as const, n_failures: 0, opened_ms: null, retry_ms: null, last_failure: null };
  const counts = { n_answered: 0, n_rows: 0, n_runs: 0, n_failed: 0, n_fallback: 0, n_warnings: 0 };
  const version = (number: number) => ({
    ...{
      version: number,
      stage: 'candidate' as const,
      aliases: [],
      is_loaded: false,
      breaker,
      fallback: null,
      latency: null,
      counts,
    },
  });
  const models: ServedModel[] = [
    {
      model: 'm',
      default_version: 1,
      default_chosen: 'production',
      aliases: { champion: 1 },
      versions: [version(2), version(1)],
    },
  ];

  it('has a line for each version', () => {
    expect(servedRows(models).map(({ reference, isDefault }) => [reference, isDefault])).toEqual([
      ['m@2', false],
      ['m@1', true],
    ]);
    expect(modelChoices(models).map(({ value }) => value)).toEqual(['m', 'm@champion', 'm@2', 'm@1']);
  });

  it.each([
    [{}, 'ok', 'closed', 'Every request is let through.'],
    [
      { n_failures: 2, last_failure: 'It broke.' },
      'warning',
      'closed, 2 failed',
      'Every request is let through. The last failure: It broke.',
    ],
    [{ position: 'half_open' as const }, 'warning', 'half open', 'One request at a time tries whether it answers.'],
    [
      { position: 'open' as const, opened_ms: 1, retry_ms: 2 },
      'critical',
      'open',
      'No request is let through since t1. The next try is at t2.',
    ],
  ])('a breaker %j is %s', (change, state, word, title) => {
    expect(breakerWords({ ...breaker, ...change }, (ms) => `t${ms}`)).toEqual({ state, word, title });
  });
});

it('a latency is told to the digits that are known', () => {
  expect([undefined, 0.2713, 12.345, 1234.5].map(latencyText)).toEqual([undefined, '0.271', '12.3', '1,235']);
});

it('a token is asked for in words', () => {
  expect([rateOf(''), rateOf('2.5'), rateOf('0'), rateOf('x')]).toEqual([null, 2.5, undefined, undefined]);
  expect([nameProblem('', ['a']), nameProblem('b', ['a'])]).toEqual([undefined, undefined]);
  expect(nameProblem(' a ', ['a'])).toContain('has a token');
  expect(tokenCommand('my app', 'read', 5)).toBe("assay token new 'my app' --role read --rate 5");
  expect(tokenCommand('', 'predict', null)).toBe('assay token new CLIENT --role predict');
});

describe('models that take whole tensors', () => {
  const ports = [
    { name: 'image', element: 'float', shape: ['N', '1', '2'] },
    { name: 'mask', element: 'bool', shape: ['3'] },
    { name: 'huge', element: 'float', shape: ['N', '3', '512', '512'] },
  ];

  it('begin with zeros in the shape of their inputs', () => {
    expect(exampleTensors(ports)).toEqual({ image: [[[0, 0]]], mask: [false, false, false], huge: [] });
  });

  it('are written with a line for each innermost list', () => {
    expect(tensorText({ image: [[1, 2], []] })).toBe('{\n  "image": [\n    [1, 2],\n    []\n  ]\n}');
  });

  it('are asked in KServe’s form with shape and type', () => {
    expect(kserveTensors(ports.slice(0, 2), { image: [[[1, 2]]], mask: [true] })).toEqual([
      { name: 'image', shape: [1, 1, 2], datatype: 'FP32', data: [1, 2] },
      { name: 'mask', shape: [1], datatype: 'BOOL', data: [true] },
    ]);
  });
});
