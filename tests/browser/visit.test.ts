import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences, IGNORED, type Root } from './compare.ts';
import { decisive, oneOf, seeded } from './decisive.ts';
import type { Event, Recording } from './harness/recording.ts';
import { type Details, remaining, Staff } from './harness/staff.ts';
import { type Stage, setStage } from './harness/stage.ts';
import { resend } from './resend.ts';
import { Rig } from './rig.ts';
import { holds } from './secrets.ts';
import { TYPED, UNSEEN, type Visited, visit } from './visit.ts';

const RUNS = 100;
const SEED = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

let stage: Stage;
let visited: Visited;
let staff: Staff;
let session: Details;
let recording: Recording;

beforeAll(async () => {
  stage = await setStage({ FOOTAGE_LOG: 'trace' });
  visited = await visit(stage, await stage.visitor(), 'ada');
  staff = await Staff.logIn(stage.browser, stage.server);
  session = await staff.whole('ada', 3);
  recording = await staff.recording(session.id);
});
afterAll(() => stage?.strike());

/** The pages of the recording, each with what the visitor saw last of it. */
function pages(): { original: Root; events: readonly Event[] }[] {
  return recording.pages.map(({ events }, at) => {
    const original = visited.originals[at];
    if (original === undefined) throw new Error('a page more than was visited');
    return { original, events };
  });
}

describe('a visit to pages of another origin, with an image, a web font and an external style sheet', () => {
  test('is complete, counted, and told page by page', () => {
    expect(session.completeness).toMatchObject({ missing: 0 });
    expect(session.completeness.received).toBe(session.completeness.expected);
    expect(session.streams).toHaveLength(3);
    expect(visited.complaints).toEqual([]);
    for (const file of ['/hills.png', '/blocks.woff2', '/shop.css']) {
      expect(stage.site.hits).toContain(file);
    }
    const causes = new Set(session.pages_visited.map(({ cause }) => cause));
    expect([...causes].toSorted()).toEqual(['load', 'push', 'replace']);
    expect(session.pages_visited.map(({ url }) => new URL(url).pathname)).toContain(
      '/account/returns',
    );
  });

  test('is found in the list, and at the end of each page the replay is the original', async () => {
    const player = await staff.open('ada');
    await staff.playToEnd();
    const { duration } = recording;
    const [shop, account, news] = visited.originals;
    const [, second, third] = recording.pages;
    if (!shop || !account || !news || !second || !third) throw new Error('not three pages');
    expect(recording.pages).toHaveLength(3);
    expect.soft(await remaining(news, player), 'played to the end').toEqual([]);
    await staff.seekBetween(second.to, third.from, duration);
    expect.soft(await remaining(account, player), 'sought before the third page').toEqual([]);
    await staff.goToPage('/account.html');
    await staff.step('Previous change');
    expect.soft(await remaining(shop, player), 'one step back from the second page').toEqual([]);
  });

  test('without one event that decides how a page ends differs from the original, 95 times of 100', async () => {
    const rig = await Rig.open(stage.browser);
    const all = pages().flatMap((page) =>
      decisive(page.events).map((event) => ({ ...page, event })),
    );
    const random = seeded(SEED);
    const unseen: unknown[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      const { original, events, event } = oneOf(random, all);
      const replay = await rig.end(events.filter((each) => each !== event));
      if (differences(original, replay).length === 0) unseen.push(event.data);
    }
    await rig.close();
    const seen = RUNS - unseen.length;
    console.warn(`seed ${SEED}: ${seen} of ${RUNS} found, out of ${all.length} events`);
    expect(seen, JSON.stringify(unseen)).toBeGreaterThanOrEqual(RUNS * 0.95);
  });

  test('with every event is the original, and everything the comparison ignores is needed for that', async () => {
    const rig = await Rig.open(stage.browser);
    const needed = new Set<string>();
    for (const { original, events } of pages()) {
      const replay = await rig.end(events);
      expect(differences(original, replay)).toEqual([]);
      for (const { what } of IGNORED) {
        const others = IGNORED.filter((each) => each.what !== what);
        if (differences(original, replay, others).length > 0) needed.add(what);
      }
    }
    await rig.close();
    expect(IGNORED.map(({ what }) => what).filter((what) => !needed.has(what))).toEqual([]);
  });

  test('without any one batch is incomplete, 100 times of 100', async () => {
    const hello = stage.tap.messages.find((message) => message.kind === 'hello');
    if (!hello) throw new Error('no hello');
    const random = seeded(SEED);
    const batches = recording.stored.filter(({ message }) => message.kind === 'batch');
    const expected = new Map<string, number>();
    for (let run = 0; run <= RUNS; run += 1) {
      const visitor = Uint8Array.from({ length: 16 }, (_, at) => (at === 0 ? run + 1 : 0));
      const dropped = run === 0 ? null : oneOf(random, batches);
      await resend(stage.server.origin, { ...hello, visitor }, recording.stored, dropped);
      expected.set(Buffer.from(visitor).toString('hex'), dropped === null ? 0 : 1);
    }
    const missing = new Map<string, number>();
    for (const { visitor, completeness } of await staff.sessions()) {
      if (expected.has(visitor)) missing.set(visitor, completeness.missing);
    }
    expect(Object.fromEntries(missing)).toEqual(Object.fromEntries(expected));
  });

  test('leaves nothing of a password, of masked fields and of queries on the wire, in the database, in the logs', async () => {
    const places = {
      wire: stage.tap.everything,
      dump: Buffer.from(await stage.server.database.dump()),
      chunks: Buffer.concat(await stage.server.database.chunks()),
      log: Buffer.from(stage.server.log),
      'log of Postgres': readFileSync(stage.server.postgresLog),
    };
    const secrets = [TYPED.password, TYPED.card, TYPED.masked, ...UNSEEN];
    for (const [place, bytes] of Object.entries(places)) {
      for (const secret of secrets)
        expect.soft(holds(bytes, secret), `${secret} in ${place}`).toBe(false);
    }
    // The control: what may be recorded is found by the same search, and the log is as talkative as can be.
    expect(holds(places.wire, TYPED.plain)).toBe(true);
    expect(holds(places.chunks, TYPED.plain)).toBe(true);
    expect(holds(places.dump, session.id)).toBe(true);
    expect(places.log.includes('TRACE')).toBe(true);
  });
});
