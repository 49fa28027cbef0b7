// The staff API as the dashboard uses it: one function per call, and the shapes of the answers.
import type { components, operations } from './schema.gen.ts';

type Shapes = components['schemas'];

export type Staff = Shapes['Me'];
export type Site = Shapes['Site'];
export type SiteChange = Shapes['SiteChange'];
export type Completeness = Shapes['Completeness'];
export type Session = Shapes['SessionSummary'];
export type SessionEnd = NonNullable<Session['ended_as']>;
export type SessionDetails = Shapes['SessionDetail'];
export type Stream = Shapes['Stream'];
export type Gap = Shapes['Gap'];
export type Visit = Shapes['Visit'];
export type SessionPage = Shapes['SessionList'];
export type Chunk = Shapes['Chunk'];
export type ChunkMap = Shapes['ChunkMap'];

/** What a list is narrowed by. */
export type SessionFilters = Omit<QueryOf<'sessions'>, 'before' | 'limit'>;
/** Addresses of chunks, `<stream>.<first>`, both included. */
export type ChunkRange = QueryOf<'read_events'>;

type QueryOf<O extends 'sessions' | 'read_events'> = NonNullable<
  operations[O]['parameters']['query']
>;

/** An answer that is not the one asked for, in the server's words. */
export class ApiError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;
  readonly incident: string | null;

  constructor(status: number, told: Partial<Shapes['ErrorBody']>) {
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
  const { sites } = await json<Shapes['SiteList']>('/sites');
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
  const { url } = await json<Shapes['PlayerAddress']>(
    `/sessions/${encodeURIComponent(id)}/player`,
    {
      method: 'POST',
      signal,
    },
  );
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
