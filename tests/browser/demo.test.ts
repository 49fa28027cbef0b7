import { afterAll, beforeAll, expect, test } from 'vitest';
import { look } from './compare.ts';
import { eventually } from './harness/eventually.ts';
import { remaining, Staff } from './harness/staff.ts';
import { type Stage, setStage } from './harness/stage.ts';
import { shopping } from './shopping.ts';

const PAGES = ['/demo/', '/demo/checkout.html', '/demo/orders.html'];

let stage: Stage;

beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage?.strike());

test('the demo shop records itself, and its visit can be watched', async () => {
  const staff = await Staff.logIn(stage.browser, stage.server);
  await staff.page.getByText('Nothing has been recorded yet').waitFor();
  const page = await (await stage.visitor()).newPage();
  await page.goto(`${stage.server.origin}/demo/`);
  await shopping(page);
  const original = await page.evaluate(look, null);
  await page.close();

  // The list shows it by itself.
  const rows = staff.page.getByRole('row').filter({ hasText: '/demo/' });
  await rows.first().waitFor();
  const [session] = await staff.sessions();
  if (!session) throw new Error('no session');
  await eventually(
    async () =>
      (await staff.details(session.id)).streams.filter(({ ended }) => ended).length ===
      PAGES.length,
    'all pages of the visit have ended',
  );
  const details = await staff.details(session.id);
  expect(details.completeness.missing).toBe(0);
  expect(new Set(details.pages_visited.map(({ url }) => new URL(url).pathname))).toEqual(
    new Set(PAGES),
  );
  const player = await staff.openPage('/demo/');
  await staff.playToEnd();
  expect(await remaining(original, player)).toEqual([]);
});
