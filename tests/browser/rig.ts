// A page that shows how lists of events end, in the player as it is built. It takes the place of the
// dashboard, so that a hundred replays need neither a server nor a hundred sessions.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, Page, Route } from 'playwright-core';
import type { FromPlayer, ToPlayer } from '../../web/player/messages.ts';
import { look, type Root } from './compare.ts';
import type { Event } from './harness/recording.ts';

const PLAYER = join(import.meta.dirname, '../../web/dist/player');
const ORIGIN = 'http://rig.test';

export class Rig {
  private readonly page: Page;

  private constructor(page: Page) {
    this.page = page;
  }

  static async open(browser: Browser): Promise<Rig> {
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } });
    await page.route(`${ORIGIN}/**`, server());
    await page.goto(ORIGIN);
    return new Rig(page);
  }

  close(): Promise<void> {
    return this.page.close();
  }

  /** How these events end. */
  async end(events: readonly Event[]): Promise<Root> {
    await this.page.evaluate(play, events as readonly { timestamp: number }[]);
    const player = await (await this.page.$('iframe'))?.contentFrame();
    if (!player) throw new Error('no player');
    return player.evaluate(look, '.replayer-wrapper iframe');
  }
}

/** Answers with the files of the player as they are now: a build meanwhile changes nothing. */
function server(): (route: Route) => Promise<void> {
  const files = new Map(
    readdirSync(PLAYER).map((name) => [name, readFileSync(join(PLAYER, name))] as const),
  );
  const html = String(files.get('index.html'))
    .replaceAll('__NONCE__', 'rig')
    .replaceAll('__PARENT_ORIGIN__', ORIGIN);
  return (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/')
      return route.fulfill({ contentType: 'text/html', body: '<!doctype html>' });
    if (pathname === '/player') return route.fulfill({ contentType: 'text/html', body: html });
    const name = basename(pathname);
    const contentType = name.endsWith('.css') ? 'text/css' : 'text/javascript';
    return route.fulfill({ contentType, body: files.get(name) ?? '' });
  };
}

/** Runs in the page around the player: a new player, which goes to the end at once. */
function play(events: readonly { timestamp: number }[]): Promise<void> {
  return new Promise((done, failed) => {
    const times = events.map(({ timestamp }) => timestamp);
    const start_ms = Math.min(...times);
    const until_ms = Math.max(...times) - start_ms;
    const frame = document.createElement('iframe');
    frame.width = '1100';
    frame.height = '800';
    frame.src = '/player';
    const send = (message: ToPlayer) => frame.contentWindow?.postMessage(message, '*');
    const hear = ({ data, source }: MessageEvent<FromPlayer>) => {
      if (source !== frame.contentWindow) return;
      if (data.type === 'ready') {
        const settings = { duration_ms: until_ms, speed: 1, skip_inactive: false };
        send({ type: 'init', start_ms, ...settings });
        send({ type: 'open', at_ms: until_ms });
        send({ type: 'events', events, until_ms, last: true, seam: false });
      } else if (data.type === 'problem') failed(new Error(data.text));
      else if (data.type === 'landed') {
        removeEventListener('message', hear);
        done();
      }
    };
    addEventListener('message', hear);
    document.body.replaceChildren(frame);
  });
}
