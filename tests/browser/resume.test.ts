import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { look } from './compare.ts';
import { eventually } from './harness/eventually.ts';
import { remaining, Staff } from './harness/staff.ts';
import { type Stage, setStage } from './harness/stage.ts';
import { recorded } from './visit.ts';

let stage: Stage;
let staff: Staff;

beforeAll(async () => {
  stage = await setStage();
  staff = await Staff.logIn(stage.browser, stage.server);
});
afterAll(() => stage?.strike());

/** How many messages of the recorder are in Postgres. */
async function stored(): Promise<number> {
  const [count] = await stage.server.database.rows('select sum(messages) from sessions');
  return Number(count ?? 0);
}

describe('the server is killed (-9) in the middle of a visit and started again', () => {
  test('the recorder resumes by itself, and the session is one and complete', async () => {
    const page = await (await stage.visitor()).newPage();
    await page.goto(`${stage.site.origin}/index.html?visitor=grace`);
    await page.click('#add');
    await page.locator('#search').pressSequentially('before the fall ');
    await eventually(async () => (await stored()) > 3, 'the first messages are stored');

    const sockets = stage.tap.sockets.length;
    await page.click('#add');
    await stage.server.kill();
    // Nobody is there: the recorder keeps what happens.
    await page.locator('#search').pressSequentially('while it was down ');
    await page.click('#paint');
    await stage.server.run();
    await eventually(
      () => stage.tap.messages.filter(({ kind }) => kind === 'hello').length > 1,
      'the recorder has said hello again',
    );
    await page.locator('#search').pressSequentially('and after');
    const original = await page.evaluate(look, null);
    await page.close();

    const session = await staff.whole('grace');
    expect(session.completeness.missing).toBe(0);
    expect(session.streams).toHaveLength(1);
    expect(stage.tap.sockets.length).toBeGreaterThan(sockets);
    expect(await staff.sessions()).toHaveLength(1);
    const player = await staff.open('grace');
    await staff.playToEnd();
    expect(await remaining(original, player)).toEqual([]);
  });
});

describe('WebSocket is blocked on the way', () => {
  test('the recorder goes over to POST, and the session is complete', async () => {
    stage.tap.blockWebSocket = true;
    const page = await (await stage.visitor()).newPage();
    await page.goto(`${stage.site.origin}/index.html?visitor=edith`);
    await page.locator('#search').pressSequentially('no socket gets through');
    // Only a page that was welcomed knows its session, and can hand it to the next.
    await page.waitForFunction(() => Object.values(sessionStorage).join().includes('"token":"'));
    await page.click('#paint');
    await page.click('#to-account');
    await recorded(stage, '/account.html');
    await page.click('#sort');
    const original = await page.evaluate(look, null);
    await page.close();

    const session = await staff.whole('edith', 2);
    expect(session.completeness.missing).toBe(0);
    expect(session.streams).toHaveLength(2);
    const player = await staff.open('edith');
    await staff.playToEnd();
    expect(await remaining(original, player)).toEqual([]);
  });
});
