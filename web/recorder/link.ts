// The way to the server: a WebSocket, or POST where WebSocket does not get through. Knows states and
// carriers, nothing of pages or rrweb.
import { type Close, closeNamed, closeOf, retryAfterMs } from '../shared/close.ts';
import { intervals, limits, paths, protocol } from '../shared/settings.ts';
import {
  decodeServerMessages,
  encodeRecorderMessage,
  type RecorderMessages,
  type ServerMessage,
  type ServerMessages,
} from '../shared/wire.ts';
import { Backoff } from './backoff.ts';
import { type Clock, guard } from './natives.ts';
import type { Bytes, Outbox } from './outbox.ts';
import { LAST_POST_BYTES, type PostAnswer } from './post.ts';

/** As much of a WebSocket as the link uses. */
export type Socket = Pick<
  WebSocket,
  'binaryType' | 'onopen' | 'onmessage' | 'onclose' | 'send' | 'close'
>;

export type Carriers = {
  open(url: string, subprotocol: string): Socket;
  post(url: string, messages: readonly Bytes[]): Promise<PostAnswer>;
  postLast(url: string, messages: readonly Bytes[]): void;
};

type Cancel = () => void;

export type LinkState =
  | { readonly at: 'idle' }
  | { readonly at: 'connecting'; readonly socket: Socket; readonly cancel: Cancel }
  | { readonly at: 'awaiting_welcome'; readonly socket: Socket; readonly cancel: Cancel }
  | {
      readonly at: 'open';
      readonly socket: Socket;
      /** The first ping that nothing was heard after. */
      unanswered_ms: number | null;
      cancel: Cancel;
    }
  /** `told`: the server said how long. */
  | { readonly at: 'waiting'; readonly told: boolean; readonly cancel: Cancel }
  | { readonly at: 'posting'; readonly probe_at_ms: number; cancel: Cancel }
  | { readonly at: 'stopped'; readonly close: Close };

/** Who the link speaks for. */
export type Speaker = {
  hello(): RecorderMessages['hello'];
  outbox(): Outbox;
  /** False when the welcome belongs to another session and the link was told to begin again. */
  welcomed(welcome: ServerMessages['welcome']): boolean;
  heard(message: ServerMessage): void;
  /** Nothing happened for so long that the session is over. */
  isQuiet(): boolean;
  stopped(close: Close): void;
};

const BLOCKED_AFTER = 3;
const POST_EVERY_MS = 1500;
const PROBE_EVERY_MS = 60_000;

export class Link {
  state: LinkState = { at: 'idle' };
  private failures = 0;
  private everOpen = false;
  private heartbeatMs = intervals.heartbeat_ms;
  private readonly backoff: Backoff;
  private readonly socketUrl: string;
  private readonly postUrl: string;
  private readonly clock: Clock;
  private readonly carriers: Carriers;
  private readonly speaker: Speaker;

  constructor(origin: string, clock: Clock, carriers: Carriers, speaker: Speaker) {
    this.socketUrl = origin.replace(/^http/, 'ws') + paths.record;
    this.postUrl = origin + paths.batches;
    this.clock = clock;
    this.carriers = carriers;
    this.speaker = speaker;
    this.backoff = new Backoff(clock);
  }

  /** Connects, unless it is connected or stopped. */
  connect(): void {
    if (this.state.at === 'idle') this.dial();
  }

  /** The network is back, or the tab is looked at: no need to wait longer. */
  hurry(): void {
    if (this.state.at === 'waiting' && !this.state.told) this.dial();
  }

  /** Leaves the server in peace until `connect`. */
  rest(): void {
    if (this.state.at === 'stopped') return;
    this.leaveSocket();
    this.state = { at: 'idle' };
  }

  /** Sends what may be sent now. */
  pump(): void {
    if (this.state.at !== 'open') return;
    const outbox = this.speaker.outbox();
    for (let bytes = outbox.take(); bytes; bytes = outbox.take()) this.state.socket.send(bytes);
  }

