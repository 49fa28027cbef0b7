import { expect, it } from 'vitest';
import type { Session, SessionPage } from '../api.ts';
import { arrivals, type Pages, rowsOf, stoppedShort, updated, withNewest } from './pages.ts';

function session(started_at_ms: number, live = false, events = 1): Session {
  return { id: `s${started_at_ms}`, started_at_ms, live, events } as Session;
}

function page(sessions: Session[], next: string | null = null): SessionPage {
  return { sessions, next, searched_to_ms: null };
}

function list(...pages: SessionPage[]): Pages {
  return { pages, pageParams: pages.map(() => null) };
}

const NONE_LIVE = page([]);
const starts = (sessions: readonly Session[]) => sessions.map((each) => each.started_at_ms);

it('live ones stand on top, and once', () => {
  const pages = [page([session(9), session(8, true)]), page([session(2)])];
  expect(starts(rowsOf(pages, [session(8, true)]))).toEqual([8, 9, 2]);
});

it('new ones stand where they began, also one that is heard of late', () => {
  const data = list(page([session(9), session(7)], 'more'), page([session(2)]));
  const newest = page([session(10), session(9), session(8), session(7)]);
  expect(starts(arrivals(data, newest.sessions))).toEqual([10, 8]);
  const taken = withNewest(data, newest);
  expect(starts(rowsOf(taken.pages, []))).toEqual([10, 9, 8, 7, 2]);
  expect(taken.pages[0]?.next).toBe('more');
});

it('nothing new leaves the list as it is, so that nothing is drawn again', () => {
  const data = list(page([session(9)]));
  expect(withNewest(data, page([session(9)]))).toBe(data);
  expect(updated(data, NONE_LIVE, data.pages[0]?.sessions ?? [])).toBe(data);
});

it('the first visit comes into an empty list', () => {
  expect(starts(rowsOf(withNewest(list(page([])), page([session(1)])).pages, []))).toEqual([1]);
});

it('what a later page holds is not new, however the pages were filled', () => {
  const data = list(page([]), page([session(9), session(8)]), page([session(7)]));
  const newest = page([session(10), session(9), session(8), session(7)]);
  expect(starts(arrivals(data, newest.sessions))).toEqual([10]);
  expect(starts(rowsOf(withNewest(data, newest).pages, []))).toEqual([10, 9, 8, 7]);
});

it('more than a page into an empty list leaves a way on', () => {
  expect(withNewest(list(page([])), page([session(1)], 'more')).pages.at(-1)?.next).toBe('more');
});

it('when too many came at once the list begins anew instead of with a hole', () => {
  const data = list(page([session(9)]), page([session(2)]));
  const newest = page([session(30), session(29)], 'more');
  expect(withNewest(data, newest)).toEqual(list(newest));
});

it('what is told anew takes its place, and only that page changes', () => {
  const data = list(page([session(9)]), page([session(2)]));
  const now = updated(data, NONE_LIVE, [session(9, false, 40)]);
  expect(now.pages[0]?.sessions[0]?.events).toBe(40);
  expect(now.pages[1]).toBe(data.pages[1]);
});

it('one that is no longer among the live ones is over, unless there are more of them', () => {
  const data = list(page([session(9, true)]));
  expect(updated(data, NONE_LIVE, []).pages[0]?.sessions[0]?.live).toBe(false);
  expect(updated(data, page([session(10, true)], 'more'), [])).toBe(data);
});

it('counts the pages at the end of a search that stopped short', () => {
  const short = { ...page([], 'more'), searched_to_ms: 1 };
  expect(stoppedShort([])).toBe(0);
  expect(stoppedShort([page([session(1)])])).toBe(0);
  expect(stoppedShort([short, page([session(1)]), short, short])).toBe(2);
  expect(stoppedShort([short])).toBe(1);
});
