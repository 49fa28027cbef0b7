import { beforeEach, describe, expect, it } from 'vitest';
import type { Close } from '../shared/close.ts';
import { closeCodes, intervals } from '../shared/settings.ts';
import type { RecorderMessages, ServerMessage, ServerMessages } from '../shared/wire.ts';
import { Link } from './link.ts';
import { Outbox } from './outbox.ts';
import { TestClock } from './testing/clock.ts';
import { TestServer, welcome } from './testing/server.ts';

const HELLO: RecorderMessages['hello'] = {
  kind: 'hello',
  protocol_version: 1,
  site_key: 'site',
  session_token: null,
  stream: new Uint8Array(8),
  navigated_from: null,
  held: [],
  visitor: new Uint8Array(16),
  page: {
    url: '',
    title: '',
    referrer: '',
    viewport_width: 1,
    viewport_height: 1,
    time_zone: '',
  },
  consent: 'unknown',
  sdk_version: 'test',
  policy_hash: new Uint8Array(8),
  sent_at_ms: 1,
};

let clock: TestClock;
let server: TestServer;
let outbox: Outbox;
let link: Link;
let heard: ServerMessage[];
let stopped: Close[];
let quiet: boolean;

function tag(): void {
  outbox.add((number) => ({ kind: 'tag', number, at_ms: 1, key: 'k', value: 'v' }));
  link.pump();
}

function ack(up_to: number): ServerMessages['ack'] {
  return { kind: 'ack', up_to, beyond: [] };
}

beforeEach(() => {
  clock = new TestClock();
  server = new TestServer();
  outbox = new Outbox();
  heard = [];
  stopped = [];
  quiet = false;
  link = new Link('https://footage.example', clock, server, {
    hello: () => HELLO,
    outbox: () => outbox,
    welcomed: ({ durable }) => {
      outbox.resume(durable);
      return true;
    },
    heard: (message) => heard.push(message),
    isQuiet: () => quiet,
    stopped: (close) => stopped.push(close),
  });
});

async function failSockets(times: number): Promise<void> {
  for (let count = 0; count < times; count += 1) {
    server.socket.drop(1006);
    await clock.pass(2000);
  }
}

