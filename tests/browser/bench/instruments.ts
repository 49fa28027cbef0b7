// What is read off a browser: when something stands on the screen, how long frames take, memory.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { answered } from '../harness/eventually.ts';

/** Of one turn of the wheel. */
const GESTURE_PX = 8_000;

/** Milliseconds since the page began to load; the clock of everything below. */
type Moment = { readonly what: string; readonly at: number };

declare global {
  interface Window {
    /** What the player's document said, and when staff pressed something. */
    moments: Moment[];
    /** How long each frame took. */
    frames_ms: number[];
  }
}

/** Keeps when what happened, from the page's beginning on. */
export async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.moments = [];
    const pressed = () => window.moments.push({ what: 'pressed', at: performance.now() });
    addEventListener('pointerdown', pressed, { capture: true });
    addEventListener('message', ({ data }) => {
      if (typeof data?.type !== 'string' || data.type === 'time') return;
      // Once it has been painted, too.
      requestAnimationFrame(() =>
        setTimeout(() => window.moments.push({ what: data.type, at: performance.now() })),
      );
    });
  });
}

/** When this happened first after `since`. */
export function said(page: Page, what: string, since: number): Promise<number> {
  return answered(
    async () => {
      const moments = await page.evaluate(() => window.moments);
      return moments.find((moment) => moment.what === what && moment.at > since)?.at ?? null;
    },
    `it is ${what}`,
    { within: 120_000, every: 20 },
  );
}

export function now(page: Page): Promise<number> {
  return page.evaluate(() => performance.now());
}

/** Runs in the page: the moment at which something of this selector has been painted. */
export function painted(selector: string): Promise<number> {
  return new Promise((done, failed) => {
    setTimeout(() => failed(new Error(`no ${selector}`)), 60_000);
    const look = () => {
      if (document.querySelector(selector) === null) return false;
      requestAnimationFrame(() => setTimeout(() => done(performance.now())));
      return true;
    };
    if (look()) return;
    const observer = new MutationObserver(() => {
      if (look()) observer.disconnect();
    });
    observer.observe(document, { childList: true, subtree: true });
  });
}

export type Frames = {
  readonly frames: number;
  readonly longest_ms: number;
  readonly over_50_ms: number;
};

/** The list, as far as it has been scrolled. */
const SCROLLER = '[aria-label="Sessions"]';

/** Turns the wheel over the list until so many rows have gone by, and watches every frame. */
export async function scrolled(page: Page, rows: number, rows_per_s: number): Promise<Frames> {
  const table = page.locator(SCROLLER);
  const row = await table.locator('[data-id]').first().boundingBox();
  if (row === null) throw new Error('no rows');
  const moved = () => table.evaluate((each) => each.getBoundingClientRect().top);
  const begin = await moved();
  await page.evaluate(() => {
    window.frames_ms = [];
    const frame = (last: number) => (at: number) => {
      window.frames_ms.push(at - last);
      requestAnimationFrame(frame(at));
    };
    requestAnimationFrame(frame(performance.now()));
  });
  const wheel = await page.context().newCDPSession(page);
  while (begin - (await moved()) < rows * row.height) {
    await wheel.send('Input.synthesizeScrollGesture', {
      x: row.x + row.width / 2,
      y: row.y + 200,
      yDistance: -GESTURE_PX,
      speed: rows_per_s * row.height,
      gestureSourceType: 'mouse',
    });
  }
  const times = await page.evaluate(() => window.frames_ms);
  return {
    frames: times.length,
    longest_ms: Math.max(...times),
    over_50_ms: times.filter((time) => time > 50).length,
  };
}

/** What a tab holds: the JavaScript heap after a collection, and the memory of its process. */
export class Memory {
  private readonly tab: CDPSession;
  private readonly browser: CDPSession;

  private constructor(tab: CDPSession, browser: CDPSession) {
    this.tab = tab;
    this.browser = browser;
  }

  static async of(browser: Browser, page: Page): Promise<Memory> {
    const tab = await page.context().newCDPSession(page);
    await tab.send('Performance.enable');
    return new Memory(tab, await browser.newBrowserCDPSession());
  }

  async heap_mb(): Promise<number> {
    await this.tab.send('HeapProfiler.collectGarbage');
    const { metrics } = await this.tab.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'JSHeapUsedSize')?.value ?? Number.NaN) / 1e6;
  }

  /** Of the largest renderer, which is the one with the recording. */
  async process_mb(): Promise<number> {
    const { processInfo } = await this.browser.send('SystemInfo.getProcessInfo');
    const sizes = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => rss(id));
    return Math.max(...sizes);
  }
}

function rss(process: number): number {
  const status = readFileSync(`/proc/${process}/status`, 'utf8');
  return (Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) * 1024) / 1e6;
}

/** What a page loads of scripts, styles and documents, gzipped, by name. */
export async function weighed(page: Page, url: string): Promise<Map<string, number>> {
  const weights = new Map<string, number>();
  const reading: Promise<void>[] = [];
  page.on('response', (response) => {
    const kind = response.request().resourceType();
    if (!/^(document|script|stylesheet|font|image)$/.test(kind)) return;
    if (!response.url().startsWith('http')) return;
    const name = new URL(response.url()).pathname;
    reading.push(
      response.body().then((body) => {
        weights.set(name, gzipSync(body).length / 1_000);
      }),
    );
  });
  await page.goto(url, { waitUntil: 'networkidle' });
  await Promise.all(reading);
  return weights;
}
