import { describe, expect, it } from 'vitest';
import { match, pieces } from './match';
import { rank, type PaletteItem } from './paletteItems.svelte';

describe('finding by letters', () => {
  it.each([
    ['rep', 'Replay a log', [[0, 3]]],
    ['log', 'Replay a log', [[9, 12]]],
    [
      'rep log',
      'Replay a log',
      [
        [0, 3],
        [9, 12],
      ],
    ],
    ['PENG', 'penguins', [[0, 4]]],
    ['guin', 'penguins', [[3, 7]]],
    [
      'nprice',
      'nsw-price@3',
      [
        [0, 1],
        [4, 9],
      ],
    ],
    ['', 'anything', []],
  ])('%j in %j marks %j', (typed, title, marks) => expect(match(typed, title)?.marks).toEqual(marks));

  it.each([
    ['rep', 'survey.parquet'],
    ['x', 'penguins'],
    ['rep zzz', 'Replay a log'],
  ])('%j is not in %j', (typed, title) => expect(match(typed, title)).toBeNull());

  it('the beginning counts more than a word, a word more than the inside', () => {
    const scores = ['replay', 'a replay', 'unreplayed'].map((title) => match('replay', title)?.score ?? 0);
    expect(scores).toEqual([...scores].sort((a, b) => b - a));
    expect(new Set(scores).size).toBe(3);
  });

  it('a title is cut at its marks', () => {
    expect(pieces('Replay a log', [[0, 3]])).toEqual([
      { text: 'Rep', marked: true },
      { text: 'lay a log', marked: false },
    ]);
  });
});

describe('ranking', () => {
  const item = (group: string, title: string): PaletteItem => ({ group, title });
  const local = [
    item('Pages', 'Replay'),
    item('Actions', 'Report of 4 runs'),
    item('Actions', 'Reproduce'),
    item('Pages', 'Data'),
  ];
  const found = [item('Runs', 'lgbm-10'), item('Replays', 'replay of May')];

  it('actions stand before things, things before pages, and groups of things by their best', () => {
    expect(rank('rep', local, found).map(({ title }) => title)).toEqual([
      'Reproduce',
      'Report of 4 runs',
      'replay of May',
      'lgbm-10',
      'Replay',
    ]);
  });
  it('what the host found stays without its letters in the title', () => {
    expect(rank('rep', [], found).map(({ title, marks }) => [title, marks.length])).toEqual([
      ['replay of May', 1],
      ['lgbm-10', 0],
    ]);
  });
  it('nothing typed shows everything there is', () => expect(rank('', local, [])).toHaveLength(4));
});
