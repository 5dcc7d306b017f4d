import { expect, it, vi } from 'vitest';
import type { RecipeSummary } from '../../gen/RecipeSummary';
import type { MenuAction, MenuItem } from '../../parts/menu';
import { recipeItems } from './recipeItems';

const recipe = (name: string, version: number): RecipeSummary => ({
  name,
  version,
  n_versions: version,
  n_inputs: 3,
  n_steps: 1,
  saved_ms: 0,
});
const acts = () => ({ open: vi.fn(), save: vi.fn(), read: vi.fn(), write: vi.fn(), remove: vi.fn() });
const texts = (items: readonly MenuItem[]) =>
  items.map((item) => (item === 'line' ? '-' : 'heading' in item ? item.heading : item.text));
const line = (items: readonly MenuItem[], text: string) =>
  items.find((item): item is MenuAction => typeof item === 'object' && 'text' in item && item.text === text);

it('a lab without recipes offers to save one', () => {
  const items = recipeItems({ recipes: [], named: null, from_run: false }, acts());
  expect(texts(items)).toEqual(['Made from the profile', '-', 'Save recipe…', 'Read one from a file…']);
  expect(line(items, 'Made from the profile')?.checked).toBe(true);
});

it('the one on screen is ticked, with its versions; it can be written and deleted', () => {
  const did = acts();
  const items = recipeItems(
    { recipes: [recipe('churn', 2), recipe('fare', 1)], named: 'churn@1', from_run: false },
    did,
  );
  expect(texts(items)).toEqual([
    'Made from the profile',
    'churn, 3 columns, 1 step',
    'fare, 3 columns, 1 step',
    '-',
    'Versions of churn',
    'v2, the newest',
    'v1',
    '-',
    'Save recipe…',
    'Read one from a file…',
    'Save as a file',
    '-',
    'Delete churn',
  ]);
  const ticked = items.filter((item) => typeof item === 'object' && 'text' in item && item.checked);
  expect(texts(ticked)).toEqual(['churn, 3 columns, 1 step', 'v1']);
  line(items, 'fare, 3 columns, 1 step')?.run?.();
  line(items, 'v2, the newest')?.run?.();
  line(items, 'Made from the profile')?.run?.();
  expect(did.open.mock.calls).toEqual([['fare@1'], ['churn@2'], [null]]);
  line(items, 'Save as a file')?.run?.();
  expect(did.write).toHaveBeenCalledWith('churn@1');
  line(items, 'Delete churn')?.run?.();
  expect(did.remove).toHaveBeenCalledWith('churn');
});

it('one that was deleted is still shown, and can be saved again', () => {
  const items = recipeItems({ recipes: [], named: 'churn@1', from_run: false }, acts());
  expect(texts(items)).not.toContain('Delete churn');
  expect(line(items, 'Made from the profile')?.checked).toBe(false);
  expect(
    line(recipeItems({ recipes: [], named: null, from_run: true }, acts()), 'Made from the profile')?.checked,
  ).toBe(false);
});
