// What staff do on a whole screen, most of it without a mouse: from the first visit on a new server,
// over the list and its filters, to a moment of a session that is sent to a colleague.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { Staff } from './harness/staff.ts';
import { type Stage, setStage } from './harness/stage.ts';
import { made } from './made/recording.ts';
import { send } from './made/send.ts';
import { fill } from './made/sessions.ts';
import { Complaints } from './screens/findings.ts';

const MINUTE = 60_000;

let stage: Stage;
let staff: Staff;
let complaints: Complaints;

beforeAll(async () => {
  stage = await setStage();
  staff = await Staff.logIn(stage.browser, stage.server);
  complaints = new Complaints(staff.page);
  staff.page.setDefaultTimeout(20_000);
});
afterAll(() => stage?.strike());

const address = () => new URL(staff.page.url());
const inFocus = () => staff.page.evaluate(() => document.activeElement?.textContent ?? '');

test('the first run waits, and turns into a link the moment a visit arrives', async () => {
  const { page } = staff;
  await page.getByText('Waiting for the first visit').waitFor();
  await page.getByText('data-site').first().waitFor();
  const visitor = await (await stage.visitor()).newPage();
  await visitor.goto(`${stage.site.origin}/index.html?visitor=first`);
  const link = page.getByRole('link', { name: 'Watch the recording' });
  await link.waitFor();
  await visitor.close();
  await link.focus();
  await page.keyboard.press('Enter');
  await staff.player();
});

describe('in a server in use', () => {
  beforeAll(async () => {
    const { server, site } = stage;
    await fill(server.database, 300);
    const wanted = { user: 'walker', duration_ms: 6 * MINUTE, pages: 3, run_ms: 20_000 };
    await send(server.origin, site.footage.key, made(site.origin, Date.now(), wanted));
  });

  test('the list is walked, and a session opened and left, by keyboard alone', async () => {
    const { page } = staff;
    await page.goto(stage.server.origin);
    const names = page.getByRole('table', { name: 'Sessions' }).getByRole('link');
    await names.nth(3).waitFor();
    const [first, second, third] = await names.allTextContents();
    for (const [key, name] of [
      ['j', first],
      ['j', second],
      ['ArrowDown', third],
      ['k', second],
    ]) {
      await page.keyboard.press(key ?? '');
      await eventually(async () => (await inFocus()) === name, `${key} goes to ${name}`);
    }
    await page.keyboard.press('Home');
    await eventually(async () => (await inFocus()) === first, 'Home goes to the first');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/sessions/*');
    await page.goBack();
    await eventually(async () => (await inFocus()) === first, 'the way back leads to the same row');
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'detached' });
  });

  test('filters stand in the address, survive a reload, and are taken off', async () => {
    const { page } = staff;
    await page.goto(stage.server.origin);
    const names = page.getByRole('table', { name: 'Sessions' }).getByRole('link');
    await names.nth(3).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('grace');
    await eventually(
      () => address().searchParams.get('visitor') === 'grace',
      'it is in the address',
    );
    const onlyGrace = async () => {
      const shown = await names.allTextContents();
      return shown.length > 0 && shown.every((name) => name.startsWith('grace'));
    };
    await eventually(onlyGrace, 'only visits of grace are listed');
    await page.reload();
    await eventually(onlyGrace, 'so they are after a reload');
    await page.getByRole('button', { name: 'Page', exact: true }).click();
    await page.getByLabel('Part of an address or a title').fill('no such page');
    await page.keyboard.press('Enter');
    await page.getByText('Wider filters may find more').waitFor();
    expect(address().searchParams.get('page')).toBe('no such page');
    await page.goBack();
    await eventually(onlyGrace, 'the way back takes the last filter off');
    const visitor = page.getByRole('searchbox', { name: 'Visitor or user' });
    await visitor.fill('grace and more');
    await page.getByRole('button', { name: 'Clear all' }).first().click();
    expect(await visitor.inputValue()).toBe('');
    await eventually(() => address().search === '', 'nothing is left in the address');
    await eventually(async () => !(await onlyGrace()), 'all are listed again');
  });

  test('a session is watched by keyboard alone', async () => {
    const { page } = staff;
    await staff.open('walker');
    const { of } = await staff.place();
    const stands = (from: number, to: number, after: string) =>
      eventually(async () => {
        const { at } = await staff.place();
        return at >= from && at <= to;
      }, `${after}: between ${from} and ${to} ms`);

    await page.keyboard.press('5');
    await stands(of / 2 - 1, of / 2 + 1, '5 goes to the middle');
    await page.keyboard.press('ArrowRight');
    await stands(of / 2 + 4_000, of / 2 + 6_000, 'the arrow goes on by 5 s');
    await page.keyboard.press('j');
    await stands(of / 2 - 6_000, of / 2 - 4_000, 'j goes back by 10 s');
    await page.keyboard.press('n');
    await stands(4 * MINUTE - 1_000, 4 * MINUTE + 1_000, 'n goes to the next page');
    await page.keyboard.press('.');
    await stands(4 * MINUTE, 4 * MINUTE + 2_000, 'a step goes to the next change');
    await page.keyboard.press('Home');
    await stands(0, 0, 'Home goes to the beginning');
    await page.keyboard.press('Space');
    await eventually(() => staff.playing(), 'space plays');
    await page.keyboard.press('k');
    await eventually(async () => !(await staff.playing()), 'k pauses');
    await page.keyboard.press('>');
    await eventually(
      () => address().searchParams.get('speed') === '2',
      'the speed is in the address',
    );
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog', { name: 'Keyboard' }).waitFor({ state: 'detached' });
    await page.keyboard.press('End');
    await stands(of, of, 'End goes to the end');
  });

  test('a shared link opens at its moment, for a colleague too', async () => {
    const { page, context } = staff;
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    await staff.open('walker');
    await page.keyboard.press('3');
    await eventually(async () => (await staff.place()).at > MINUTE, 'it stands at a third');
    const { at } = await staff.place();
    await page.getByRole('button', { name: 'Share' }).click();
    await page.getByText('Copied').waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    const colleague = await Staff.logIn(stage.browser, stage.server);
    await colleague.page.goto(link);
    await colleague.player();
    await eventually(
      async () => Math.abs((await colleague.place()).at - at) < 200,
      `it stands at ${at} ms`,
    );
    await colleague.context.close();
  });

  test('the dashboard is dark where the system is, and light where that is', async () => {
    const { page } = staff;
    const brightness = async () => {
      const colour = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      return Number(/\d+/.exec(colour)?.[0]);
    };
    await page.emulateMedia({ colorScheme: 'dark' });
    await eventually(async () => (await brightness()) < 80, 'it is dark');
    await page.emulateMedia({ colorScheme: 'light' });
    await eventually(async () => (await brightness()) > 200, 'it is light');
  });

  test('none of this made the page complain', () => {
    expect(complaints.take()).toEqual([]);
  });

  test('while Postgres is away the list says so, and comes back by itself', async () => {
    const { page } = staff;
    await stage.server.database.goAway();
    await page.goto(stage.server.origin);
    await page.getByText('database is away').first().waitFor();
    await stage.server.database.comeBack();
    await page.getByRole('table', { name: 'Sessions' }).getByRole('link').first().waitFor();
    expect(complaints.take([503])).toEqual([]);
  });
});
