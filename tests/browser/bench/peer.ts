// The ceiling: rrweb's own Replayer, given the whole recording at once, as peers give it. Nothing is
// cleaned, nothing is streamed.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import type { Recording } from '../harness/recording.ts';

const RRWEB = join(import.meta.dirname, '../../../web/node_modules/@rrweb/replay/dist');

export type Peer = { readonly first_frame_ms: number; readonly seeks_ms: readonly number[] };

/** Fetches, parses and shows a recording, then seeks to these places. */
export async function peer(
  browser: Browser,
  { pages }: Recording,
  places: readonly number[],
): Promise<Peer> {
  const events = pages.flatMap((page) => page.events);
  const json = gzipSync(JSON.stringify(events), { level: 1 });
  const script = readFileSync(join(RRWEB, 'replay.umd.min.cjs'));
  const server = createServer(({ url }, answer) => {
    if (url === '/replay.js') answer.setHeader('content-type', 'text/javascript').end(script);
    else if (url === '/events') answer.setHeader('content-encoding', 'gzip').end(json);
    else answer.setHeader('content-type', 'text/html').end(HTML);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.goto(`http://127.0.0.1:${port}/`, { waitUntil: 'commit' });
  await page.waitForFunction('window.shown !== undefined', undefined, { timeout: 120_000 });
  const first_frame_ms = await page.evaluate<number>('shown');
  const seeks_ms = await page.evaluate<number[]>(`seeks(${JSON.stringify(places)})`);
  await page.close();
  server.close();
  return { first_frame_ms, seeks_ms };
}

const HTML = `<!doctype html><body><script src="/replay.js"></script><script>
  const frame = () => new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
  let replayer;
  fetch('/events').then((answer) => answer.json()).then(async (events) => {
    const { Replayer } = window.rrwebReplay;
    replayer = new Replayer(events, { root: document.body, showWarning: false });
    replayer.pause(0);
    await frame();
    window.shown = performance.now();
  });
  async function seeks(places) {
    const times = [];
    for (const place of places) {
      const begin = performance.now();
      replayer.pause(place);
      await frame();
      times.push(performance.now() - begin);
    }
    return times;
  }
</script>`;
