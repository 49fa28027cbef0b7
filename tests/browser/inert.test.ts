import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forged } from './forged.ts';
import { eventually, pause } from './harness/eventually.ts';
import { Staff } from './harness/staff.ts';
import { type Stage, setStage } from './harness/stage.ts';
import { resend } from './resend.ts';
import { recorded } from './visit.ts';

let stage: Stage;
let staff: Staff;

beforeAll(async () => {
  stage = await setStage();
  staff = await Staff.logIn(stage.browser, stage.server);
});
afterAll(() => stage?.strike());

/** Watches a session from the list to its end; fails where anything ran or was fetched. */
async function watch(user: string): Promise<void> {
  const { page, context, asked } = staff;
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => dialogs.push(dialog.message()));
  stage.site.hits.length = 0;
  stage.site.connections = 0;
  asked.length = 0;

  const player = await staff.open(user);
  await staff.playToEnd();
  await page.getByRole('slider', { name: 'Place in the recording' }).press('Home');
  await staff.playToEnd();
  // What would be fetched late, or after a meta refresh, has had its time.
  await pause(1_000);

  expect(stage.site.hits).toEqual([]);
  expect(stage.site.connections).toBe(0);
  expect(dialogs).toEqual([]);
  expect(staff.strange).toEqual([]);
  expect(context.pages()).toHaveLength(1);
  expect(new URL(page.url()).origin).toBe(stage.server.origin);
  expect(await page.evaluate(() => 'ranHere' in window)).toBe(false);
  const inside = await player.evaluate(() => {
    const frame = document.querySelector<HTMLIFrameElement>('.replayer-wrapper iframe');
    const shown = frame?.contentDocument?.body.childElementCount ?? 0;
    return { ran: 'ranHere' in window, sandbox: frame?.sandbox.value, shown };
  });
  expect(inside).toEqual({ ran: false, sandbox: 'allow-same-origin', shown: expect.any(Number) });
  expect(inside.shown).toBeGreaterThan(5);
}

describe('a replay runs no script and makes no request outside of our origin', () => {
  test('when the recorded page was hostile', async () => {
    const page = await (await stage.visitor()).newPage();
    await page.goto(`${stage.site.origin}/hostile.html`);
    await recorded(stage, '/hostile.html');
    await page.click('p');
    const tells = (what: string) => stage.site.hits.some((hit) => hit.startsWith(what));
    // The control: in the visitor's browser all of it works.
    for (const what of [
      'script',
      'onerror',
      'svg-script',
      'srcdoc',
      'javascript',
      'click',
      'later',
    ]) {
      await eventually(() => tells(`/ran?${what}`), `the page's own ${what} runs`);
    }
    for (const what of [
      'img',
      'import',
      'background',
      'font',
      'rule',
      'iframe',
      'object',
      'poster',
    ]) {
      await eventually(() => tells(`/fetched?${what}`), `the page's own ${what} is fetched`);
    }
    await page.close();
    await staff.whole('mallory');
    await watch('mallory');
  });

  test('when the recording is forged', async () => {
    const hello = stage.tap.messages.find((message) => message.kind === 'hello');
    if (!hello) throw new Error('no hello');
    const user = `trudy<img src="${stage.site.origin}/fetched?user" onerror="alert(1)">`;
    await resend(stage.server.origin, hello, forged(stage.site.origin, user), null);
    await staff.whole(user);
    await watch('trudy');
  });
});
