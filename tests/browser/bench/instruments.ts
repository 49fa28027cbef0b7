// What is read off a browser: when something stands on the screen, how long frames take, memory.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { answered } from '../harness/eventually.ts';

/** Milliseconds since the page began to load; the clock of everything below. */
type Moment = { readonly what: string; readonly at: number };

declare global {
  interface Window {
    /** What the player's document and the page around it said to each other. */
    moments: Moment[];
  }
}

/** Keeps when the player said what, from the page's beginning on. */
export async function listen(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.moments = [];
    addEventListener('message', ({ data }) => {
      if (typeof data?.type !== 'string' || data.type === 'time') return;
      // Once it has been painted, too.
      requestAnimationFrame(() =>
        setTimeout(() => window.moments.push({ what: data.type, at: performance.now() })),
      );
    });
  });
}

/** When this was said first after `since`. */
export function said(page: Page, what: string, since: number): Promise<number> {
  return answered(
    async () => {
      const moments = await page.evaluate(() => window.moments);
      return moments.find((moment) => moment.what === what && moment.at > since)?.at ?? null;
    },
    `the player says ${what}`,
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
  readonly rows: number;
  readonly frames: number;
  readonly longest_ms: number;
  readonly over_50_ms: number;
  readonly median_ms: number;
};

/** Runs in the page: scrolls the list down by so many rows, and watches every frame. */
export async function scrolled(rows: number): Promise<Frames> {
  const table = document.querySelector('[aria-label="Sessions"]');
  if (table === null) throw new Error('no list');
  const scroller = (): Element => {
    for (let box = table.parentElement; box !== null; box = box.parentElement) {
      const { overflowY } = getComputedStyle(box);
      if (/auto|scroll/.test(overflowY) && box.scrollHeight > box.clientHeight) return box;
    }
    return document.scrollingElement ?? document.body;
  };
  const box = scroller();
  const row = table.querySelector('[data-id]')?.getBoundingClientRect().height ?? 44;
  const begin = box.scrollTop;
  const times: number[] = [];
  let last = performance.now();
  while (box.scrollTop - begin < rows * row) {
    await new Promise(requestAnimationFrame);
    const at = performance.now();
    times.push(at - last);
    last = at;
    // As a wheel that is turned without a pause.
    box.scrollTop += 300;
  }
  times.sort((one, other) => one - other);
  return {
    rows,
    frames: times.length,
    longest_ms: times.at(-1) ?? 0,
    over_50_ms: times.filter((time) => time > 50).length,
    median_ms: times[Math.floor(times.length / 2)] ?? 0,
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
