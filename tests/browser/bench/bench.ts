// The figures of the dashboard, as people at its screens have them (`make bench`).
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { seeded } from '../decisive.ts';
import { launch } from '../harness/browser.ts';
import { pause } from '../harness/eventually.ts';
import { PROFILE, Server } from '../harness/server.ts';
import { Staff } from '../harness/staff.ts';
import { made, type Wanted } from '../made/recording.ts';
import { send } from '../made/send.ts';
import { fill } from '../made/sessions.ts';
import { Figures } from './figures.ts';
import { listen, Memory, now, painted, said, scrolled, weighed } from './instruments.ts';
import { peer } from './peer.ts';
import { opened, type Seek, sought } from './watching.ts';

const SESSIONS = 100_000;
const ROWS = 5_000;
/** A fast reader's wheel, and one that nobody reads by. */
const SCROLLS = [
  [200, 50],
  [400, null],
] as const;
const SEEKS = 20;
const HOUR = 3_600_000;
const ORIGIN = 'https://shop.example';
const FIRST_ROW = '[aria-label="Sessions"] [data-id]';
const RECORDINGS: { readonly [what: string]: Omit<Wanted, 'user'> } = {
  'one hour': { duration_ms: HOUR, pages: 8 },
  '50 MB': { duration_ms: HOUR, pages: 4, raw_bytes: 50e6 },
  '150 MB': { duration_ms: HOUR, pages: 2, raw_bytes: 150e6 },
};

let server: Server;
let browser: Browser;
let staff: Staff;
/** The ids of the recordings. */
let ids: { [what: string]: string };
const figures = new Figures(`${PROFILE} build of the server, ${cpus().length} cores`);
const random = seeded(3);
const places = Array.from({ length: SEEKS }, () => random());

beforeAll(async () => {
  // Making all this takes minutes: `BENCH_DIR` keeps it for the next run.
  const kept = process.env['BENCH_DIR'];
  if (kept !== undefined) mkdirSync(kept, { recursive: true });
  [server, browser] = await Promise.all([Server.start({}, kept), launch()]);
  ids = await furnished(kept && join(kept, 'ids.json'));
  staff = await Staff.logIn(browser, server);
  await staff.page.setViewportSize({ width: 1280, height: 800 });
  await listen(staff.page);
});
afterAll(async () => {
  await browser?.close();
  if (process.env['BENCH_DIR'] === undefined) await server?.remove();
  else await server?.stop();
  figures.tell(join(import.meta.dirname, '../../../target/bench/browser.json'));
});

async function furnished(kept: string | undefined): Promise<typeof ids> {
  if (kept !== undefined && existsSync(kept)) return JSON.parse(readFileSync(kept, 'utf8'));
  const key = await server.addSite('The shop', [ORIGIN]);
  const found = Object.entries(RECORDINGS).map(async ([what, wanted]) => {
    const visit = made(ORIGIN, Date.now() - HOUR, { user: what, ...wanted });
    return [what, await send(server.origin, key, visit)];
  });
  await fill(server.database, SESSIONS);
  const all = Object.fromEntries(await Promise.all(found));
  if (kept !== undefined) writeFileSync(kept, JSON.stringify(all));
  return all;
}

function idOf(what: string): string {
  const id = ids[what];
  if (id === undefined) throw new Error(`no recording of ${what}`);
  return id;
}

test('the first load of the dashboard', async () => {
  const { context } = staff;
  const page = await context.newPage();
  const weights = await weighed(page, server.origin);
  await page.close();
  const all = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
  figures.add('first load, gzipped, without the player', all, 'KB', 300);
  expect(weights.size).toBeGreaterThan(1);
});

test('the list of 100,000 sessions', async () => {
  const { page } = staff;
  await page.goto(server.origin);
  await page.evaluate(painted, FIRST_ROW);
  await page.reload({ waitUntil: 'commit' });
  figures.add(
    'list: first rows, from navigation',
    await page.evaluate(painted, FIRST_ROW),
    'ms',
    300,
  );
  await page.goto(`${server.origin}/sessions/${idOf('one hour')}`);
  await staff.player();
  const before = await now(page);
  await page.getByRole('link', { name: 'To the sessions' }).click();
  const clicked = (await page.evaluate(painted, FIRST_ROW)) - (await said(page, 'pressed', before));
  figures.add('list: first rows, from a click', clicked, 'ms', 300);
  await page.goto(`${server.origin}/?visitor=grace&page=checkout`, { waitUntil: 'commit' });
  const searched = await page.evaluate(painted, FIRST_ROW);
  figures.add('list: first rows of a search, from navigation', searched, 'ms', null);
  for (const [rows_per_s, goal_ms] of SCROLLS) {
    await page.goto(server.origin);
    await page.evaluate(painted, FIRST_ROW);
    const frames = await scrolled(page, ROWS, rows_per_s);
    const what = `list: ${ROWS} rows at ${rows_per_s} rows/s`;
    figures.add(`${what}, longest frame`, frames.longest_ms, 'ms', goal_ms);
    figures.add(`${what}, of ${frames.frames} frames over 50 ms`, frames.over_50_ms, '', null);
  }
});

const inside = (seeks: readonly Seek[]) => seeks.filter(({ outside }) => !outside);
const outside = (seeks: readonly Seek[]) => seeks.filter((seek) => seek.outside);

test.each([
  ['one hour', 1_000],
  ['50 MB', 3_000],
  ['150 MB', 3_000],
])('%s', async (what, goal_ms) => {
  const { page } = staff;
  const id = idOf(what);
  const memory = await Memory.of(browser, page);
  figures.add(
    `${what}: first frame, from navigation`,
    await opened(page, server.origin, id),
    'ms',
    goal_ms,
  );
  const seeks: Seek[] = [];
  const heaps: number[] = [];
  const processes: number[] = [];
  for (const place of places) {
    seeks.push(await sought(page, place));
    heaps.push(await memory.heap_mb());
    processes.push(await memory.process_mb());
  }
  figures.spread(`${what}: seek inside of the window`, inside(seeks), 300);
  figures.spread(`${what}: seek outside of the window`, outside(seeks), 300);
  figures.add(`${what}: heap of the tab at most`, Math.max(...heaps), 'MB', null);
  figures.add(`${what}: memory of the tab's process at most`, Math.max(...processes), 'MB', null);

  const recording = await staff.recording(id);
  const alone = await peer(
    browser,
    recording,
    places.map((place) => place * recording.duration),
  );
  figures.add(
    `${what}: first frame of rrweb alone with everything`,
    alone.first_frame_ms,
    'ms',
    null,
  );
  figures.spread(
    `${what}: seek of rrweb alone`,
    alone.seeks_ms.map((ms) => ({ ms })),
    null,
  );
});

test('playing 150 MB', async () => {
  const { page } = staff;
  const memory = await Memory.of(browser, page);
  await opened(page, server.origin, idOf('150 MB'));
  await page.getByText('16×').click();
  await staff.play();
  const heaps: number[] = [];
  for (let times = 0; times < 10; times += 1) {
    await pause(1_000);
    heaps.push(await memory.heap_mb());
  }
  figures.add('150 MB: heap while it plays, at most', Math.max(...heaps), 'MB', null);
});
