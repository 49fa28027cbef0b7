import {
  infiniteQueryOptions,
  keepPreviousData,
  queryOptions,
  useInfiniteQuery,
  useQuery,
} from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';
import { fetchSessions, type Session, type SessionPage } from '../api.ts';
import { LIVE_REFRESH_MS, queries, sites } from '../queries.ts';
import { arrivals, type Pages, rowsOf, stoppedShort, updated, withNewest } from './pages.ts';
import { filtersOf, type ListSearch, momentOf } from './search.ts';

/** Also as many as are looked for anew. */
export const FIRST_PAGE = 50;
const PAGE = 200;
const LIVE_MAX = 200;
const HOUR_MS = 3_600_000;
const FIRST_VISIT_REFRESH_MS = 2_000;
/** A search that finds nothing costs the server half a second each time. */
const SEARCH_REFRESH_MS = 30_000;
const NO_PAGES: readonly SessionPage[] = [];
const NO_SESSIONS: readonly Session[] = [];
/** A search goes on by itself so often before it asks. */
const ROUNDS = 6;

export interface SessionList {
  rows: readonly Session[];
  /** Those who came since and are not shown yet, so that nothing moves under the reader's eyes. */
  waiting: number;
  /** The first answer is still to come. */
  pending: boolean;
  /** The rows are those of the filters before. */
  outdated: boolean;
  error: Error | null;
  more: boolean;
  fetchingMore: boolean;
  /** How far back a search came that stopped before it was done. */
  searchedTo: number | null;
  /** Whether the reader has to say that it shall go on. */
  asks: boolean;
  goOn(): void;
  retry(): void;
}

/**
 * The sessions that fit, newest first, the live ones on top. Pages are fetched as one scrolls and
 * then kept; what is new comes with two small questions every few seconds. While the list is
 * `held`, its order stays.
 */
export function useSessionList(search: ListSearch, held: boolean): SessionList {
  const list = useInfiniteQuery(sessionPages(search));
  const firstPage = list.data?.pages[0]?.sessions;
  const live = useQuery({
    ...liveSessions(search),
    refetchInterval: firstPage?.length === 0 ? FIRST_VISIT_REFRESH_MS : LIVE_REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  const newest = useQuery({
    queryKey: ['sessions', 'newest', search],
    queryFn: () => fetchNewest(search),
    refetchInterval: refreshOf(search, firstPage?.length === 0),
    enabled: list.isSuccess && !list.isPlaceholderData,
  });

  useEffect(() => {
    if (!list.data || list.isPlaceholderData || !live.data || live.isPlaceholderData) return;
    const grown = held || !newest.data ? list.data : withNewest(list.data, newest.data);
    const now = updated(grown, live.data, newest.data?.sessions ?? []);
    if (now !== list.data) queries.setQueryData(sessionPages(search).queryKey, now);
  }, [
    list.data,
    list.isPlaceholderData,
    live.data,
    live.isPlaceholderData,
    newest.data,
    held,
    search,
  ]);

  const pages = list.data?.pages ?? NO_PAGES;
  const alive = live.data?.sessions ?? NO_SESSIONS;
  const pinned = useHeld(alive, held);
  const rows = useMemo(() => rowsOf(pages, nowOf(pinned, alive)), [pages, pinned, alive]);
  const rounds = stoppedShort(pages);
  return {
    rows,
    waiting: held && list.data ? waitingFor(list.data, newest.data, pinned) : 0,
    pending: list.isPending || live.isLoading,
    outdated: list.isPlaceholderData || live.isPlaceholderData,
    error: list.error,
    more: list.hasNextPage,
    fetchingMore: list.isFetchingNextPage,
    searchedTo: pages.at(-1)?.searched_to_ms ?? null,
    asks: list.hasNextPage && rounds > 0 && rounds % ROUNDS === 0,
    goOn: () => void list.fetchNextPage({ cancelRefetch: false }),
    retry: () => void list.refetch(),
  };
}

/** Asks for the list before it is drawn. */
export function askAhead(search: ListSearch): void {
  void queries.prefetchQuery(sites);
  void queries.prefetchInfiniteQuery(sessionPages(search));
  void queries.prefetchQuery(liveSessions(search));
}

function liveSessions(search: ListSearch) {
  return queryOptions({
    queryKey: ['sessions', 'live', search],
    queryFn: () => fetchSessions({ ...filtersOf(search, Date.now()), live: true }, null, LIVE_MAX),
  });
}

function sessionPages(search: ListSearch) {
  return infiniteQueryOptions({
    queryKey: ['sessions', 'list', search],
    queryFn: ({ pageParam }) =>
      fetchSessions(filtersOf(search, Date.now()), pageParam, pageParam ? PAGE : FIRST_PAGE),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: HOUR_MS,
    placeholderData: keepPreviousData,
  });
}

/** Whether the list can be shown at once, as on the way back from a session. */
export function isCached(search: ListSearch): boolean {
  return queries.getQueryData(sessionPages(search).queryKey) !== undefined;
}

/** No further back than what the list begins with, so that a slow search is not done again. */
function fetchNewest(search: ListSearch): Promise<SessionPage> {
  const pages = queries.getQueryData(sessionPages(search).queryKey)?.pages;
  const first = pages?.find(({ sessions }) => sessions.length > 0)?.sessions[0];
  const filters = filtersOf(search, Date.now());
  const from_ms = Math.max(filters.from_ms ?? 0, first ? first.started_at_ms - HOUR_MS : 0);
  return fetchSessions({ ...filters, from_ms }, null, FIRST_PAGE);
}

function refreshOf({ page, visitor, to }: ListSearch, empty: boolean): number | false {
  if (to !== undefined && (momentOf(to) ?? 0) < Date.now()) return false;
  if (!empty) return LIVE_REFRESH_MS;
  return page || visitor ? SEARCH_REFRESH_MS : FIRST_VISIT_REFRESH_MS;
}

/** The latest value, or while held the one of the moment it began. */
function useHeld<T>(value: T, held: boolean): T {
  const [kept, setKept] = useState(value);
  if (!held && kept !== value) setKept(value);
  return held ? kept : value;
}

/** The pinned ones as they are by now. */
function nowOf(pinned: readonly Session[], alive: readonly Session[]): readonly Session[] {
  if (pinned === alive) return pinned;
  const known = new Map(alive.map((session) => [session.id, session]));
  return pinned.map((session) => known.get(session.id) ?? { ...session, live: false });
}

function waitingFor(data: Pages, newest: SessionPage | undefined, pinned: readonly Session[]) {
  const shown = new Set(pinned.map(({ id }) => id));
  return arrivals(data, newest?.sessions ?? []).filter(({ id }) => !shown.has(id)).length;
}
