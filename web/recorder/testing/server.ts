// A server that tests can hold in their hands: it keeps what it hears and says what it is told to.
import { decode, ENVELOPE, Reader } from '../../shared/msgpack.ts';
import { intervals, limits } from '../../shared/settings.ts';
import {
  encodeServerMessage,
  type Numbered,
  type RecorderMessage,
  recorderMessageOf,
  type ServerMessage,
  type ServerMessages,
} from '../../shared/wire.ts';
import type { Carriers, Socket } from '../link.ts';
import type { Bytes } from '../outbox.ts';
import type { PostAnswer } from '../post.ts';

function read(bytes: Uint8Array): RecorderMessage {
  const message = recorderMessageOf(decode(bytes, ENVELOPE));
  if (!message) throw new Error('unknown kind');
  return message;
}

export function welcome(
  change: Partial<ServerMessages['welcome']> = {},
): ServerMessages['welcome'] {
  return {
    kind: 'welcome',
    session_token: 'token-1',
    session: new Uint8Array(16),
    resumed: false,
    durable: [],
    ack_level: 'journal',
    credit_bytes: limits.credit_bytes,
    limits: {
      message_bytes_max: limits.message_bytes_max,
      batch_bytes_target: limits.batch_bytes_target,
      batch_inflated_bytes_max: limits.batch_inflated_bytes_max,
      event_bytes_max: limits.event_bytes_max,
      batch_ms: intervals.batch_ms,
    },
    flags: [],
    heartbeat_ms: intervals.heartbeat_ms,
    server_time_ms: 1,
    ...change,
  };
}

export class TestSocket {
  binaryType = '';
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: ArrayBuffer }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;
  readonly heard: RecorderMessage[] = [];
  closedWith: number | null = null;

  send(bytes: Uint8Array): void {
    this.heard.push(read(bytes));
  }

  close(code: number): void {
    this.closedWith = code;
  }

  open(): void {
    this.onopen?.();
  }

  say(message: ServerMessage): void {
    this.onmessage?.({ data: encodeServerMessage(message).buffer });
  }

  /** Opens and welcomes. */
  accept(change: Partial<ServerMessages['welcome']> = {}): void {
    this.open();
    this.say(welcome(change));
  }

  drop(code: number, reason = ''): void {
    this.onclose?.({ code, reason });
  }

  kinds(): string[] {
    return this.heard.map(({ kind }) => kind);
  }

  numbers(): number[] {
    return this.heard
      .filter((each): each is Numbered => 'number' in each)
      .map(({ number }) => number);
  }
}

export type Posted = { readonly messages: RecorderMessage[]; answer(answer: PostAnswer): void };

export class TestServer implements Carriers {
  readonly sockets: TestSocket[] = [];
  readonly posts: Posted[] = [];
  readonly lastPosts: RecorderMessage[][] = [];
  /** The bytes of the last such post. */
  lastBytes = 0;

  open(): Socket {
    const socket = new TestSocket();
    this.sockets.push(socket);
    // The link uses the few members that a TestSocket has.
    return socket as unknown as Socket;
  }

  post(_url: string, messages: readonly Bytes[]): Promise<PostAnswer> {
    return new Promise((answer) => this.posts.push({ messages: messages.map(read), answer }));
  }

  postLast(_url: string, messages: readonly Bytes[]): void {
    this.lastBytes = messages.reduce((sum, { length }) => sum + length, 0);
    this.lastPosts.push(messages.map(read));
  }

  get socket(): TestSocket {
    const last = this.sockets[this.sockets.length - 1];
    if (!last) throw new Error('no socket was opened');
    return last;
  }

  get lastPost(): Posted {
    const last = this.posts[this.posts.length - 1];
    if (!last) throw new Error('nothing was posted');
    return last;
  }
}

/** The rrweb events of a plain or compressed payload that a test inflated. */
export function eventsOf(payload: Uint8Array): unknown[] {
  const reader = new Reader(payload, { nesting: 1100, items: 1_000_000, strict: false });
  const events: unknown[] = [];
  while (!reader.done) events.push(reader.value());
  return events;
}