  /** The page goes away: everything that fits goes out twice, by socket and by POST. */
  last(): void {
    if (this.state.at === 'stopped') return;
    const isOpen = this.state.at === 'open';
    if (isOpen) this.pump();
    else this.speaker.outbox().rewind();
    const hello = encodeRecorderMessage(this.speaker.hello());
    const messages = this.speaker.outbox().takeLast(LAST_POST_BYTES - hello.length);
    if (messages.length > 0) this.carriers.postLast(this.postUrl, [hello, ...messages]);
    this.rest();
  }

  /** What an old session still holds; tried a few times, beside the new session's socket. */
  farewell(hello: RecorderMessages['hello'], messages: readonly Bytes[], tries = 3): void {
    if (messages.length === 0 || tries === 0) return;
    const first = encodeRecorderMessage(hello);
    let room = limits.post_bytes_max - first.length;
    let fits = 0;
    while (fits < limits.post_messages_max - 1 && fits < messages.length) {
      room -= messages[fits]?.length ?? 0;
      if (room < 0) break;
      fits += 1;
    }
    this.carriers.post(this.postUrl, [first, ...messages.slice(0, fits)]).then(
      guard((answer) => {
        if (answer.at === 'heard') this.farewell(hello, messages.slice(fits));
        else if (answer.close.retry === 'jitter' || answer.close.retry === 'after') {
          const again = () => this.farewell(hello, messages, tries - 1);
          this.clock.after(this.backoff.after(answer.afterMs), again);
        }
      }),
    );
  }

  private dial(): void {
    this.leaveSocket();
    let socket: Socket;
    try {
      socket = this.carriers.open(this.socketUrl, protocol.subprotocol);
    } catch {
      this.unreachable();
      return;
    }
    const cancel = this.clock.after(intervals.hello_timeout_ms * 2, () => this.lost(socket));
    this.state = { at: 'connecting', socket, cancel };
    socket.binaryType = 'arraybuffer';
    socket.onopen = guard(() => this.opened(socket));
    socket.onmessage = guard(({ data }) => this.received(socket, data));
    socket.onclose = guard(({ code, reason }) => this.closed(socket, code, reason));
  }

  private opened(socket: Socket): void {
    if (this.state.at !== 'connecting' || this.state.socket !== socket) return;
    this.state.cancel();
    this.everOpen = true;
    this.failures = 0;
    const cancel = this.clock.after(intervals.hello_timeout_ms, () => this.lost(socket));
    this.state = { at: 'awaiting_welcome', socket, cancel };
    socket.send(encodeRecorderMessage(this.speaker.hello()));
  }

  private received(socket: Socket, data: unknown): void {
    let messages: ServerMessage[];
    try {
      messages = decodeServerMessages(new Uint8Array(data as ArrayBuffer));
    } catch {
      this.lost(socket);
      return;
    }
    for (const message of messages) {
      if (!('socket' in this.state) || this.state.socket !== socket) return;
      if (this.state.at === 'open') {
        this.state.unanswered_ms = null;
        this.backoff.reset();
        this.hear(message);
      } else if (this.state.at === 'awaiting_welcome' && message.kind === 'welcome') {
        this.welcomed(socket, message);
      }
    }
  }

  private welcomed(socket: Socket, welcome: ServerMessages['welcome']): void {
    if (this.state.at === 'awaiting_welcome') this.state.cancel();
    this.heartbeatMs = Math.max(1000, welcome.heartbeat_ms);
    const cancel = this.clock.after(this.heartbeatMs, () => this.beat(socket));
    this.state = { at: 'open', socket, unanswered_ms: null, cancel };
    if (this.speaker.welcomed(welcome)) this.pump();
  }

  private hear(message: ServerMessage): void {
    const outbox = this.speaker.outbox();
    switch (message.kind) {
      case 'ack':
        outbox.ack(message.up_to, message.beyond);
        break;
      case 'credit':
        outbox.setCredit(message.credit_bytes);
        break;
      case 'stop':
        this.follow(closeOf(message.code), message.reason);
        return;
      default:
        this.speaker.heard(message);
    }
    this.pump();
  }

  private beat(socket: Socket): void {
    const { state } = this;
    if (state.at !== 'open' || state.socket !== socket) return;
    if (this.speaker.isQuiet()) {
      this.rest();
      return;
    }
    const now = this.clock.now();
    // Counted from a ping, not from the last word heard: a sleeping tab has late timers.
    if (state.unanswered_ms !== null && now - state.unanswered_ms >= 2 * this.heartbeatMs) {
      this.lost(socket);
      return;
    }
    socket.send(encodeRecorderMessage({ kind: 'ping', sent_at_ms: now }));
    state.unanswered_ms ??= now;
    state.cancel = this.clock.after(this.heartbeatMs, () => this.beat(socket));
  }

