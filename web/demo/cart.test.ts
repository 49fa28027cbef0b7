import { expect, it } from 'vitest';
import { countOf, priceOf, withMore } from './cart.ts';
import { categoryNamed, choose } from './catalog.ts';

it('a cart grows, shrinks and forgets what is no longer in it', () => {
  const two = withMore(withMore({}, 'mug', 1), 'mug', 1);
  expect(two).toEqual({ mug: 2 });
  expect(countOf(two)).toBe(2);
  expect(withMore(two, 'mug', -2)).toEqual({});
});

it('delivery is free from 75 pounds', () => {
  expect(priceOf({ mug: 1 })).toEqual({ goods: 1400, delivery: 490, total: 1890 });
  expect(priceOf({ grinder: 1 })).toEqual({ goods: 11800, delivery: 0, total: 11800 });
  expect(priceOf({})).toEqual({ goods: 0, delivery: 0, total: 0 });
});

it('products are chosen by category and words', () => {
  expect(choose('Beans', '').map(({ id }) => id)).toEqual(['ridge', 'harbour']);
  expect(choose('All', 'KETTLE').map(({ id }) => id)).toEqual(['kettle']);
  expect(categoryNamed('brew')).toBe('Brew');
  expect(categoryNamed('nothing')).toBe('All');
});
