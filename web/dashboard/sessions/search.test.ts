import { expect, it } from 'vitest';
import { filtersOf, fromLocal, listSearch, toLocal } from './search.ts';

const DAY_MS = 86_400_000;
const NOW_MS = Date.parse('2026-11-23T10:30:00Z');

it('keeps of an address what makes sense', () => {
  const all = {
    site: 2,
    from: '2026-11-12T13:00Z',
    to: '2026-11-13T13:00Z',
    min_s: 10,
    max_s: 600,
    page: '/checkout',
    visitor: 'anna',
  };
  expect(listSearch(all)).toEqual(all);
  expect(listSearch({ last: '7d' })).toEqual({ last: '7d' });
  expect(
    listSearch({
      site: 'x',
      last: 'century',
      from: 'once',
      to: 7,
      min_s: -1,
      max_s: 1.5,
      page: '',
      visitor: null,
      other: 1,
    }),
  ).toEqual({});
});

it('a span up to now excludes a range of one’s own', () => {
  expect(listSearch({ last: '24h', from: '2026-11-12T13:00Z' })).toEqual({ last: '24h' });
});

it('a number typed as a name is a name', () => {
  expect(listSearch({ visitor: 1234 })).toEqual({ visitor: '1234' });
});

it('texts fit what the server takes, cut between characters', () => {
  expect(listSearch({ visitor: 'ä'.repeat(100) }).visitor).toBe('ä'.repeat(64));
  expect(listSearch({ page: 'p'.repeat(2_000) }).page).toHaveLength(1_024);
});

it('asks the server for what the address says', () => {
  expect(filtersOf({ last: '7d', visitor: ' anna ' }, NOW_MS)).toEqual({
    from_ms: NOW_MS - 7 * DAY_MS,
    visitor: 'anna',
  });
  expect(filtersOf({ from: '2026-11-12T13:00Z', min_s: 10, max_s: 60, site: 3 }, NOW_MS)).toEqual({
    site: 3,
    from_ms: Date.parse('2026-11-12T13:00:00Z'),
    duration_min_ms: 10_000,
    duration_max_ms: 60_000,
  });
  expect(filtersOf({ page: '  ' }, NOW_MS)).toEqual({});
});

it('today begins at the reader’s midnight', () => {
  const { from_ms } = filtersOf({ last: 'today' }, NOW_MS);
  const begins = new Date(from_ms ?? 0);
  expect([begins.getHours(), begins.getMinutes(), begins.getMilliseconds()]).toEqual([0, 0, 0]);
  expect(NOW_MS - begins.getTime()).toBeLessThan(DAY_MS + 3_600_000);
});

it('a field in the reader’s zone and the address tell the same moment', () => {
  expect(toLocal(fromLocal('2026-11-12T14:05'))).toBe('2026-11-12T14:05');
  expect(fromLocal('')).toBeUndefined();
  expect(toLocal(undefined)).toBe('');
});