describe('link', () => {
  it('[R21] says hello first, and nothing else before the welcome', () => {
    tag();
    link.connect();
    expect(server.socket.heard).toEqual([]);
    server.socket.open();
    tag();
    expect(server.socket.kinds()).toEqual(['hello']);
    server.socket.say(ack(1));
    server.socket.say({ kind: 'keyframe', cause: 'staff' });
    expect(heard).toEqual([]);
    server.socket.say(welcome());
    expect(server.socket.kinds()).toEqual(['hello', 'tag', 'tag']);
  });

  it('[R21] comes back when there is no welcome in time', async () => {
    link.connect();
    server.socket.open();
    await clock.pass(intervals.hello_timeout_ms + intervals.reconnect_min_ms);
    expect(server.sockets).toHaveLength(2);
  });

  it('[R18] sends what was not acknowledged again after a reconnect', async () => {
    link.connect();
    server.socket.accept();
    tag();
    tag();
    tag();
    server.socket.say(ack(1));
    server.socket.drop(1006);
    await clock.pass(intervals.reconnect_max_ms);
    server.socket.accept({ durable: [[1, 2]] });
    expect(server.socket.numbers()).toEqual([3]);
  });

  it('[R22] does what each listed close code asks for', async () => {
    for (const { code, retry } of closeCodes) {
      link = new Link('https://footage.example', clock, server, {
        hello: () => HELLO,
        outbox: () => outbox,
        welcomed: () => true,
        heard: () => undefined,
        isQuiet: () => false,
        stopped: (close) => stopped.push(close),
      });
      stopped = [];
      link.connect();
      server.socket.accept();
      const sockets = server.sockets.length;
      server.socket.drop(code, 'why; retry_after_ms=100');
      await clock.pass(3_600_000);
      const ends = retry === 'never' || retry === 'page' || retry === 'stream';
      expect([code, stopped.length]).toEqual([code, ends ? 1 : 0]);
      expect([code, server.sockets.length > sockets]).toEqual([code, !ends]);
      if (!ends) link.rest();
    }
  });

  it('[R22] follows a stop like a close', () => {
    link.connect();
    server.socket.accept();
    server.socket.say({ kind: 'stop', code: 4412, reason: 'over' });
    expect(stopped).toMatchObject([{ name: 'session_ended', retry: 'page' }]);
    expect(server.socket.closedWith).toBe(1000);
    link.connect();
    link.hurry();
    expect(server.sockets).toHaveLength(1);
  });

  it('[R22] waits longer each time, with chance in it, and at once again after success', async () => {
    link.connect();
    server.socket.accept();
    const waits: number[] = [];
    for (let loss = 0; loss < 9; loss += 1) {
      const { length } = server.sockets;
      server.socket.drop(1006);
      const start = clock.time;
      while (server.sockets.length === length) await clock.pass(25);
      waits.push(clock.time - start);
      server.socket.open();
    }
    expect(waits.slice(0, 4)).toEqual([375, 750, 1500, 3000]);
    expect(waits[8]).toBe(intervals.reconnect_max_ms * 0.75);
    server.socket.accept();
    tag();
    server.socket.say(ack(1));
    clock.chance = 0;
    const { length } = server.sockets;
    server.socket.drop(1006);
    await clock.pass(intervals.reconnect_min_ms / 2);
    expect(server.sockets.length).toBe(length + 1);
  });

  it('[R22] comes back when the server says, spread over a quarter more', async () => {
    link.connect();
    server.socket.accept();
    server.socket.drop(1012, 'restart; retry_after_ms=8000');
    await clock.pass(8999);
    expect(server.sockets).toHaveLength(1);
    await clock.pass(1);
    expect(server.sockets).toHaveLength(2);
  });

  it('[R22] hears nothing more from a socket it left', async () => {
    link.connect();
    const first = server.socket;
    first.accept();
    first.drop(1006);
    await clock.pass(intervals.reconnect_max_ms);
    server.socket.accept();
    first.drop(4409);
    first.say({ kind: 'stop', code: 4412, reason: '' });
    expect(stopped).toEqual([]);
  });

  it('[R22] leaves a server that speaks nonsense, and comes back', async () => {
    link.connect();
    server.socket.accept();
    server.socket.onmessage?.({ data: new Uint8Array([0xc1]).buffer });
    expect(server.socket.closedWith).toBe(1000);
    await clock.pass(intervals.reconnect_min_ms);
    expect(server.sockets).toHaveLength(2);
  });

  it('[R23] pings each heartbeat and reconnects when nothing answers two of them', async () => {
    link.connect();
    server.socket.accept({ heartbeat_ms: 10_000 });
    await clock.pass(10_000);
    server.socket.say({ kind: 'pong', sent_at_ms: 1, server_time_ms: 1 });
    await clock.pass(29_999);
    expect(server.socket.kinds()).toEqual(['hello', 'ping', 'ping', 'ping']);
    expect(server.sockets).toHaveLength(1);
    await clock.pass(1 + intervals.reconnect_min_ms);
    expect(server.sockets).toHaveLength(2);
  });

  it('[R23] does not take late timers for a dead connection', async () => {
    link.connect();
    server.socket.accept({ heartbeat_ms: 10_000 });
    for (let count = 0; count < 5; count += 1) {
      // A hidden tab: the timer comes a minute late, the answer at once.
      clock.time += 60_000;
      await clock.pass(10_000);
      server.socket.say({ kind: 'pong', sent_at_ms: 1, server_time_ms: 1 });
    }
    expect(server.sockets).toHaveLength(1);
  });

  it('[R24] goes over to POST where three sockets failed and none ever opened', async () => {
    tag();
    link.connect();
    await failSockets(2);
    expect(server.posts).toHaveLength(0);
    server.socket.drop(1006);
    await clock.pass(2000);
    expect(server.lastPost.messages.map(({ kind }) => kind)).toEqual(['hello', 'tag']);
    await clock.pass(9000);
    expect(server.posts).toHaveLength(1);
    server.lastPost.answer({ at: 'heard', messages: [welcome(), ack(1)] });
    await clock.pass(5000);
    expect(outbox.empty).toBe(true);
    expect(server.posts).toHaveLength(1);
    tag();
    await clock.pass(2000);
    expect(server.lastPost.messages).toMatchObject([{ kind: 'hello' }, { number: 2 }]);
  });

  it('[R24] posts again what was not acknowledged, and tries a socket each minute', async () => {
    tag();
    link.connect();
    await failSockets(3);
    for (let count = 0; count < 3; count += 1) {
      server.lastPost.answer({ at: 'heard', messages: [welcome()] });
      await clock.pass(2000);
      expect(server.lastPost.messages).toMatchObject([{ kind: 'hello' }, { number: 1 }]);
    }
    server.lastPost.answer({ at: 'heard', messages: [welcome(), ack(1)] });
    await clock.pass(50_000);
    expect(server.sockets).toHaveLength(3);
    await clock.pass(4000);
    expect(server.sockets).toHaveLength(4);
    server.socket.accept();
    tag();
    expect(server.socket.numbers()).toEqual([2]);
  });

  it('[R24] follows an HTTP refusal like a close', async () => {
    tag();
    link.connect();
    await failSockets(3);
    const busy: Close = { code: 4429, name: 'limited', retry: 'after' };
    server.lastPost.answer({ at: 'refused', close: busy, afterMs: 20_000 });
    await clock.pass(20_000);
    expect(server.posts).toHaveLength(1);
    await clock.pass(5000);
    expect(server.posts).toHaveLength(2);
    const unknown: Close = { code: 4404, name: 'unknown_site', retry: 'never' };
    server.lastPost.answer({ at: 'refused', close: unknown, afterMs: null });
    await clock.pass(120_000);
    expect(stopped).toEqual([unknown]);
    expect(server.posts).toHaveLength(2);
  });

  it('[R24] stays with sockets where one ever opened', async () => {
    link.connect();
    server.socket.accept();
    server.socket.drop(1006);
    await clock.pass(intervals.reconnect_max_ms);
    for (let count = 0; count < 5; count += 1) {
      server.socket.drop(1006);
      await clock.pass(10_000);
    }
    expect(server.posts).toHaveLength(0);
  });

  it('[R25] sends what it can twice at the end: by socket, and by a POST that outlives the page', () => {
    link.connect();
    server.socket.accept();
    tag();
    outbox.add((number) => ({ kind: 'end', number, at_ms: 1, cause: 'page_hidden' }));
    link.last();
    expect(server.socket.kinds()).toEqual(['hello', 'tag', 'end']);
    expect(server.socket.closedWith).toBe(1000);
    expect(server.lastPosts[0]?.map(({ kind }) => kind)).toEqual(['hello', 'tag', 'end']);
  });

  it('[R25] keeps the last POST within what a browser carries', () => {
    link.connect();
    for (let count = 0; count < 200; count += 1) {
      const value = 'v'.repeat(1000);
      outbox.add((number) => ({ kind: 'tag', number, at_ms: 1, key: 'k', value }));
    }
    link.last();
    expect(server.lastBytes).toBeLessThanOrEqual(61_440);
    expect(server.lastBytes).toBeGreaterThan(60_000);
  });

  it('[R28] says farewell in as many POSTs as it takes, and tries each a few times', async () => {
    const big = new Outbox();
    for (let count = 0; count < 3; count += 1) {
      const payload = new Uint8Array(600_000);
      big.add((number) => ({
        kind: 'batch',
        number,
        first_event_ms: 1,
        last_event_ms: 1,
        events: 1,
        flags: 0,
        part: 0,
        parts: 0,
        clicks: 0,
        inputs: 0,
        errors: 0,
        encoding: 'plain',
        inflated_bytes: payload.length,
        payload,
      }));
    }
    const lost: Close = { code: 0, name: 'lost', retry: 'jitter' };
    link.farewell(HELLO, big.takeAll());
    server.lastPost.answer({ at: 'refused', close: lost, afterMs: null });
    await clock.pass(1000);
    expect(server.posts).toHaveLength(2);
    for (let number = 1; number <= 3; number += 1) {
      expect(server.lastPost.messages).toMatchObject([{ kind: 'hello' }, { number }]);
      server.lastPost.answer({ at: 'heard', messages: [] });
      await clock.pass(0);
    }
    expect(server.posts).toHaveLength(4);
  });

  it('[R29] closes the socket of a page where nothing happens', async () => {
    link.connect();
    server.socket.accept();
    quiet = true;
    await clock.pass(intervals.heartbeat_ms);
    expect(server.socket.closedWith).toBe(1000);
    expect(link.state.at).toBe('idle');
    expect(clock.waiting).toBe(0);
    link.connect();
    expect(server.sockets).toHaveLength(2);
  });

  it('[R22] waits as long as it was told, network or not', () => {
    link.connect();
    server.socket.accept();
    server.socket.drop(1013, 'try_later:full; retry_after_ms=9000');
    link.hurry();
    expect(server.sockets).toHaveLength(1);
  });

  it('[R22] waits no longer when the network is back', () => {
    link.connect();
    server.socket.accept();
    server.socket.drop(1006);
    link.hurry();
    expect(server.sockets).toHaveLength(2);
    link.hurry();
    expect(server.sockets).toHaveLength(2);
  });
});
