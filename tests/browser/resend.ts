// Sends a recording once more, as another session, the way recorders send by POST; with or without
// one of its messages.
import { randomBytes } from 'node:crypto';
import type { Stored } from '../../web/shared/stored.ts';
import {
  decodeServerMessages,
  encodeRecorderMessage,
  type Numbered,
  type RecorderMessages,
} from '../../web/shared/wire.ts';
import { answered } from './harness/eventually.ts';

const TOO_MANY = 429;

/** A message and the page load it belongs to. */
export type Sent = Pick<Stored, 'stream' | 'message'>;
export type Hello = RecorderMessages['hello'];

/** Every page of the recording, one stream each; all but `without` are sent. */
export async function resend(
  origin: string,
  hello: Hello,
  stored: readonly Sent[],
  without: Sent | null,
): Promise<void> {
  let token: string | null = null;
  let before: Uint8Array | null = null;
  for (const stream of new Set(stored.map((each) => each.stream))) {
    const id: Uint8Array = Uint8Array.from(randomBytes(8));
    const own = stored.filter((each) => each.stream === stream);
    for (const run of runs(own.filter((each) => each !== without))) {
      const head: Hello = { ...hello, session_token: token, stream: id, navigated_from: before };
      token = (await post(origin, head, run)).token;
    }
    before = id;
  }
}

/** Within one POST numbers go up without a hole. */
function runs(stored: readonly Sent[]): Numbered[][] {
  const found: Numbered[][] = [];
  for (const { message } of stored) {
    const run = found.at(-1);
    if (run?.at(-1)?.number === message.number - 1) run.push(message);
    else found.push([message]);
  }
  return found;
}

/** Sends messages as one POST, once more where the server says later; returns the session's token. */
export async function post(
  origin: string,
  hello: Hello,
  messages: readonly Numbered[],
): Promise<{ session: string; token: string }> {
  const body = Buffer.concat([hello, ...messages].map(encodeRecorderMessage));
  const request = { method: 'POST', headers: { 'content-type': 'text/plain' }, body };
  const answer = await answered(async () => {
    const tried = await fetch(`${origin}/v1/batches`, request);
    return tried.status === TOO_MANY ? null : tried;
  }, 'a POST within the limits of a session');
  if (!answer.ok) throw new Error(`POST: ${answer.status} ${await answer.text()}`);
  const [welcome] = decodeServerMessages(new Uint8Array(await answer.arrayBuffer()));
  if (welcome?.kind !== 'welcome') throw new Error('no welcome');
  return { session: uuid(welcome.session), token: welcome.session_token };
}

function uuid(bytes: Uint8Array): string {
  return Buffer.from(bytes)
    .toString('hex')
    .replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5');
}
