import { afterAll, beforeAll, expect, test } from 'vitest';
import { look } from './compare.ts';
import { eventually } from './harness/eventually.ts';
import { remaining, Staff } from './harness/staff.ts';
import { type Stage, setStage } from './harness/stage.ts';

const CREDIT_BYTES = 65_536;
const SNAPSHOT_BYTES = 12 << 20;
const PAGES = 10;
const IDENTIFIED = (visitor: string) =>
  `<script>window.footage = (...command) => { footage.q = [...(footage.q ?? []), command] };
  footage('identify', '${visitor}')</script>`;

let stage: Stage;
let staff: Staff;

beforeAll(async () => {
  stage = await setStage({ FOOTAGE_CREDIT_BYTES: String(CREDIT_BYTES), FOOTAGE_WORKERS: '2' });
  staff = await Staff.logIn(stage.browser, stage.server);
});
afterAll(() => stage?.strike());

/** Text that hardly compresses, and is the same each time. */
function noise(bytes: number): string {
  let state = 1;
  const words: string[] = [];
  for (let length = 0; length < bytes; length += 9) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    words.push(state.toString(36).padStart(8, 'x'));
  }
  return words.join(' ');
}

test('a snapshot of 12 MB passes through 64 KiB of credit, whole', async () => {
  const text = noise(SNAPSHOT_BYTES);
  const paragraphs = text.match(/.{1,4000}/g)?.map((each) => `<p>${each}</p>`) ?? [];
  const url = stage.site.page('/huge', IDENTIFIED('huge'), paragraphs.join('\n'));
  const page = await (await stage.visitor()).newPage();
  await page.goto(url);
  const batches = () => stage.tap.messages.filter((message) => message.kind === 'batch');
  await eventually(
    () => batches().some(({ part, parts }) => parts > 1 && part === parts),
    'the last part has left',
    { within: 60_000, every: 500 },
  );
  await page.evaluate(() => document.body.append('the end'));
  const original = await page.evaluate(look, null);
  await page.close();

  expect(batches().filter(({ parts }) => parts > 1).length).toBeGreaterThan(
    SNAPSHOT_BYTES / CREDIT_BYTES,
  );
  const session = await staff.whole('huge');
  expect(session.completeness.missing).toBe(0);
  expect(session.streams.flatMap(({ gaps }) => gaps)).toEqual([]);
  const player = await staff.open('huge');
  await staff.playToEnd();
  expect(await remaining(original, player)).toEqual([]);
});

test('ten pages on two workers are one session, and complete', async () => {
  const page = await (await stage.visitor()).newPage();
  for (let at = 1; at <= PAGES; at += 1) {
    const url = stage.site.page(`/page-${at}`, IDENTIFIED('walker'), `<h1>Page ${at}</h1>`);
    await page.goto(url);
    await eventually(
      () =>
        stage.tap.messages.some((message) => message.kind === 'hello' && message.page.url === url),
      `page ${at} is recorded`,
      { every: 25 },
    );
    await page.locator('h1').click();
  }
  await page.close();
  const session = await staff.whole('walker', PAGES);
  expect(session.completeness.missing).toBe(0);
  expect(session.streams.map(({ url }) => new URL(url).pathname)).toEqual(
    Array.from({ length: PAGES }, (_, at) => `/page-${at + 1}`),
  );
  expect((await staff.sessions()).filter(({ user }) => user === 'walker')).toHaveLength(1);
});
