// Recordings that something has happened to since they were stored: what is there is played, what is
// not is named with its place, and the screen goes on working.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from './harness/eventually.ts';
import { Staff } from './harness/staff.ts';
import { type Stage, setStage } from './harness/stage.ts';
import { DAMAGES, type Damage, damage, keyframes } from './made/damage.ts';
import { made } from './made/recording.ts';
import { send } from './made/send.ts';
import { type Answer, Complaints } from './screens/findings.ts';

const SECOND = 1_000;
/** Of what the server cannot send, and of what does not inflate, Chromium's network complains itself. */
const BY_THE_NETWORK: readonly Answer[] = [500, 'broken'];

let stage: Stage;
let staff: Staff;
let complaints: Complaints;

beforeAll(async () => {
  stage = await setStage();
  staff = await Staff.logIn(stage.browser, stage.server);
  complaints = new Complaints(staff.page);
});
afterAll(() => stage?.strike());

/** Three pages of 20 s each; a chunk of the second is damaged, this many behind its keyframe. */
async function recording(what: Damage, behind: number): Promise<string> {
  const { server, site } = stage;
  const visit = made(site.origin, Date.now() - 60 * SECOND, {
    user: `${what} ${behind}`,
    duration_ms: 60 * SECOND,
    pages: 3,
  });
  const id = await send(server.origin, site.footage.key, visit);
  const [, second] = await keyframes(server.database, id);
  if (second === undefined) throw new Error('no second keyframe');
  await damage(server.database, id, what, second + behind);
  return id;
}

const cases: readonly { what: Damage; where: string; behind: number }[] = [
  ...(Object.keys(DAMAGES) as Damage[]).map((what) => ({
    what,
    where: 'in the middle of a page',
    behind: 4,
  })),
  { what: 'a deleted chunk', where: 'where a keyframe was', behind: 0 },
  { what: 'a body that does not inflate', where: 'where a keyframe was', behind: 0 },
];

test.each(cases)('$what $where: the rest is shown, and what is missing is named', async (each) => {
  const { page } = staff;
  const id = await recording(each.what, each.behind);
  await page.goto(`${stage.server.origin}/sessions/${id}`);
  const player = await staff.player();
  const heading = player.frameLocator('.replayer-wrapper iframe').locator('h1');

  await staff.seekTo(10 * SECOND);
  await heading.filter({ hasText: 'Page 1' }).waitFor();
  await staff.seekTo(50 * SECOND);
  await heading.filter({ hasText: 'Page 3' }).waitFor();
  await staff.seekTo(18 * SECOND);
  await staff.playToEnd();
  await heading.filter({ hasText: 'Page 3' }).waitFor();

  await page.getByRole('tab', { name: 'Details' }).click();
  const told = page.getByText('The picture goes on at the next keyframe').first();
  await told.getByRole('button').click();
  await eventually(async () => {
    const { at } = await staff.place();
    return at >= 20 * SECOND && at < 40 * SECOND;
  }, 'a click on its time leads to where it is missing');
  expect(complaints.take(BY_THE_NETWORK)).toEqual([]);
});
