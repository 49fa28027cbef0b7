import { afterAll, beforeAll, expect, test } from 'vitest';
import { look } from './compare.ts';
import { eventually, pause } from './harness/eventually.ts';
import { remaining, type Session, Staff } from './harness/staff.ts';
import { type Stage, setStage } from './harness/stage.ts';

const WATCHED_MS = 60_000;

let stage: Stage;
let staff: Staff;

beforeAll(async () => {
  stage = await setStage();
  staff = await Staff.logIn(stage.browser, stage.server);
});
afterAll(() => stage?.strike());

test('a duplicated tab makes two sessions, both playable, and no reconnect in 60 s', async () => {
  const context = await stage.visitor();
  const first = await context.newPage();
  await first.goto(`${stage.site.origin}/index.html?visitor=first`);
  await first.click('#add');
  await eventually(async () => (await staff.sessions()).length === 1, 'the first tab is stored');

  // As browsers duplicate a tab: the new one begins with a copy of this one's sessionStorage.
  const kept = await first.evaluate(() => JSON.stringify({ ...sessionStorage }));
  const second = await context.newPage();
  await second.addInitScript((copy) => {
    if (sessionStorage.length > 0) return;
    for (const [key, value] of Object.entries(JSON.parse(copy))) {
      sessionStorage.setItem(key, String(value));
    }
  }, kept);
  await second.goto(`${stage.site.origin}/index.html?visitor=second`);
  await second.click('#paint');
  const tokens = stage.tap.messages.flatMap((message) =>
    message.kind === 'hello' ? [message.session_token] : [],
  );
  expect(tokens).toEqual([null, expect.any(String)]);
  expect(kept).toContain(tokens[1]);

  for (const until = Date.now() + WATCHED_MS; Date.now() < until; ) {
    await first.click('#add');
    await second.click('#add');
    await pause(WATCHED_MS / 8);
  }
  expect(stage.tap.sockets).toHaveLength(2);

  const ids = new Set<string>();
  for (const [visitor, page] of Object.entries({ first, second })) {
    const original = await page.evaluate(look, null);
    await page.close();
    const session = await staff.whole(visitor);
    expect(session.completeness.missing).toBe(0);
    ids.add(session.id);
    const player = await staff.open(visitor);
    await staff.playToEnd();
    expect(await remaining(original, player)).toEqual([]);
  }
  const all: Session[] = await staff.sessions();
  expect(all.map(({ id }) => id).toSorted()).toEqual([...ids].toSorted());
});
