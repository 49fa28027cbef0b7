// Sends what is made through the real wire, as a recorder does that has no WebSocket.
import { randomBytes } from 'node:crypto';
import { protocol } from '../../../web/shared/settings.ts';
import { type Hello, post } from '../resend.ts';
import type { MadeStream } from './recording.ts';

/** Sends every page load of a visit; returns the session's id. */
export async function send(
  origin: string,
  site_key: string,
  streams: Iterable<MadeStream>,
): Promise<string> {
  const browser = Uint8Array.from(randomBytes(16));
  let session = '';
  let token: string | null = null;
  let before: Uint8Array | null = null;
  for (const { page, runs } of streams) {
    const stream = Uint8Array.from(randomBytes(8));
    const hello: Hello = {
      kind: 'hello',
      protocol_version: protocol.version,
      site_key,
      session_token: null,
      stream,
      navigated_from: before,
      held: [],
      visitor: browser,
      page,
      consent: 'unknown',
      sdk_version: '1.0.0',
      policy_hash: new Uint8Array(8),
      sent_at_ms: Date.now(),
    };
    for (const run of runs) {
      const sent = await post(origin, { ...hello, session_token: token }, run);
      ({ session, token } = sent);
    }
    before = stream;
  }
  return session;
}