  private closed(socket: Socket, code: number, reason: string): void {
    if (!('socket' in this.state) || this.state.socket !== socket) return;
    if (this.state.at === 'connecting') this.unreachable();
    else this.follow(closeOf(code), reason);
  }

  private lost(socket: Socket): void {
    if (!('socket' in this.state) || this.state.socket !== socket) return;
    if (this.state.at === 'connecting') this.unreachable();
    else this.wait(this.backoff.next());
  }

  /** Does what the close code's retry class says. */
  private follow(close: Close, reason: string): void {
    switch (close.retry) {
      case 'never':
      case 'page':
      case 'stream':
        this.leaveSocket();
        this.state = { at: 'stopped', close };
        this.speaker.stopped(close);
        return;
      case 'jitter':
        this.wait(this.backoff.next());
        return;
      case 'after':
        this.waitAsTold(retryAfterMs(reason));
    }
  }

  /** No socket came up. Where none ever did, something on the way blocks WebSocket. */
  private unreachable(): void {
    this.failures += 1;
    if (this.everOpen || this.failures < BLOCKED_AFTER) {
      this.wait(this.backoff.next());
      return;
    }
    this.leaveSocket();
    this.speaker.outbox().rewind();
    const probe_at_ms = this.clock.now() + PROBE_EVERY_MS;
    const cancel = this.clock.after(this.postPause(), () => this.postRound());
    this.state = { at: 'posting', probe_at_ms, cancel };
  }

  private postPause(): number {
    return POST_EVERY_MS * (0.7 + this.clock.random() * 0.6);
  }

  private postRound(): void {
    const { state } = this;
    if (state.at !== 'posting') return;
    if (this.speaker.isQuiet()) {
      this.rest();
      return;
    }
    if (this.clock.now() >= state.probe_at_ms) {
      this.dial();
      return;
    }
    const outbox = this.speaker.outbox();
    const hello = encodeRecorderMessage(this.speaker.hello());
    const messages = [hello];
    let room = limits.post_bytes_max - hello.length;
    for (let bytes = outbox.take(room); bytes; bytes = outbox.take(room)) {
      messages.push(bytes);
      room -= bytes.length;
      if (messages.length === limits.post_messages_max) break;
    }
    const again = (ms: number) => {
      state.cancel = this.clock.after(ms, () => this.postRound());
    };
    if (messages.length === 1 && !outbox.held) {
      again(this.postPause());
      return;
    }
    this.carriers.post(this.postUrl, messages).then(
      guard((answer) => {
        if (this.state !== state) return;
        outbox.rewind();
        if (answer.at === 'heard') this.answered(answer.messages, () => again(this.postPause()));
        else if (answer.close.retry === 'jitter' || answer.close.retry === 'after') {
          again(Math.max(this.postPause(), this.backoff.after(answer.afterMs)));
        } else this.follow(answer.close, '');
      }),
    );
  }

  private answered(messages: readonly ServerMessage[], again: () => void): void {
    this.backoff.reset();
    for (const message of messages) {
      if (message.kind === 'welcome') this.speaker.welcomed(message);
      else this.hear(message);
    }
    if (this.state.at === 'posting') again();
  }

  private waitAsTold(ms: number | null): void {
    this.wait(this.backoff.after(ms), ms !== null);
  }

  private wait(ms: number, told = false): void {
    this.leaveSocket();
    this.state = { at: 'waiting', told, cancel: this.clock.after(ms, () => this.dial()) };
  }

  /** Ends whatever the state holds: timers, and the socket, which is heard no more. */
  private leaveSocket(): void {
    if ('cancel' in this.state) this.state.cancel();
    if (!('socket' in this.state)) return;
    const { socket } = this.state;
    socket.onopen = null;
    socket.onmessage = null;
    socket.onclose = null;
    socket.close(CLOSED);
  }
}

const CLOSED = closeNamed('closed')?.code ?? 1000;
