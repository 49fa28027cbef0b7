// The list as it was fetched, page by page, and how it takes in what is new.
import type { InfiniteData } from '@tanstack/react-query';
import type { Session, SessionPage } from '../api.ts';

export type Pages = InfiniteData<SessionPage>;

/** In the order of the list: live ones first, then the newest. */
export function rowsOf(pages: readonly SessionPage[], live: readonly Session[]): Session[] {
  const pinned = new Set(live.map(({ id }) => id));
  return [
    ...live,
    ...pages.flatMap(({ sessions }) => sessions.filter(({ id }) => !pinned.has(id))),
  ];
}

/** What is known of the sessions by now, each in its place; the order stays. */
export function updated(data: Pages, live: SessionPage, newest: readonly Session[]): Pages {
  const known = new Map([...newest, ...live.sessions].map((session) => [session.id, session]));
  const alive = new Set(live.sessions.map(({ id }) => id));
  const over = (session: Session) => session.live && live.next === null && !alive.has(session.id);
  const now = (session: Session) => {
    const told = known.get(session.id) ?? session;
    return over(told) ? { ...told, live: false } : told;
  };
  let changed = false;
  const pages = data.pages.map((page) => {
    if (!page.sessions.some((session) => now(session) !== session)) return page;
    changed = true;
    return { ...page, sessions: page.sessions.map(now) };
  });
  return changed ? { ...data, pages } : data;
}

/** Those of the newest that the list does not have yet. */
export function arrivals(data: Pages, newest: readonly Session[]): Session[] {
  const begins_ms = newest.at(-1)?.started_at_ms ?? 0;
  const known = new Set<string>();
  for (const { sessions } of data.pages) {
    // All that follow are older than the newest.
    if (sessions[0] !== undefined && sessions[0].started_at_ms < begins_ms) break;
    for (const { id } of sessions) known.add(id);
  }
  return newest.filter(({ id }) => !known.has(id));
}

/**
 * The list with the newest in it. When so many came that some are between the two, it begins anew:
 * a list with a hole would say that nobody came.
 */
export function withNewest(data: Pages, newest: SessionPage): Pages {
  const [first, ...rest] = data.pages;
  const fresh = arrivals(data, newest.sessions);
  if (first === undefined || fresh.length === 0) return data;
  const hole = fresh.length === newest.sessions.length && newest.next !== null;
  if (hole) return { pages: [newest], pageParams: [null] };
  const sessions = [...fresh, ...first.sessions].sort(newerFirst);
  return { ...data, pages: [{ ...first, sessions }, ...rest] };
}

function newerFirst(a: Session, b: Session): number {
  return b.started_at_ms - a.started_at_ms || (a.id < b.id ? 1 : -1);
}

/** How many pages at the end stopped before they were full. */
export function stoppedShort(pages: readonly SessionPage[]): number {
  return pages.length - 1 - pages.findLastIndex(({ searched_to_ms }) => searched_to_ms === null);
}
