// @vitest-environment happy-dom
import { QueryClientProvider } from '@tanstack/react-query';
import { act } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { fetchSessions, type Session, type SessionFilters } from '../api.ts';
import { queries } from '../queries.ts';
import type { ListSearch } from './search.ts';
import { type SessionList, useSessionList } from './useSessionList.ts';

vi.mock(import('../api.ts'), async (original) => ({
  ...(await original()),
  fetchSessions: vi.fn(),
}));
vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);

const REFRESH_MS = 5_000;
/** Answers come at once, but are told in turns. */
const SETTLED_MS = 20;
const ANY: ListSearch = {};
const SEARCH: ListSearch = { visitor: 'anna' };

let stored: Session[] = [];
let list: SessionList;
let root: Root;

function session(started_at_ms: number, live = false): Session {
  return { id: `s${started_at_ms}`, started_at_ms, live } as Session;
}

function answer({ live, from_ms = 0 }: SessionFilters, before: string | null, limit = 50) {
  const found = stored
    .filter((each) => (!live || each.live) && each.started_at_ms >= from_ms)
    .filter((each) => before === null || each.started_at_ms < Number(before))
    .sort((a, b) => b.started_at_ms - a.started_at_ms);
  const sessions = found.slice(0, limit);
  const next = found.length > limit ? String(sessions.at(-1)?.started_at_ms) : null;
  return Promise.resolve({ sessions, next, searched_to_ms: null });
}

function List({ search, held }: { search: ListSearch; held: boolean }) {
  list = useSessionList(search, held);
  return null;
}

async function show(search: ListSearch, held = false): Promise<void> {
  await act(async () =>
    root.render(
      <QueryClientProvider client={queries}>
        <List search={search} held={held} />
      </QueryClientProvider>,
    ),
  );
  await passed(SETTLED_MS);
}

async function passed(ms: number): Promise<void> {
  await act(() => vi.advanceTimersByTimeAsync(ms));
}

async function goOn(): Promise<void> {
  await act(async () => list.goOn());
  await passed(SETTLED_MS);
}

const starts = () => list.rows.map((each) => each.started_at_ms);

beforeEach(() => {
  vi.useFakeTimers();
  vi.mocked(fetchSessions).mockImplementation(answer);
  root = createRoot(document.createElement('div'));
});

afterEach(async () => {
  await act(async () => root.unmount());
  queries.clear();
  vi.useRealTimers();
});

it('what is new comes in by itself, live ones on top', async () => {
  stored = [session(1), session(2, true), session(3)];
  await show(ANY);
  expect(starts()).toEqual([2, 3, 1]);
  stored = [...stored, session(4), session(5, true)];
  await passed(REFRESH_MS);
  expect(starts()).toEqual([5, 2, 4, 3, 1]);
  expect(list.waiting).toBe(0);
});

it('while held nothing moves: what is new waits, what ends stays', async () => {
  stored = [session(1), session(2, true), session(3)];
  await show(ANY);
  await show(ANY, true);
  stored = [session(1), session(2), session(3), session(4), session(5, true)];
  await passed(REFRESH_MS);
  expect(starts()).toEqual([2, 3, 1]);
  expect(list.rows[0]?.live).toBe(false);
  expect(list.waiting).toBe(2);
  await show(ANY, false);
  expect(starts()).toEqual([5, 4, 3, 2, 1]);
  expect(list.waiting).toBe(0);
});

it('pages follow one another, and what is new in between is lost in none', async () => {
  stored = Array.from({ length: 300 }, (_, at) => session(at));
  await show(ANY);
  expect(list.rows).toHaveLength(50);
  stored = [...stored, session(300)];
  await passed(REFRESH_MS);
  await goOn();
  expect(starts()).toEqual(Array.from({ length: 251 }, (_, at) => 300 - at));
  expect(list.more).toBe(true);
});

it('a search that stops short goes on by itself a few times, and then asks', async () => {
  vi.mocked(fetchSessions).mockImplementation((_, before) =>
    Promise.resolve({ sessions: [], next: `${before}+`, searched_to_ms: 7 }),
  );
  await show(SEARCH);
  for (let round = 1; round < 6; round += 1) {
    expect(list.asks).toBe(false);
    await goOn();
  }
  expect(list.asks).toBe(true);
  expect(list.searchedTo).toBe(7);
});
