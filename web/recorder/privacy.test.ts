// @vitest-environment happy-dom

import { beforeEach, describe, expect, it, vi } from 'vitest';
import { intervals } from '../shared/settings.ts';
import type { ServerMessages } from '../shared/wire.ts';
import { fake } from './testing/capture.ts';
import { change } from './testing/events.ts';
import { TestPage } from './testing/page.ts';

vi.mock('./capture.ts', () => import('./testing/capture.ts'));

const POLICY: ServerMessages['policy'] = {
  kind: 'policy',
  policy_hash: new Uint8Array(8).fill(7),
  mask_selectors: ['.private'],
  block_selectors: [],
  keep_query: false,
};

let page: TestPage;

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  page = new TestPage();
});

describe('recorder and privacy', () => {
  it('[R8] lets nothing out before it is clear that the site has no policy', async () => {
    page.server.socket.accept();
    await page.clock.pass(intervals.batch_ms);
    expect(page.server.socket.kinds()).toEqual(['hello', 'page', 'batch']);
    page = new TestPage(page.clock);
    page.server.socket.accept();
    await page.clock.pass(199);
    expect(page.server.socket.kinds()).toEqual(['hello']);
  });

  it('[R8] forgets what was recorded before the policy came', async () => {
    fake.on?.event(change({ text: 'recorded without policy' }));
    page.server.socket.accept();
    page.server.socket.say(POLICY);
    await page.clock.pass(intervals.batch_ms);
    expect(fake.policy).toMatchObject({ mask: ['.private'] });
    expect(page.server.socket.heard.slice(1)).toMatchObject([
      { kind: 'page', number: 1 },
      { kind: 'batch', number: 2, events: 2, flags: 1 },
    ]);
  });

  it('[R8] remembers the policy for the next page and begins anew when it changes', async () => {
    page.server.socket.accept();
    page.server.socket.say(POLICY);
    page = new TestPage(page.clock);
    page.server.socket.accept();
    await page.clock.pass(intervals.batch_ms);
    expect(page.hello().policy_hash).toEqual(POLICY.policy_hash);
    expect(fake.policy).toMatchObject({ mask: ['.private'] });
    fake.log = [];
    page.server.socket.say({
      ...POLICY,
      policy_hash: new Uint8Array(8).fill(8),
      block_selectors: ['p'],
    });
    expect(fake.log).toEqual(['start', 'keyframe']);
    fake.log = [];
    page.server.socket.say({
      ...POLICY,
      policy_hash: new Uint8Array(8).fill(9),
      block_selectors: ['p'],
    });
    expect(fake.log).toEqual([]);
  });

  it('[R9] [R15] says in a gap what could not be scrubbed', async () => {
    await page.welcome();
    fake.on?.failed(false);
    expect(page.server.socket.heard.at(-1)).toMatchObject({
      kind: 'gap',
      cause: 'too_large',
      events: 1,
    });
  });

  it('[R10] records nothing before consent where that is required', async () => {
    localStorage.clear();
    page = new TestPage(page.clock, true);
    page.recorder.identify('u', {});
    expect([fake.log, page.server.sockets, localStorage.length]).toEqual([[], [], 0]);
    page.recorder.setConsent(true);
    await page.welcome();
    expect(page.hello().consent).toBe('granted');
    expect(page.server.socket.kinds()).toEqual(['hello', 'page', 'identify', 'batch']);
  });

  it('[R10] records nothing after consent is withdrawn, until it is given again', async () => {
    await page.welcome({ session_token: 'old' });
    page.recorder.setConsent(false);
    expect(page.server.socket.heard.slice(-2)).toMatchObject([
      { kind: 'consent', consent: 'denied' },
      { kind: 'end', cause: 'consent_withdrawn' },
    ]);
    const { visitor } = page.hello();
    page.recorder.start();
    page = new TestPage(page.clock);
    expect(page.server.sockets).toHaveLength(0);
    page.recorder.setConsent(true);
    await page.welcome();
    expect(page.hello()).toMatchObject({ session_token: null, consent: 'granted' });
    expect(page.hello().visitor).not.toEqual(visitor);
    page = new TestPage(page.clock);
    expect(page.server.sockets).toHaveLength(1);
  });

  it.each(['this', 'the next'])(
    '[R10] names no page of before the refusal when consent is given again on %s page',
    async (where) => {
      await page.welcome();
      if (where === 'the next') {
        page.recorder.pageHide();
        page = new TestPage(page.clock, true);
      }
      page.recorder.setConsent(false);
      page.recorder.setConsent(true);
      page.server.socket.open();
      expect(page.hello()).toMatchObject({ session_token: null, navigated_from: null });
    },
  );

  it('[R32] tells each new stream of the page who the visitor is', async () => {
    page.recorder.identify('user 1', { plan: 'pro', age: 7 });
    page.recorder.tag('a', '1');
    page.recorder.tag('a', '2');
    page.recorder.tag('b'.repeat(500), '\0');
    await page.welcome();
    page.recorder.stop();
    page.recorder.start();
    await page.welcome();
    expect(page.server.socket.heard.slice(2, 5)).toMatchObject([
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

  it('[R33] works without storage', async () => {
    const forbidden = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    vi.spyOn(Storage.prototype, 'getItem').mockImplementation(forbidden);
    vi.spyOn(Storage.prototype, 'setItem').mockImplementation(forbidden);
    page = new TestPage(page.clock);
    await page.welcome();
    page.recorder.pageHide();
    vi.restoreAllMocks();
    expect(page.server.socket.kinds()).toEqual(['hello', 'page', 'batch', 'end']);
  });
});
