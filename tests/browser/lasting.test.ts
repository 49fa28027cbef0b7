// A page that stays open for long: what its recorder says does not grow with the keyframes it took,
// and what it holds does not grow with the frames that came and went. Against a server that only
// welcomes, so that a test can ask for keyframes as it likes. And of all that scrolls at once it tells.
import { readFileSync } from 'node:fs';
import { inflateRawSync } from 'node:zlib';
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode, ENVELOPE, EVENT, Reader } from '../../web/shared/msgpack.ts';
import {
  encodeServerMessage,
  recorderMessageOf,
  type ServerMessage,
} from '../../web/shared/wire.ts';
import { launch } from './harness/browser.ts';
import { eventually, pause } from './harness/eventually.ts';

const ORIGIN = 'http://lasting.test';
const RECORDER = new URL('../../web/dist/recorder/recorder.js', import.meta.url);
const LIMITS = {
  message_bytes_max: 1_048_576,
  batch_bytes_target: 65_536,
  batch_inflated_bytes_max: 1_048_576,
  event_bytes_max: 16_777_216,
  batch_ms: 50,
};
const WELCOME: ServerMessage = {
  kind: 'welcome',
  session_token: 'token',
  session: new Uint8Array(16),
  resumed: false,
  durable: [],
  ack_level: 'journal',
  credit_bytes: 1_048_576,
  limits: LIMITS,
  flags: [],
  heartbeat_ms: 20_000,
  server_time_ms: 1,
};

let browser: Browser;

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser?.close());

/** A recorded page, what it told, and a way to ask for a keyframe. */
class Visit {
  readonly told: string[] = [];
  private socket: WebSocketRoute | null = null;

  readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async of(body: string): Promise<Visit> {
    const visit = new Visit(await browser.newPage());
    const script = '<script src="/recorder.js" data-site="site"></script>';
    await visit.page.route(`${ORIGIN}/**`, (route) =>
      route.request().url().endsWith('/recorder.js')
        ? route.fulfill({ contentType: 'text/javascript', body: readFileSync(RECORDER) })
        : route.fulfill({ contentType: 'text/html', body: `<!doctype html>${script}${body}` }),
    );
    await visit.page.routeWebSocket(/\/v1\/record$/, (socket) => visit.welcome(socket));
    await visit.page.goto(ORIGIN);
    await eventually(() => visit.told.length > 0, 'the page is recorded');
    return visit;
  }

  async keyframe(): Promise<void> {
    this.say({ kind: 'keyframe', cause: 'staff' });
    await pause(100);
  }

  count(words: string): number {
    return this.told.filter((event) => event.includes(words)).length;
  }

  private say(message: ServerMessage): void {
    this.socket?.send(Buffer.from(encodeServerMessage(message)));
  }

  private welcome(socket: WebSocketRoute): void {
    this.socket = socket;
    socket.onMessage((data) => {
      const message = recorderMessageOf(decode(new Uint8Array(data as Buffer), ENVELOPE));
      if (message?.kind === 'hello') this.say(WELCOME);
      if (message && 'number' in message) {
        this.say({ kind: 'ack', up_to: message.number, beyond: [] });
      }
      if (message?.kind !== 'batch') return;
      const { encoding, payload } = message;
      const bytes = encoding === 'plain' ? payload : inflateRawSync(payload);
      const input = new Reader(Uint8Array.from(bytes), EVENT);
      while (!input.done) this.told.push(JSON.stringify(input.value()));
    });
  }
}

test('what happens in a frame is told once, however many keyframes there were', async () => {
  const visit = await Visit.of('<iframe srcdoc="<p>in a frame</p>"></iframe>');
  const { page } = visit;
  await pause(500);
  for (let taken = 0; taken < 5; taken += 1) await visit.keyframe();
  const inside = page.frameLocator('iframe');
  await inside.locator('p').evaluate((element) => element.setAttribute('title', 'changed'));
  await eventually(() => visit.count('"title":"changed"') > 0, 'the change is told');
  await page.locator('iframe').evaluate((frame: HTMLIFrameElement) => {
    frame.srcdoc = '<p>another page</p>';
  });
  await inside.getByText('another page').waitFor();
  await pause(1_000);
  expect(visit.count('"title":"changed"')).toBe(1);
  expect(visit.count('another page')).toBe(1);
  await page.close();
});

test('all that scrolls at once is told with its last position, though the page goes meanwhile', async () => {
  const box = (id: string) =>
    `<div id="${id}" style="height: 50px; overflow: auto"><p style="height: 9000px"></p></div>`;
  const visit = await Visit.of(`${box('one')}${box('two')}<div id="host"></div>`);
  const { page } = visit;
  await page.evaluate(
    (inside) => {
      const host = document.querySelector('#host');
      if (host) host.attachShadow({ mode: 'open' }).innerHTML = inside;
    },
    `${box('three')}${box('four')}`,
  );
  await pause(500);
  await page.evaluate(async () => {
    const shadow = document.querySelector('#host')?.shadowRoot;
    const boxes = [...document.querySelectorAll('div'), ...(shadow?.querySelectorAll('div') ?? [])];
    for (let step = 1; step <= 2; step += 1) {
      for (const [at, each] of boxes.entries()) each.scrollTop = 1000 * step + at;
      await new Promise(requestAnimationFrame);
      await new Promise(requestAnimationFrame);
    }
    dispatchEvent(new Event('pagehide'));
  });
  const last = [2000, 2001, 2003, 2004];
  const toldOf = () => last.filter((y) => visit.count(`"x":0,"y":${y}}`) === 1);
  await eventually(() => toldOf().length === last.length, 'each is told once');
  await page.close();
});

test('frames that go are let go', async () => {
  const { page } = await Visit.of('<p>a page</p>');
  const devTools = await page.context().newCDPSession(page);
  await devTools.send('Performance.enable');
  const documents = async () => {
    await devTools.send('HeapProfiler.collectGarbage');
    const { metrics } = await devTools.send('Performance.getMetrics');
    return metrics.find(({ name }) => name === 'Documents')?.value ?? Number.NaN;
  };
  const before = await documents();
  await page.evaluate(async () => {
    for (let count = 0; count < 60; count += 1) {
      const frame = document.createElement('iframe');
      document.body.append(frame);
      frame.contentDocument?.body.append('an advertisement');
      await new Promise((done) => setTimeout(done, 10));
      frame.remove();
    }
  });
  await pause(1_000);
  expect((await documents()) - before).toBeLessThan(10);
  await page.close();
});
