import { beforeEach, expect, it } from 'vitest';
import { clearCache } from '../../data';
import { asLeft, leave, type AsLeft } from './asLeft';

const STATE: AsLeft = {
  of: 'all',
  scroll: 5_600,
  cursor: 201,
  folds: { folded: true, others: ['a'] },
  choice: { more: ['b'], except: [], matching: null, n_matching: 0 },
  pages: null,
};

beforeEach(() => leave(STATE));

it('the table is found as it was left', () => expect(asLeft('all')).toMatchObject(STATE));
it('another question begins anew', () => expect(asLeft('a filter')).toBeNull());
it('another lab begins anew', () => {
  clearCache();
  expect(asLeft('all')).toBeNull();
});
