// What the list is narrowed by, as it stands in the address bar.
import type { SessionFilters } from '../api.ts';

export const SPANS = {
  today: 'Today',
  '24h': 'Last 24 hours',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
} as const;

export type Span = keyof typeof SPANS;

export interface ListSearch {
  site?: number;
  /** Up to now; excludes `from` and `to`. */
  last?: Span;
  /** To the minute, in UTC, so that it means the same to a colleague elsewhere. */
  from?: string;
  to?: string;
  min_s?: number;
  max_s?: number;
  page?: string;
  visitor?: string;
}

const PAGE_BYTES_MAX = 1_024;
const VISITOR_BYTES_MAX = 128;
const SECOND_MS = 1_000;
const HOUR_MS = 3_600 * SECOND_MS;
const DAY_MS = 24 * HOUR_MS;
const YEAR_10000_MS = Date.UTC(10_000, 0);

/** Whatever the address says, as far as it makes sense. */
export function listSearch(raw: Record<string, unknown>): ListSearch {
  const last = Object.keys(SPANS).find((span): span is Span => span === raw['last']);
  return given({
    site: whole(raw['site']),
    last,
    from: last ? undefined : minute(raw['from']),
    to: last ? undefined : minute(raw['to']),
    min_s: whole(raw['min_s']),
    max_s: whole(raw['max_s']),
    page: text(raw['page'], PAGE_BYTES_MAX),
    visitor: text(raw['visitor'], VISITOR_BYTES_MAX),
  });
}

/** What to ask the server at this moment. */
export function filtersOf(search: ListSearch, now_ms: number): SessionFilters {
  return given({
    site: search.site,
    from_ms: search.last ? beginningOf(search.last, now_ms) : momentOf(search.from),
    to_ms: momentOf(search.to),
    duration_min_ms: search.min_s && search.min_s * SECOND_MS,
    duration_max_ms: search.max_s && search.max_s * SECOND_MS,
    page: search.page?.trim() || undefined,
    visitor: search.visitor?.trim() || undefined,
  });
}

function beginningOf(span: Span, now_ms: number): number {
  switch (span) {
    case 'today':
      return new Date(now_ms).setHours(0, 0, 0, 0);
    case '24h':
      return now_ms - DAY_MS;
    case '7d':
      return now_ms - 7 * DAY_MS;
    case '30d':
      return now_ms - 30 * DAY_MS;
  }
}

/** The value of a `datetime-local` field in the reader's zone as it stands in the address. */
export function fromLocal(local: string): string | undefined {
  return minute(local);
}

/** The other way round; empty where nothing is set. */
export function toLocal(utc: string | undefined): string {
  const ms = momentOf(utc);
  if (ms === undefined) return '';
  const offset_ms = new Date(ms).getTimezoneOffset() * 60 * SECOND_MS;
  return new Date(ms - offset_ms).toISOString().slice(0, 16);
}

export function momentOf(utc: string | undefined): number | undefined {
  const ms = Date.parse(utc ?? '');
  return Number.isNaN(ms) ? undefined : ms;
}

function minute(raw: unknown): string | undefined {
  const ms = typeof raw === 'string' ? momentOf(raw) : undefined;
  return ms === undefined || ms < 0 || ms >= YEAR_10000_MS
    ? undefined
    : `${new Date(ms).toISOString().slice(0, 16)}Z`;
}

function whole(raw: unknown): number | undefined {
  return Number.isSafeInteger(raw) && (raw as number) > 0 ? (raw as number) : undefined;
}

/** A number typed as a name is a name. */
function text(raw: unknown, bytes_max: number): string | undefined {
  if (typeof raw !== 'string' && typeof raw !== 'number') return undefined;
  const { read } = new TextEncoder().encodeInto(String(raw), new Uint8Array(bytes_max));
  return String(raw).slice(0, read) || undefined;
}

type Given<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is not set, so that the address holds nothing empty. */
export function given<T extends object>(values: T): Given<T> {
  return Object.fromEntries(
    Object.entries(values).filter(([, value]) => value !== undefined),
  ) as Given<T>;
}
