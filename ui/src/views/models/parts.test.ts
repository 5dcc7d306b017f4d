import { describe, expect, it } from 'vitest';
import type { ParityReport } from '../../gen/ParityReport';
import { parityPicture } from './parity';
import { adversarialRows, reportOfPart, sliceRows, smallCounts } from './parityRows';
import { signedWords } from './signature';
import { changeText, micros } from './variants';

const differences = {
  rows: 2,
  max_abs_diff: 0,
  max_rel_diff: 0,
  label_flips: 0,
  n_exact: 2,
  passed: true,
  log10_counts: [],
};
const report: ParityReport = {
  ...{
    schema: 2,
    rows: 9,
    max_abs_diff: 0,
    max_rel_diff: 0,
    label_flips: 0,
    tolerance: 1e-5,
    passed: true,
    n_exact: 9,
  },
  ...{ log10_differences: { edges: [], counts: [] }, worst_rows: [], runtime: '' },
  parts: {
    adversarial: [{ kind: 'extreme_number', differences, worst: '`age` is 1e30' }],
    slices: [{ column: 'island', label: 'Biscoe', differences }],
  },
};

describe('the parts of parity', () => {
  it('are lines of their own', () => {
    expect(adversarialRows(report)).toEqual([
      { name: 'extreme numbers', note: 'largest where age is 1e30', differences },
    ]);
    expect(sliceRows(report)).toEqual([{ name: 'island: Biscoe', note: null, differences }]);
  });

  it('are not there in a report of the first schema', () => {
    expect([adversarialRows({ ...report, parts: null }), sliceRows({ ...report, parts: null })]).toEqual([[], []]);
  });
});

describe('the differences of a part', () => {
  const edges = [-12, -8, -6, -5, -4, 0];
  const whole = { ...report, tolerance: 1e-5, log10_differences: { edges, counts: [1, 2, 3, 0, 0] } };
  const part = { ...differences, rows: 9, n_exact: 4, log10_counts: [0, 2, 1, 1, 1] };

  it('are drawn as those of the test rows', () => {
    const picture = parityPicture(reportOfPart(whole, part));
    expect(picture.n_exact).toBe(4);
    expect(picture.bars.map(({ n }) => n)).toEqual([2, 1, 1, 1]);
  });

  it('are drawn small with what is over the tolerance told apart, and not at all where none were counted', () => {
    expect(smallCounts(whole, part)).toEqual({ bars: [4, 0, 2, 1, 1, 1], n_exact: 4, firstOver: 4 });
    expect(smallCounts(whole, { ...part, log10_counts: [] })).toBeNull();
  });
});

it.each([
  ['trusted', false, 'ok', 'signed by ada'],
  ['unknown_key', false, 'critical', 'signed by a key that is not trusted'],
  ['unknown_key', true, 'critical', 'signed by a key that is not trusted'],
  ['invalid', false, 'critical', 'signature does not fit'],
  ['unsigned', false, 'notrun', 'not signed'],
  ['unsigned', true, 'critical', 'not signed'],
] as const)('a signature that is %s, required: %s, is %s', (status, required, state, word) => {
  const said = signedWords({ status, key_id: 'A1', signer: 'ada', comment: null, required });
  expect([said.state, said.word]).toEqual([state, word]);
});

it.each([
  [null, /is trusted here\.$/],
  ['timestamp:1795310549\tfile:CHECKSUMS\thashed\tversion:m@1', /Signed as m@1 on .*\d\d:\d\d\.$/],
  ['from ada', /It says “from ada”\.$/],
])('what stands beside a signature is read: %s', (comment, said) => {
  expect(signedWords({ status: 'trusted', key_id: 'A1', signer: 'ada', comment, required: false }).sentence).toMatch(
    said,
  );
});

it('a smaller model is told beside the original', () => {
  expect([changeText(38, 100), changeText(108, 100), changeText(100, 100), changeText(1, 0)]).toEqual([
    ...['−62 %', '+8 %', 'same', ''],
  ]);
  expect([micros(3.14), micros(1240)]).toEqual(['3.14 µs', '1.24 ms']);
});
