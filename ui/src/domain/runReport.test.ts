import { describe, expect, it } from 'vitest';
import type { RunImportReport } from '../gen/RunImportReport';
import { reportFacts, reportHref, reportSentence } from './runReport';

const NOTHING: RunImportReport = {
  format: 'mlflow_folder',
  read_as: '',
  n_new: 0,
  n_updated: 0,
  n_unchanged: 0,
  n_points: 0,
  n_artifacts: 0,
  artifact_bytes: 0,
  n_model_versions: 0,
  experiments: [],
  problems: [],
};

describe('the report of an import', () => {
  it.each([
    [{}, 'no runs'],
    [{ n_new: 1 }, '1 new run'],
    [{ n_new: 2, n_updated: 1, n_unchanged: 1_000 }, '2 new runs, 1 run brought up to date, 1,000 runs here already'],
  ])('%o reads "%s"', (counts, expected) => {
    expect(reportSentence({ ...NOTHING, ...counts })).toBe(expected);
  });

  it('says what came with the runs, and nothing of what there is none of', () => {
    expect(reportFacts(NOTHING)).toEqual([]);
    const facts = reportFacts({
      ...NOTHING,
      experiments: ['a', 'b', 'c', 'd'],
      n_points: 12_000,
      n_artifacts: 2,
      artifact_bytes: 2_000,
      n_model_versions: 1,
    });
    expect(facts.map(({ name, value }) => `${name}: ${value}`)).toEqual([
      '4 experiments: a, b and 2 more',
      'Points of metrics: 12,000',
      'Files: 2, 2 kB',
      'Model versions: 1',
    ]);
  });

  it('leads to the experiment that all are in', () => {
    expect(reportHref([{ ...NOTHING, experiments: ['a b'] }])).toBe('#/runs?experiment=a+b');
    expect(
      reportHref([
        { ...NOTHING, experiments: ['a'] },
        { ...NOTHING, experiments: ['b'] },
      ]),
    ).toBe('#/runs');
    expect(reportHref([NOTHING])).toBe('#/runs');
  });
});
