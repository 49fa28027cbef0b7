import { afterEach, expect, it, vi } from 'vitest';
import { ApiError, changeSite, fetchChunks, fetchEvents, fetchSessions } from './api.ts';

const asked = vi.fn<typeof fetch>();
vi.stubGlobal('fetch', asked);
afterEach(() => asked.mockReset());

function answers(status: number, body: string): void {
  asked.mockResolvedValueOnce(new Response(body, { status }));
}

it('asks for what is given and for nothing else', async () => {
  for (let calls = 0; calls < 4; calls++) answers(200, '{}');
  await fetchSessions({}, null);
  await fetchSessions({ page: 'a & b', live: false, from_ms: 0 }, 'next', 7);
  await fetchEvents('s/1', {}, new AbortController().signal);
  await fetchEvents('s', { to: '0a.1' }, new AbortController().signal);
  expect(asked.mock.calls.map(([address]) => address)).toEqual([
    '/api/v1/sessions?limit=50',
    '/api/v1/sessions?page=a+%26+b&live=false&from_ms=0&before=next&limit=7',
    '/api/v1/sessions/s%2F1/events',
    '/api/v1/sessions/s/events?to=0a.1',
  ]);
});

it('declares a body as JSON, and only a body', async () => {
  answers(200, '{}');
  answers(200, '{}');
  await changeSite(3, { name: 'Shop' });
  await fetchChunks('s');
  const [change, map] = asked.mock.calls.map(([, init]) => init);
  expect(change).toMatchObject({
    method: 'PATCH',
    body: '{"name":"Shop"}',
    headers: { 'Content-Type': 'application/json' },
  });
  expect(map?.headers).toEqual({});
});

it('fails in the words of the server, or in its own where there are none', async () => {
  answers(500, '{"code":"chunk_unreadable","message":"m","hint":"h","incident_id":"i"}');
  const told = { status: 500, code: 'chunk_unreadable', message: 'm', hint: 'h', incident: 'i' };
  await expect(fetchChunks('s')).rejects.toMatchObject(told);
  answers(502, '<html>');
  await expect(fetchChunks('s')).rejects.toMatchObject({ status: 502, code: 'unknown' });
  asked.mockRejectedValueOnce(new TypeError('Failed to fetch'));
  await expect(fetchChunks('s')).rejects.toMatchObject({ status: 0, code: 'unreachable' });
});

it('hands on that nobody waits any more', async () => {
  const reading = new AbortController();
  reading.abort();
  asked.mockRejectedValueOnce(reading.signal.reason);
  const failed = fetchEvents('s', {}, reading.signal);
  await expect(failed).rejects.not.toBeInstanceOf(ApiError);
});
