// The carrier without a socket: hello and messages in one POST, welcome and ack in its answer.
import { type Close, closeNamed, retryAfterMs } from '../shared/close.ts';
import { intervals } from '../shared/settings.ts';
import { decodeServerMessages, type ServerMessage } from '../shared/wire.ts';
import { type Clock, request } from './natives.ts';
import type { Bytes } from './outbox.ts';

export type PostAnswer =
  | { readonly at: 'heard'; readonly messages: readonly ServerMessage[] }
  | { readonly at: 'refused'; readonly close: Close; readonly afterMs: number | null };

/** At the page's end the browser carries 64 KiB for all of the page's requests together. */
export const LAST_POST_BYTES = 61440;

const LOST: Close = { code: 0, name: 'lost', retry: 'jitter' };

function bodyOf(messages: readonly Bytes[]): Blob {
  return new Blob([...messages], { type: 'text/plain' });
}

function initOf(messages: readonly Bytes[]): RequestInit {
  return {
    method: 'POST',
    body: bodyOf(messages),
    headers: { 'Content-Type': 'text/plain' },
    credentials: 'omit',
    mode: 'cors',
  };
}

/** What an HTTP error means, in the words of the close codes. */
async function refusalOf(answer: Response): Promise<PostAnswer> {
  const text = await answer.text();
  const name = /"code"\s*:\s*"([a-z_]+)"/.exec(text)?.[1] ?? '';
  const temporary = answer.status >= 500 || answer.status === 408 || answer.status === 429;
  const close = closeNamed(name) ?? { ...LOST, retry: temporary ? 'after' : 'never' };
  return { at: 'refused', close, afterMs: retryAfterMs(text) };
}

export async function post(
  clock: Clock,
  url: string,
  messages: readonly Bytes[],
): Promise<PostAnswer> {
  const abort = new AbortController();
  const cancel = clock.after(intervals.post_timeout_ms, () => abort.abort());
  try {
    const answer = await request(url, { ...initOf(messages), signal: abort.signal });
    if (!answer.ok) return await refusalOf(answer);
    const bytes = new Uint8Array(await answer.arrayBuffer());
    return { at: 'heard', messages: decodeServerMessages(bytes) };
  } catch {
    return { at: 'refused', close: LOST, afterMs: null };
  } finally {
    cancel();
  }
}

/** The last word of a page: nobody waits for the answer. */
export function postLast(url: string, messages: readonly Bytes[]): void {
  request(url, { ...initOf(messages), keepalive: true }).catch(() => undefined);
}
