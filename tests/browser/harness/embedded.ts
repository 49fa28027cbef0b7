// The player as it is built, in a page of its own, which says and hears its messages.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import type { FromPlayer, ToPlayer } from '../../../web/player/messages.ts';
import { launch } from './browser.ts';
import { eventually } from './eventually.ts';

const WEB = join(import.meta.dirname, '../../../web');
export const ORIGIN = 'http://player.test';
export const START = 1_800_000_000_000;
const POLICY = `default-src 'none'; script-src 'nonce-test'; style-src ${ORIGIN}/player-assets/ 'unsafe-inline'; img-src data: blob:; font-src data:; frame-ancestors ${ORIGIN}`;

export type Node = { readonly [name: string]: unknown };
export type Event = { readonly type: number; readonly timestamp: number; readonly data: unknown };

let browser: Browser;
export let page: Page;
let player: Frame;
export let asked: string[] = [];
export let errors: string[] = [];

export const el = (
  id: number,
  tagName: string,
  attributes: object = {},
  childNodes: Node[] = [],
) => ({
  type: 2,
  id,
  tagName,
  attributes,
  childNodes,
});
export const text = (id: number, textContent: string) => ({ type: 3, id, textContent });

export function pageOf(...inBody: Node[]): Node {
  const html = el(2, 'html', {}, [el(3, 'head'), el(4, 'body', {}, inBody)]);
  const doctype = { type: 1, id: 5, name: 'html', publicId: '', systemId: '' };
  return { type: 0, id: 1, childNodes: [doctype, html] };
}

export function keyframe(at: number, node: Node, href = 'https://shop.example/'): Event[] {
  return [
    { type: 4, timestamp: START + at, data: { href, width: 800, height: 500 } },
    {
      type: 2,
      timestamp: START + at + 3,
      data: { node, initialOffset: { left: 0, top: 0 } },
    },
  ];
}

export const incremental = (at: number, data: object): Event => ({
  type: 3,
  timestamp: START + at,
  data,
});
export const says = (at: number, id: number, value: string): Event =>
  incremental(at, { source: 0, texts: [{ id, value }], attributes: [], removes: [], adds: [] });

/** A page that counts seconds. */
export const counted = (seconds: number) => pageOf(el(10, 'p', {}, [text(11, String(seconds))]));
export const counts = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    says((from + index) * 1_000, 11, String(from + index)),
  );

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(() => page.close());

/** Opens the example page; without a recording nothing but `ready` has been said. */
export async function opened(recording: readonly Event[] | null = null): Promise<void> {
  page = await browser.newPage({ viewport: { width: 1_000, height: 700 } });
  [asked, errors] = [[], []];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/player') {
      const body = String(readFileSync(join(WEB, 'dist/player/index.html')))
        .replaceAll('__NONCE__', 'test')
        .replaceAll('__PARENT_ORIGIN__', ORIGIN);
      return route.fulfill({
        contentType: 'text/html',
        body,
        headers: { 'content-security-policy': POLICY },
      });
    }
    if (pathname === '/recording.json') return route.fulfill({ json: recording });
    if (pathname === '/') {
      const example = String(readFileSync(join(WEB, 'player/example.html')));
      const silent = '<!doctype html><iframe src="/player" width="960" height="600"></iframe>';
      return route.fulfill({ contentType: 'text/html', body: recording ? example : silent });
    }
    const name = basename(pathname);
    if (!readdirSync(join(WEB, 'dist/player')).includes(name))
      return route.fulfill({ status: 204 });
    const contentType = name.endsWith('.css') ? 'text/css' : 'text/javascript';
    return route.fulfill({ contentType, body: readFileSync(join(WEB, 'dist/player', name)) });
  });
  await page.addInitScript(() => {
    Object.assign(window, { said: [] });
    if (window === window.top) {
      addEventListener('message', ({ data }) =>
        (window as unknown as { said: unknown[] }).said.push(data),
      );
    }
  });
  await page.goto(ORIGIN);
  await eventually(
    async () => (await said()).some(({ type }) => type === 'ready'),
    'the player listens',
  );
  const found = page.frames().find((each) => each.url() === `${ORIGIN}/player`);
  if (!found) throw new Error('no player');
  player = found;
}

export function said(): Promise<FromPlayer[]> {
  return page.evaluate(() => (window as unknown as { said: FromPlayer[] }).said);
}

/** As JSON, since what nests deeply is too much for the browser's remote control. */
export async function tell(...messages: ToPlayer[]): Promise<void> {
  await page.evaluate((json) => {
    for (const message of JSON.parse(json)) window.frames[0]?.postMessage(message, '*');
  }, JSON.stringify(messages));
}

/** Says something and waits for the next message of a type. */
export async function answer<T extends FromPlayer['type']>(
  type: T,
  ...messages: ToPlayer[]
): Promise<Extract<FromPlayer, { type: T }>> {
  const before = (await said()).length;
  await tell(...messages);
  let found: FromPlayer | undefined;
  await eventually(async () => {
    found = (await said()).slice(before).find((each) => each.type === type);
    return found !== undefined;
  }, `the player answers with ${type}`);
  return found as Extract<FromPlayer, { type: T }>;
}

export const init: ToPlayer = { type: 'init', start_ms: START, speed: 1, skip_inactive: false };
export const open = (at_ms: number): ToPlayer => ({ type: 'open', at_ms });
export const events = (
  part: readonly unknown[],
  until_ms: number,
  more: { last?: boolean; seam?: boolean } = {},
): ToPlayer => ({ type: 'events', events: part, until_ms, last: true, seam: false, ...more });
export const seek = (at_ms: number): ToPlayer => ({ type: 'seek', at_ms });

/** Runs in the player's document. */
export function shown<T>(look: (page: Document) => T): Promise<T> {
  return player.evaluate(
    `(${look})(document.querySelector('.replayer-wrapper iframe').contentDocument)`,
  ) as Promise<T>;
}
export const words = () => shown((of) => of.body.textContent?.trim());
