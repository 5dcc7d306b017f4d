import { describe, expect, it } from 'vitest';
import { archiveName, exportCommand, ofWhich, pathProblem } from './exporting';

describe('an export of runs', () => {
  it.each([
    [3, 'a', 'runs'],
    [0, 'a', 'experiment'],
    [0, null, 'all'],
  ] as const)('of %i selected in %s is of %s', (n_selected, experiment, expected) => {
    expect(ofWhich(n_selected, experiment)).toBe(expected);
  });

  it.each([
    ['runs', '', 1, 'run.zip'],
    ['runs', '', 12, '12-runs.zip'],
    ['experiment', 'nsw price/2', 0, 'nsw-price-2.zip'],
    ['experiment', '../..', 0, 'experiment.zip'],
    ['experiment', 'größe', 0, 'größe.zip'],
    ['all', 'ignored', 0, 'lab.zip'],
  ] as const)('of %s %s %i is called %4$s', (of, experiment, n, expected) => {
    expect(archiveName(of, experiment, n)).toBe(expected);
  });

  it.each([
    ['', true],
    ['/tmp/a.zip', true],
    ['~/a.zip', false],
    ['C:\\a.zip', true],
    ['a.zip', false],
    ['./a.zip', false],
  ])('takes the path %s: %s', (path, fine) => {
    expect(pathProblem(path) === undefined).toBe(fine);
  });

  it('is a command', () => {
    expect(exportCommand('all', '', '/tmp/lab.zip')).toBe('assay runs export --all /tmp/lab.zip');
    expect(exportCommand('experiment', "it's", 'a.zip')).toBe("assay runs export --experiment 'it'\\''s' a.zip");
  });
});
