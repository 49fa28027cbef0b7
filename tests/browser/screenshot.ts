// Makes docs/replay.png, the picture in the README: a real replay of a visit to the demo shop.
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { test } from 'vitest';
import { pause } from './harness/eventually.ts';
import { Staff } from './harness/staff.ts';
import { setStage } from './harness/stage.ts';
import { shopping } from './shopping.ts';

const PICTURE = join(import.meta.dirname, '../../docs/replay.png');
const SIZE = { width: 1280, height: 800 };
/** A visitor who reads between two clicks. */
const BETWEEN_MS = 400;
const KEY_MS = 60;

test('docs/replay.png', async () => {
  const stage = await setStage();
  const context = await stage.browser.newContext({ viewport: { width: 1180, height: 720 } });
  const page = await context.newPage();
  await page.goto(`${stage.server.origin}/demo/`);
  await shopping(page, { between: BETWEEN_MS, key: KEY_MS });
  await pause(BETWEEN_MS);
  await page.close();

  const staff = await Staff.logIn(stage.browser, stage.server);
  await staff.page.setViewportSize(SIZE);
  await staff.openPage('/demo/');
  const [session] = await staff.sessions();
  if (!session) throw new Error('no session');
  const { pages, duration } = await staff.recording(session.id);
  const checkout = pages[1];
  if (!checkout) throw new Error('no checkout');
  const filled = checkout.from + (checkout.to - checkout.from) * 0.8;
  await staff.seekBetween(filled - 400, filled + 400, duration);
  await staff.page.mouse.move(640, 790);
  await pause(500);
  await mkdir(dirname(PICTURE), { recursive: true });
  await staff.page.screenshot({ path: PICTURE });
  await stage.strike();
});
