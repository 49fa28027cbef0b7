// @vitest-environment happy-dom
import { EventType } from '@rrweb/types';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { intervals } from '../shared/settings.ts';
import type { RecorderMessages, ServerMessages } from '../shared/wire.ts';
import type { CaptureEvents } from './capture.ts';
import { Recorder } from './recorder.ts';
import type { Policy } from './tab.ts';
import { TestClock } from './testing/clock.ts';
import { change, event, meta, snapshot } from './testing/events.ts';
import { TestServer } from './testing/server.ts';

/** Stands for rrweb: a keyframe is a meta event and a snapshot. */
const fake = vi.hoisted(() => ({
  on: null as CaptureEvents | null,
  log: [] as string[],
  policy: null as Policy | null,
}));

vi.mock('./capture.ts', () => ({
  Capture: class {
    constructor(_clock: unknown, on: CaptureEvents) {
      fake.on = on;
    }
    start(policy: Policy): void {
      fake.policy = policy;
      fake.log.push('start');
      this.keyframe();
    }
    stop(): void {
      fake.log.push('stop');
    }
    keyframe(): void {
      fake.log.push('keyframe');
      fake.on?.event(meta());
      fake.on?.event(snapshot());
    }
    slowMouse(ms: number): void {
      fake.log.push(`mouse ${ms}`);
    }
  },
}));

const POLICY: ServerMessages['policy'] = {
  kind: 'policy',
  policy_hash: new Uint8Array(8).fill(7),
  mask_selectors: ['.private'],
  block_selectors: [],
  keep_query: false,
};

let clock: TestClock;
let server: TestServer;
let recorder: Recorder;

function load(consentRequired = false): void {
  fake.log = [];
  server = new TestServer();
  const options = { siteKey: 'site', origin: 'https://footage.example', consentRequired };
  recorder = new Recorder(options, clock, server);
  recorder.start();
}

function hello(): RecorderMessages['hello'] {
  const [first] = server.socket.heard;
  if (first?.kind !== 'hello') throw new Error('no hello');
  return first;
}

/** Lets batches go, compressed or not. */
async function flush(): Promise<void> {
  await clock.pass(intervals.batch_ms);
}

async function welcomed(change_: Partial<ServerMessages['welcome']> = {}): Promise<void> {
  server.socket.accept(change_);
  await clock.pass(200);
  await flush();
}

beforeEach(() => {
  clock = new TestClock();
  sessionStorage.clear();
  localStorage.clear();
  load();
});

