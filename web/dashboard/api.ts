// The staff API as the dashboard uses it: one function per call, and the shapes of the answers.
import type { Range } from '../shared/fields.ts';
import type { GapCause, PageCause } from '../shared/wire.ts';

export interface Staff {
  email: string;
  account: { id: number; name: string };
}

/** What staff may change of a site; what is left out stays. */
export interface SiteChange {
  name?: string;
  allowed_origins?: string[];
  keep_query?: boolean;
  mask_selectors?: string[];
  block_selectors?: string[];
}

export interface Site extends Required<SiteChange> {
  id: number;
  key: string;
  /** The shop that comes with the server. */
  demo: boolean;
  snippet: string;
  last_session: { id: string; started_at_ms: number } | null;
}

export interface Completeness {
  received: number;
  expected: number;
  missing: number;
}

export type SessionEnd = 'left' | 'idle' | 'limit' | 'stopped';

export interface Session {
  id: string;
  site: { id: number; name: string };
  visitor: string;
  user: string | null;
  started_at_ms: number;
  last_event_at_ms: number;
  duration_ms: number;
  live: boolean;
  ended_as: SessionEnd | null;
  pages: number;
  first_url: string;
  last_url: string;
  title: string;
  events: number;
  clicks: number;
  inputs: number;
  errors: number;
  bytes: number;
  raw_bytes: number;
  batches: number;
  completeness: Completeness;
}

export interface Gap {
  first: number;
  last: number;
  cause: GapCause;
}

export interface Stream {
  id: string;
  started_at_ms: number;
  url: string;
  title: string;
  viewport_width: number;
  viewport_height: number;
  ended: boolean;
  received: Range[];
  missing: Range[];
  gaps: Gap[];
}

/** A page within a session. */
export interface Visit {
  at_ms: number;
  url: string;
  title: string;
  cause: PageCause;
  stream: string;
}

export interface SessionDetails extends Session {
  streams: Stream[];
  pages_visited: Visit[];
}

/** What a list is narrowed by. */
export interface SessionFilters {
  site?: number;
  from_ms?: number;
  to_ms?: number;
  duration_min_ms?: number;
  duration_max_ms?: number;
  page?: string;
  visitor?: string;
  live?: boolean;
}

export interface SessionPage {
  sessions: Session[];
  next: string | null;
  /** How far back a search came that stopped before its page was full. */
  searched_to_ms: number | null;
}

/** A run of messages as it is stored, without its body. */
export interface Chunk {
  /** The place of its stream in `streams` of the map. */
  stream: number;
  first: number;
  last: number;
  /** The visitor's clock; null where no batch is within. */
  from_ms: number | null;
  to_ms: number | null;
  events: number;
  raw_bytes: number;
  bytes: number;
  /** Whether a keyframe begins within. */
  keyframe: boolean;
}

/** Every chunk of a session, in the order of replay. */
export interface ChunkMap {
  streams: string[];
  chunks: Chunk[];
  /** Whether there are more chunks than the map holds. */
  cut: boolean;
}

/** Addresses of chunks, `<stream>.<first>`, both included. */
export interface ChunkRange {
  from?: string;
  to?: string;
}

/** An answer that is not the one asked for, in the server's words. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  readonly incident: string | null;

  constructor(
    status: number,
    told: { code?: string; message?: string; hint?: string | null; incident_id?: string | null },
  ) {
    super(told.message ?? `The server answered with status ${status}.`);
    this.status = status;
    this.code = told.code ?? 'unknown';
    this.hint = told.hint ?? null;
    this.incident = told.incident_id ?? null;
  }
}

const BASE = '/api/v1';

export function logIn(email: string, password: string): Promise<Staff> {
  return json('/login', { method: 'POST', body: JSON.stringify({ email, password }) });
}

export async function logOut(): Promise<void> {
  await ask('/logout', { method: 'POST' });
}

export function fetchMe(): Promise<Staff> {
  return json('/me');
}

export async function fetchSites(): Promise<Site[]> {
  const { sites } = await json<{ sites: Site[] }>('/sites');
  return sites;
}

export function changeSite(id: number, change: SiteChange): Promise<Site> {
  return json(`/sites/${id}`, { method: 'PATCH', body: JSON.stringify(change) });
}

/** A page of the list, newest first; `before` is the `next` of the page before. */
export function fetchSessions(
  filters: SessionFilters,
  before: string | null,
  limit = 50,
): Promise<SessionPage> {
  return json(`/sessions${query({ ...filters, before: before ?? undefined, limit })}`);
}

export function fetchSession(id: string): Promise<SessionDetails> {
  return json(`/sessions/${encodeURIComponent(id)}`);
}

/** A one-time address of the player document. */
export async function openPlayer(id: string, signal: AbortSignal): Promise<string> {
  const { url } = await json<{ url: string }>(`/sessions/${encodeURIComponent(id)}/player`, {
    method: 'POST',
    signal,
  });
  return url;
}

/** What the recording consists of and where its keyframes are, without the recording itself. */
export function fetchChunks(id: string, signal?: AbortSignal): Promise<ChunkMap> {
  return json(`/sessions/${encodeURIComponent(id)}/chunks`, signal ? { signal } : {});
}

/** The recording, or a range of it, in its stored form; the browser undoes the compression. */
export function fetchEvents(id: string, range: ChunkRange, signal: AbortSignal): Promise<Response> {
  return ask(`/sessions/${encodeURIComponent(id)}/events${query({ ...range })}`, { signal });
}

/** What is given, as the query of an address. */
function query(values: Record<string, string | number | boolean | undefined>): string {
  const given = Object.entries(values).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given)}`;
}

async function json<T>(path: string, init: RequestInit = {}): Promise<T> {
  const answer = await ask(path, init);
  return (await answer.json()) as T;
}

async function ask(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = init.body === undefined ? {} : { 'Content-Type': 'application/json' };
  let answer: Response;
  try {
    answer = await fetch(BASE + path, { ...init, headers });
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, {
      code: 'unreachable',
      message: 'The server cannot be reached.',
      hint: 'Recordings go on as long as it runs. Look at your connection, then try again.',
    });
  }
  if (answer.ok) return answer;
  throw new ApiError(answer.status, await answer.json().catch(() => ({})));
}
