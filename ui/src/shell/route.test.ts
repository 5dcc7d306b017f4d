import { describe, expect, it } from 'vitest';
import { formatRoute, href, ownRoute, parseRoute, type Route } from './route';

describe('a route is written and read back', () => {
  it.each<[string, Route]>([
    ['#/data', { page: 'data', path: [], query: {} }],
    ['#/data/penguins?tab=rows', { page: 'data', path: ['penguins'], query: { tab: 'rows' } }],
    ['#/models/nsw-price@3', { page: 'models', path: ['nsw-price@3'], query: {} }],
    ['#/data/a%2Fb%20c', { page: 'data', path: ['a/b c'], query: {} }],
    ['#/runs?filter=metrics.auc+%3E+0.8', { page: 'runs', path: [], query: { filter: 'metrics.auc > 0.8' } }],
  ])('%s', (hash, route) => {
    expect(parseRoute(hash)).toEqual(route);
    expect(formatRoute(route)).toBe(hash);
  });

  it.each(['', '#', '#/', '/'])('%j is the start', (hash) => expect(parseRoute(hash).page).toBe(''));
  it('what cannot be decoded stays as it is', () => expect(parseRoute('#/data/%E0%A4%A').path).toEqual(['%E0%A4%A']));
  it('href takes names and state', () =>
    expect(href('data', 'penguins', { tab: 'rows' })).toBe('#/data/penguins?tab=rows'));
});

describe("addresses of MLflow's pages lead to the same thing here", () => {
  it.each([
    ['#/experiments', '#/runs'],
    ['#/experiments/3', '#/experiments/3'],
    ['#/experiments/3/overview?searchFilter=a', '#/experiments/3'],
    ['#/experiments/3/runs/0f3c', '#/runs/0f3c'],
    ['#/experiments/3/runs/0f3c/artifacts/model', '#/runs/0f3c'],
    ['#/experiments/3/runs', '#/runs'],
    ['#/models/nsw%20price', '#/models/nsw%20price'],
    ['#/models/nsw%20price/versions/3', '#/models/nsw%20price/v3'],
    ['#/models/versions', '#/models/versions'],
    ['#/runs?experiment=a', '#/runs?experiment=a'],
  ])('%s', (hash, own) => expect(formatRoute(ownRoute(parseRoute(hash)))).toBe(own));
});