describe('recorder', () => {
  it('[R16] begins with the page, then a keyframe', async () => {
    await welcomed();
    expect(hello()).toMatchObject({
      session_token: null,
      navigated_from: null,
      consent: 'unknown',
    });
    expect(server.socket.heard.slice(1)).toMatchObject([
      { kind: 'page', number: 1, cause: 'load' },
      { kind: 'batch', number: 2, flags: 1, events: 2 },
    ]);
  });

  it('[R27] keeps the session over pages, and names the page it came from once', async () => {
    await welcomed({ session_token: 'token-a' });
    const first = hello();
    recorder.pageHide();
    load();
    server.socket.open();
    expect(hello()).toMatchObject({ session_token: 'token-a', navigated_from: first.stream });
    expect(hello().stream).not.toEqual(first.stream);
    expect(hello().visitor).toEqual(first.visitor);
    load();
    server.socket.open();
    expect(hello()).toMatchObject({ session_token: 'token-a', navigated_from: null });
  });

  it('[R27] tells a duplicated tab nothing of the page it was copied from', async () => {
    await welcomed({ session_token: 'token-a' });
    load();
    server.socket.open();
    expect(hello().navigated_from).toBeNull();
  });

  it('[R28] goes to another session when nothing of the stream was sent', async () => {
    sessionStorage.setItem('footage.tab.site', '{"token":"old"}');
    load();
    await welcomed({ session_token: 'new' });
    expect(server.sockets).toHaveLength(1);
    expect(server.socket.numbers()).toEqual([1, 2]);
    load();
    server.socket.open();
    expect(hello().session_token).toBe('new');
  });

  it('[R28] begins a new stream when the old session has some of it already', async () => {
    await welcomed({ session_token: 'old' });
    const first = hello();
    recorder.tag('k', 'v');
    fake.on?.event(change());
    server.socket.drop(1006);
    await clock.pass(intervals.reconnect_min_ms);
    server.socket.accept({ session_token: 'new' });
    expect(server.lastPost.messages[0]).toMatchObject({
      kind: 'hello',
      session_token: 'old',
      stream: first.stream,
    });
    expect(server.lastPost.messages.map(({ kind }) => kind)).toEqual([
      'hello',
      'page',
      'batch',
      'tag',
      'batch',
    ]);
    expect(server.sockets).toHaveLength(3);
    await welcomed({ session_token: 'new', resumed: true });
    expect(hello()).toMatchObject({ session_token: 'new', navigated_from: null });
    expect(hello().stream).not.toEqual(first.stream);
    expect(server.socket.kinds()).toEqual(['hello', 'page', 'tag', 'batch']);
    expect(server.socket.heard[3]).toMatchObject({ number: 3, flags: 1 });
  });

  it('[R28] stays with its stream when the session is resumed', async () => {
    await welcomed({ session_token: 'token-a' });
    server.socket.drop(1006);
    await clock.pass(intervals.reconnect_min_ms);
    await welcomed({ session_token: 'token-a', resumed: true });
    expect(server.posts).toHaveLength(0);
    expect(server.sockets).toHaveLength(2);
  });

  it('[R29] begins a new session after a long quiet, and not while something is held', async () => {
    await welcomed({ session_token: 'old' });
    const first = hello();
    clock.time += intervals.session_idle_ms;
    fake.on?.event(change());
    expect(server.sockets).toHaveLength(1);
    await flush();
    server.socket.say({ kind: 'ack', up_to: 9, beyond: [] });
    clock.time += intervals.session_idle_ms;
    fake.log = [];
    fake.on?.event(change());
    expect(fake.log).toEqual(['keyframe']);
    await welcomed({ session_token: 'new' });
    expect(hello()).toMatchObject({ session_token: null, navigated_from: null });
    expect(hello().stream).not.toEqual(first.stream);
    expect(server.socket.numbers()).toEqual([1, 2]);
  });

  it('[R29] rests its socket in the quiet and comes back with the next event', async () => {
    await welcomed({ session_token: 'old' });
    server.socket.say({ kind: 'ack', up_to: 9, beyond: [] });
    clock.time += intervals.session_idle_ms;
    await clock.pass(intervals.heartbeat_ms);
    expect(server.socket.closedWith).toBe(1000);
    fake.on?.event(change());
    expect(server.sockets).toHaveLength(2);
  });

  it('[R30] begins a new stream when the page comes back from the cache', async () => {
    await welcomed({ session_token: 'token-a' });
    const first = hello();
    recorder.pageHide();
    fake.on?.event(change());
    recorder.pageShow();
    await welcomed({ session_token: 'token-a', resumed: true });
    expect(hello()).toMatchObject({ session_token: 'token-a', navigated_from: first.stream });
    expect(hello().stream).not.toEqual(first.stream);
    expect(server.socket.numbers()).toEqual([1, 2]);
  });

  it('[R25] ends the stream as the page goes, by socket and by POST', async () => {
    await welcomed();
    fake.on?.event(change());
    recorder.pageHide();
    expect(server.socket.kinds().slice(-2)).toEqual(['batch', 'end']);
    expect(server.socket.heard.at(-1)).toMatchObject({ cause: 'page_hidden' });
    expect(server.lastPosts[0]?.at(-1)).toMatchObject({ kind: 'end', cause: 'page_hidden' });
  });

  it('[R25] sends what waits when the page is hidden', async () => {
    await welcomed();
    fake.on?.event(change({ text: 'x'.repeat(5000) }));
    recorder.hidden();
    expect(server.socket.heard.at(-1)).toMatchObject({ kind: 'batch', encoding: 'plain' });
  });

  it('[R8] lets nothing out before it is clear that the site has no policy', async () => {
    server.socket.accept();
    await flush();
    expect(server.socket.kinds()).toEqual(['hello', 'page', 'batch']);
    load();
    server.socket.accept();
    await clock.pass(199);
    expect(server.socket.kinds()).toEqual(['hello']);
  });

  it('[R8] forgets what was recorded before the policy came', async () => {
    fake.on?.event(change({ text: 'recorded without policy' }));
    server.socket.accept();
    server.socket.say(POLICY);
    await flush();
    expect(fake.policy).toMatchObject({ mask: ['.private'] });
    expect(server.socket.heard.slice(1)).toMatchObject([
      { kind: 'page', number: 1 },
      { kind: 'batch', number: 2, events: 2, flags: 1 },
    ]);
  });

  it('[R8] remembers the policy for the next page and begins anew when it changes', async () => {
    server.socket.accept();
    server.socket.say(POLICY);
    load();
    server.socket.accept();
    await flush();
    expect(hello().policy_hash).toEqual(POLICY.policy_hash);
    expect(fake.policy).toMatchObject({ mask: ['.private'] });
    fake.log = [];
    server.socket.say({
      ...POLICY,
      policy_hash: new Uint8Array(8).fill(8),
      block_selectors: ['p'],
    });
    expect(fake.log).toEqual(['start', 'keyframe']);
    fake.log = [];
    server.socket.say({
      ...POLICY,
      policy_hash: new Uint8Array(8).fill(9),
      block_selectors: ['p'],
    });
    expect(fake.log).toEqual([]);
  });

  it('[R9] [R15] says in a gap what could not be scrubbed', async () => {
    await welcomed();
    fake.on?.failed(false);
    expect(server.socket.heard.at(-1)).toMatchObject({
      kind: 'gap',
      cause: 'too_large',
      events: 1,
    });
  });

  it('[R10] records nothing before consent where that is required', async () => {
    load(true);
    recorder.identify('u', {});
    expect([fake.log, server.sockets]).toEqual([[], []]);
    recorder.setConsent(true);
    await welcomed();
    expect(hello().consent).toBe('granted');
    expect(server.socket.kinds()).toEqual(['hello', 'page', 'identify', 'batch']);
  });

  it('[R10] records nothing after consent is withdrawn, until it is given again', async () => {
    await welcomed({ session_token: 'old' });
    recorder.setConsent(false);
    expect(server.socket.heard.slice(-2)).toMatchObject([
      { kind: 'consent', consent: 'denied' },
      { kind: 'end', cause: 'consent_withdrawn' },
    ]);
    recorder.start();
    load();
    expect(server.sockets).toHaveLength(0);
    recorder.setConsent(true);
    await welcomed();
    expect(hello()).toMatchObject({ session_token: null, consent: 'granted' });
    load();
    expect(server.sockets).toHaveLength(1);
  });

  it('[R32] tells each new stream of the page who the visitor is', async () => {
    recorder.identify('user 1', { plan: 'pro', age: 7 });
    recorder.tag('a', '1');
    recorder.tag('a', '2');
    recorder.tag('b'.repeat(500), '\0');
    await welcomed();
    recorder.stop();
    recorder.start();
    await welcomed();
    expect(server.socket.heard.slice(2, 5)).toMatchObject([
      {
        kind: 'identify',
        user: 'user 1',
        traits: [
          { key: 'plan', value: 'pro' },
          { key: 'age', value: '7' },
        ],
      },
      { kind: 'tag', key: 'a', value: '2' },
      { kind: 'tag', key: 'b'.repeat(128), value: '' },
    ]);
  });

  it('[R22] stops for the page when the server refuses, and starts anew on the next', async () => {
    await welcomed({ session_token: 'old' });
    server.socket.drop(4412, 'over');
    expect(fake.log.at(-1)).toBe('stop');
    recorder.start();
    fake.on?.event(change());
    recorder.pageHide();
    await clock.pass(intervals.reconnect_max_ms);
    expect(server.sockets).toHaveLength(1);
    load();
    server.socket.open();
    expect(hello().session_token).toBeNull();
  });

  it('[R22] leaves the session to the socket that took the stream over', async () => {
    await welcomed({ session_token: 'shared' });
    server.socket.drop(4409);
    load();
    server.socket.open();
    expect(hello().session_token).toBe('shared');
  });

  it('[R26] follows the server', async () => {
    await welcomed();
    fake.log = [];
    server.socket.say({ kind: 'keyframe', cause: 'staff' });
    server.socket.say({ kind: 'slow_down', batch_ms: 5000, mouse_ms: 200 });
    server.socket.say({ kind: 'ack_level', ack_level: 'postgres' });
    expect(fake.log).toEqual(['keyframe', 'mouse 200']);
    recorder.hidden();
    const { length } = server.socket.heard;
    fake.on?.event(change());
    await clock.pass(4999);
    expect(server.socket.heard).toHaveLength(length);
    await clock.pass(1);
    expect(server.socket.heard).toHaveLength(length + 1);
  });

  it('[R14] counts errors of the page', async () => {
    await welcomed();
    recorder.error();
    fake.on?.event(event(EventType.Custom, {}));
    recorder.hidden();
    expect(server.socket.heard.at(-1)).toMatchObject({ kind: 'batch', errors: 1 });
  });

  it('[R31] tells where the visitor goes', async () => {
    await welcomed();
    recorder.moved('push');
    expect(server.socket.heard.at(-1)).toMatchObject({ kind: 'page', cause: 'push' });
  });

  it('[R33] works without storage', async () => {
    const forbidden = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(forbidden);
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(forbidden);
    load();
    await welcomed();
    recorder.pageHide();
    vi.restoreAllMocks();
    expect(server.socket.kinds()).toEqual(['hello', 'page', 'batch', 'end']);
  });
});
