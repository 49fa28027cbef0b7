// The staff API as the dashboard uses it: one function per call, and the shapes of the answers.
import type { Range } from '../shared/fields.ts';
import type { GapCause } from '../shared/wire.ts';

export interface Staff {
  email: string;
  account: { id: number; name: string };
}

export interface Site {
  id: number;
  name: string;
  key: string;
  allowed_origins: string[];
  snippet: string;
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

export interface SessionDetails extends Session {
  streams: Stream[];
}

export interface SessionPage {
  sessions: Session[];
  next: string | null;
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

export function fetchSessions(before: string | null): Promise<SessionPage> {
  const query = new URLSearchParams({ limit: '50' });
  if (before !== null) query.set('before', before);
  return json(`/sessions?${query}`);
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

/** The recording in its stored form; the browser undoes the compression. */
export function fetchEvents(id: string, signal: AbortSignal): Promise<Response> {
  return ask(`/sessions/${encodeURIComponent(id)}/events`, { signal });
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
