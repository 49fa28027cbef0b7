// @vitest-environment happy-dom

import { EventType } from '@rrweb/types';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { intervals } from '../shared/settings.ts';
import { fake } from './testing/capture.ts';
import { change, event } from './testing/events.ts';
import { TestPage } from './testing/page.ts';

vi.mock('./capture.ts', () => import('./testing/capture.ts'));

let page: TestPage;

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  page = new TestPage();
});

describe('recorder', () => {
  it('[R16] begins with the page, then a keyframe', async () => {
    await page.welcome();
    expect(page.hello()).toMatchObject({
      session_token: null,
      navigated_from: null,
      consent: 'unknown',
    });
    expect(page.server.socket.heard.slice(1)).toMatchObject([
      { kind: 'page', number: 1, cause: 'load' },
      { kind: 'batch', number: 2, flags: 1, events: 2 },
    ]);
  });

  it('[R27] keeps the session over pages, and names the page it came from once', async () => {
    await page.welcome({ session_token: 'token-a' });
    const first = page.hello();
    page.recorder.pageHide();
    page = new TestPage(page.clock);
    page.server.socket.open();
    expect(page.hello()).toMatchObject({ session_token: 'token-a', navigated_from: first.stream });
    expect(page.hello().stream).not.toEqual(first.stream);
    expect(page.hello().visitor).toEqual(first.visitor);
    page = new TestPage(page.clock);
    page.server.socket.open();
    expect(page.hello()).toMatchObject({ session_token: 'token-a', navigated_from: null });
  });

  it('[R27] [R28] stays in the session of a page that was left before its first welcome', async () => {
    page.server.socket.open();
    const first = page.hello();
    page.recorder.pageHide();
    expect(page.server.lastPosts[0]?.[0]).toMatchObject({ kind: 'hello', stream: first.stream });
    page = new TestPage(page.clock);
    await page.welcome({ session_token: 'token-a', resumed: true });
    expect(page.hello()).toMatchObject({ session_token: null, navigated_from: first.stream });
    expect(page.server.sockets).toHaveLength(1);
    expect(page.server.posts).toHaveLength(0);
    expect(page.server.socket.numbers()).toEqual([1, 2]);
    page.recorder.pageHide();
    page = new TestPage(page.clock);
    page.server.socket.open();
    expect(page.hello().session_token).toBe('token-a');
  });

  it('[R27] tells a duplicated tab nothing of the page it was copied from', async () => {
    await page.welcome({ session_token: 'token-a' });
    page = new TestPage(page.clock);
    page.server.socket.open();
    expect(page.hello().navigated_from).toBeNull();
  });

  it('[R28] goes to another session when nothing of the stream was sent', async () => {
    sessionStorage.setItem('footage.tab.site', '{"token":"old"}');
    page = new TestPage(page.clock);
    await page.welcome({ session_token: 'new' });
    expect(page.server.sockets).toHaveLength(1);
    expect(page.server.socket.numbers()).toEqual([1, 2]);
    page = new TestPage(page.clock);
    page.server.socket.open();
    expect(page.hello().session_token).toBe('new');
  });

  it('[R28] begins a new stream when the old session has some of it already', async () => {
    await page.welcome({ session_token: 'old' });
    const first = page.hello();
    page.recorder.tag('k', 'v');
    fake.on?.event(change());
    await page.reconnect();
    page.server.socket.accept({ session_token: 'new' });
    expect(page.server.lastPost.messages[0]).toMatchObject({
      kind: 'hello',
      session_token: 'old',
      stream: first.stream,
    });
    expect(page.server.lastPost.messages.map(({ kind }) => kind)).toEqual([
      'hello',
      'page',
      'batch',
      'tag',
      'batch',
    ]);
    expect(page.server.sockets).toHaveLength(3);
    await page.welcome({ session_token: 'new', resumed: true });
    expect(page.hello()).toMatchObject({ session_token: 'new', navigated_from: null });
    expect(page.hello().stream).not.toEqual(first.stream);
    expect(page.server.socket.kinds()).toEqual(['hello', 'page', 'tag', 'batch']);
    expect(page.server.socket.heard[3]).toMatchObject({ number: 3, flags: 1 });
  });

  it('[R28] stays with its stream when the session is resumed', async () => {
    await page.welcome({ session_token: 'token-a' });
    await page.reconnect();
    await page.welcome({ session_token: 'token-a', resumed: true });
    expect(page.server.posts).toHaveLength(0);
    expect(page.server.sockets).toHaveLength(2);
  });

  it('[R29] begins a new session after a long quiet, and not while something is held', async () => {
    await page.welcome({ session_token: 'old' });
    const first = page.hello();
    page.clock.time += intervals.session_idle_ms;
    fake.on?.event(change());
    expect(page.server.sockets).toHaveLength(1);
    await page.clock.pass(intervals.batch_ms);
    page.server.socket.say({ kind: 'ack', up_to: 9, beyond: [] });
    page.clock.time += intervals.session_idle_ms;
    fake.log = [];
    fake.on?.event(change());
    expect(fake.log).toEqual(['keyframe']);
    await page.welcome({ session_token: 'new' });
    expect(page.hello()).toMatchObject({ session_token: null, navigated_from: null });
    expect(page.hello().stream).not.toEqual(first.stream);
    expect(page.server.socket.numbers()).toEqual([1, 2]);
  });

  it('[R29] rests its socket in the quiet and comes back with the next event', async () => {
    await page.welcome({ session_token: 'old' });
    page.server.socket.say({ kind: 'ack', up_to: 9, beyond: [] });
    page.clock.time += intervals.session_idle_ms;
    await page.clock.pass(intervals.heartbeat_ms);
    expect(page.server.socket.closedWith).toBe(1000);
    fake.on?.event(change());
    expect(page.server.sockets).toHaveLength(2);
  });

  it.each(['a tag', 'a page', 'an end'])(
    '[R29] after the quiet, %s is nothing of the old session',
    async (what) => {
      await page.welcome({ session_token: 'old' });
      page.server.socket.say({ kind: 'ack', up_to: 9, beyond: [] });
      page.clock.time += intervals.session_idle_ms;
      if (what === 'a tag') page.recorder.tag('k', 'v');
      else if (what === 'a page') page.recorder.moved('push');
      else page.recorder.pageHide();
      expect(page.server.lastPosts).toEqual([]);
      expect(page.server.sockets).toHaveLength(what === 'an end' ? 1 : 2);
      page = new TestPage(page.clock);
      page.server.socket.open();
      expect(page.hello()).toMatchObject({ session_token: null, navigated_from: null });
    },
  );

  it('[R30] begins a new stream when the page comes back from the cache', async () => {
    await page.welcome({ session_token: 'token-a' });
    const first = page.hello();
    page.recorder.pageHide();
    fake.on?.event(change());
    page.recorder.pageShow();
    await page.welcome({ session_token: 'token-a', resumed: true });
    expect(page.hello()).toMatchObject({ session_token: 'token-a', navigated_from: first.stream });
    expect(page.hello().stream).not.toEqual(first.stream);
    expect(page.server.socket.numbers()).toEqual([1, 2]);
  });

  it('[R25] ends the stream as the page goes, by socket and by POST', async () => {
    await page.welcome();
    fake.on?.event(change());
    page.recorder.pageHide();
    expect(page.server.socket.kinds().slice(-2)).toEqual(['batch', 'end']);
    expect(page.server.socket.heard.at(-1)).toMatchObject({ cause: 'page_hidden' });
    expect(page.server.lastPosts[0]?.at(-1)).toMatchObject({ kind: 'end', cause: 'page_hidden' });
  });

  it.each(['pageHide', 'hidden', 'stop'] as const)(
    '[R25] [R37] sends what is not told yet at %s',
    async (leave) => {
      await page.welcome();
      fake.waiting = () => fake.on?.event(change());
      page.recorder[leave]();
      const batch = page.server.socket.heard.findLast(({ kind }) => kind === 'batch');
      expect(batch).toMatchObject({ events: 1, flags: 0 });
    },
  );

  it('[R29] tells nothing more at the end of a page that was quiet', async () => {
    await page.welcome();
    page.server.socket.say({ kind: 'ack', up_to: 9, beyond: [] });
    page.clock.time += intervals.session_idle_ms;
    fake.log = [];
    page.recorder.pageHide();
    expect(fake.log).toEqual(['stop']);
  });

  it('[R25] sends what waits when the page is hidden', async () => {
    await page.welcome();
    fake.on?.event(change({ text: 'x'.repeat(5000) }));
    page.recorder.hidden();
    expect(page.server.socket.heard.at(-1)).toMatchObject({ kind: 'batch', encoding: 'plain' });
  });

  it('[R22] stops for the page when the server refuses, and starts anew on the next', async () => {
    await page.welcome({ session_token: 'old' });
    page.server.socket.drop(4412, 'over');
    expect(fake.log.at(-1)).toBe('stop');
    page.recorder.start();
    fake.on?.event(change());
    page.recorder.pageHide();
    await page.clock.pass(intervals.reconnect_max_ms);
    expect(page.server.sockets).toHaveLength(1);
    page = new TestPage(page.clock);
    page.server.socket.open();
    expect(page.hello().session_token).toBeNull();
  });

  it('[R22] leaves the session to the socket that took the stream over', async () => {
    await page.welcome({ session_token: 'shared' });
    page.server.socket.drop(4409);
    page = new TestPage(page.clock);
    page.server.socket.open();
    expect(page.hello().session_token).toBe('shared');
  });

  it('[R26] follows the server', async () => {
    await page.welcome();
    fake.log = [];
    page.server.socket.say({ kind: 'keyframe', cause: 'staff' });
    page.server.socket.say({ kind: 'slow_down', batch_ms: 5000, mouse_ms: 200 });
    page.server.socket.say({ kind: 'ack_level', ack_level: 'postgres' });
    expect(fake.log).toEqual(['keyframe', 'mouse 200']);
    page.recorder.hidden();
    const { length } = page.server.socket.heard;
    fake.on?.event(change());
    await page.clock.pass(4999);
    expect(page.server.socket.heard).toHaveLength(length);
    await page.clock.pass(1);
    expect(page.server.socket.heard).toHaveLength(length + 1);
  });

  it('[R13] [R26] begins a marked batch with a keyframe it was asked for', async () => {
    await page.welcome();
    fake.on?.event(change());
    page.server.socket.say({ kind: 'keyframe', cause: 'tail_too_large' });
    await page.clock.pass(intervals.batch_ms);
    expect(page.server.socket.heard.slice(-2)).toMatchObject([
      { kind: 'batch', flags: 0, events: 1 },
      { kind: 'batch', flags: 1, events: 2 },
    ]);
  });

  it('[R14] counts errors of the page', async () => {
    await page.welcome();
    page.recorder.error();
    fake.on?.event(event(EventType.Custom, {}));
    page.recorder.hidden();
    expect(page.server.socket.heard.at(-1)).toMatchObject({ kind: 'batch', errors: 1 });
  });

  it('[R31] tells where the visitor goes', async () => {
    await page.welcome();
    page.recorder.moved('push');
    expect(page.server.socket.heard.at(-1)).toMatchObject({ kind: 'page', cause: 'push' });
  });
});
