import { expect, it } from 'vitest';
import { sessionSearch } from './search.ts';

it('an address says where, how fast, and whether inactivity is skipped', () => {
  expect(sessionSearch({ at: 83.4, speed: 4, skip: false })).toEqual({
    at: 83.4,
    speed: 4,
    skip: false,
  });
});

it('what an address does not need, or cannot mean, is left out', () => {
  expect(sessionSearch({ at: 0, speed: 1, skip: true, other: 'x' })).toEqual({});
  expect(sessionSearch({ at: -3, speed: 3, skip: 'false' })).toEqual({});
  expect(sessionSearch({ at: Number.POSITIVE_INFINITY, speed: '2' })).toEqual({});
});
