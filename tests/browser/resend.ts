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

type Hello = RecorderMessages['hello'];

/** Every page of the recording, one stream each; all but `without` are sent. */
export async function resend(
  origin: string,
  hello: Hello,
  stored: readonly Stored[],
  without: Stored | null,
): Promise<void> {
  let token: string | null = null;
  let before: Uint8Array | null = null;
  for (const stream of new Set(stored.map((each) => each.stream))) {
    const id: Uint8Array = Uint8Array.from(randomBytes(8));
    const own = stored.filter((each) => each.stream === stream);
    for (const run of runs(own.filter((each) => each !== without))) {
      const head: Hello = { ...hello, session_token: token, stream: id, navigated_from: before };
      token = await post(origin, head, run);
    }
    before = id;
  }
}

/** Within one POST numbers go up without a hole. */
function runs(stored: readonly Stored[]): Numbered[][] {
  const found: Numbered[][] = [];
  for (const { message } of stored) {
    const run = found.at(-1);
    if (run?.at(-1)?.number === message.number - 1) run.push(message);
    else found.push([message]);
  }
  return found;
}

async function post(origin: string, hello: Hello, messages: readonly Numbered[]): Promise<string> {
  const body = Buffer.concat([hello, ...messages].map(encodeRecorderMessage));
  const answer = await fetch(`${origin}/v1/batches`, {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body,
  });
  if (!answer.ok) throw new Error(`POST: ${answer.status} ${await answer.text()}`);
  const [welcome] = decodeServerMessages(new Uint8Array(await answer.arrayBuffer()));
  if (welcome?.kind !== 'welcome') throw new Error('no welcome');
  return welcome.session_token;
}
