// Staff at the dashboard: the real pages, in a browser profile of their own. Beside them, what the
// interface under /api/v1 says.
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Frame, Locator, Page } from 'playwright-core';
import { differences, look, type Root } from '../compare.ts';
import { answered, eventually, pause } from './eventually.ts';
import { type Recording, recordingOf } from './recording.ts';
import { type Server, STAFF } from './server.ts';

const SCROLL_MS = 3_000;
/** Below the picture; the picture itself is another. */
const PLAY_OR_PAUSE = 'button:is([aria-label=Play], [aria-label=Pause]):not([tabindex="-1"])';
/** What Chromium says of requests it refused itself, before anything left. */
const BLOCKED = /^(csp|origin)$/;

export type Session = {
  readonly id: string;
  readonly visitor: string;
  readonly user: string | null;
  readonly live: boolean;
  readonly ended_as: string | null;
  readonly pages: number;
  readonly first_url: string;
  readonly events: number;
  readonly clicks: number;
  readonly inputs: number;
  readonly completeness: {
    readonly received: number;
    readonly expected: number;
    readonly missing: number;
  };
};
export type Details = Session & {
  readonly streams: readonly {
    readonly id: string;
    readonly url: string;
    readonly ended: boolean;
    readonly missing: readonly (readonly [number, number])[];
    readonly gaps: readonly unknown[];
  }[];
  readonly pages_visited: readonly { readonly url: string; readonly cause: string }[];
};

export class Staff {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Every address a page of staff asked for, with what became of it. */
  readonly asked: { readonly url: string; blocked: boolean }[] = [];
  private readonly origin: string;

  private constructor(context: BrowserContext, page: Page, origin: string) {
    this.context = context;
    this.page = page;
    this.origin = origin;
    context.on('request', (request) => this.asked.push({ url: request.url(), blocked: false }));
    context.on('requestfailed', (request) => {
      const asked = this.asked.findLast(({ url }) => url === request.url());
      if (asked && BLOCKED.test(request.failure()?.errorText ?? '')) asked.blocked = true;
    });
  }

  /** Through the log-in page, to the list. */
  static async logIn(browser: Browser, server: Server): Promise<Staff> {
    const context = await browser.newContext({ viewport: { width: 1600, height: 1000 } });
    const page = await context.newPage();
    const staff = new Staff(context, page, server.origin);
    await page.goto(server.origin);
    await page.getByLabel('E-mail').fill(STAFF.email);
    await page.getByRole('textbox', { name: 'Password' }).fill(STAFF.password);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByRole('heading', { name: 'Sessions', level: 1 }).waitFor();
    return staff;
  }

  /** What was asked for, and not refused by the browser, outside of our origin. */
  get strange(): string[] {
    const own = [this.origin, 'data:', 'blob:', 'about:'];
    const strange = this.asked.filter(({ url }) => !own.some((start) => url.startsWith(start)));
    return strange.filter(({ blocked }) => !blocked).map(({ url }) => url);
  }

  async sessions(): Promise<Session[]> {
    const { sessions } = await this.get<{ sessions: Session[] }>('sessions?limit=200');
    return sessions;
  }

  details(id: string): Promise<Details> {
    return this.get(`sessions/${id}`);
  }

  async recording(id: string): Promise<Recording> {
    const answer = await this.context.request.get(`${this.origin}/api/v1/sessions/${id}/events`, {
      headers: { 'accept-encoding': 'identity' },
    });
    if (!answer.ok()) throw new Error(`events: ${answer.status()} ${await answer.text()}`);
    return recordingOf(await answer.body());
  }

  /** The session of the visitor whose name begins so, once so many pages of it have ended and are stored. */
  whole(user: string, pages = 1): Promise<Details> {
    return answered(async () => {
      const found = (await this.sessions()).find(({ user: name }) => name?.startsWith(user));
      const details = found && (await this.details(found.id));
      const ended = details?.streams.filter((stream) => stream.ended).length;
      return details && ended === pages ? details : null;
    }, `${pages} pages of ${user} have ended and are stored`);
  }

  /** From the list into a session: by its visitor's name, and a click; waits until it is shown. */
  async open(user: string): Promise<Frame> {
    const { page } = this;
    await page.goto(this.origin);
    await page.getByRole('searchbox', { name: 'Visitor or user' }).fill(user);
    await page.waitForURL((url) => url.searchParams.get('visitor') === user);
    await page.getByRole('link', { name: user }).click();
    return this.player();
  }

  /** The same by one of its pages. */
  async openPage(path: string): Promise<Frame> {
    const { page } = this;
    await page.goto(this.origin);
    await page.getByRole('button', { name: 'Page', exact: true }).click();
    await page.getByLabel('Part of an address or a title').fill(path);
    await page.getByRole('button', { name: 'Show these' }).click();
    await page.waitForURL((url) => url.searchParams.get('page') === path);
    await page.getByRole('row').filter({ hasText: path }).getByRole('link').click();
    return this.player();
  }

  /** The player's document, once the recording is in it. */
  async player(): Promise<Frame> {
    const { page } = this;
    await page.waitForURL('**/sessions/*');
    await eventually(() => this.shown(), 'the first picture stands');
    const frame = page.frames().find((each) => new URL(each.url()).pathname.startsWith('/player/'));
    if (!frame) throw new Error('no player document');
    return frame;
  }

  /** Whether the recording can be played, or is. */
  private shown(): Promise<boolean> {
    return this.playButton.isEnabled();
  }

  /** Begins to play. */
  async play(): Promise<void> {
    await this.playButton.click();
    await eventually(() => this.playing(), 'the recording plays');
  }

  /** The moment at which the recording stands, and its length, in milliseconds. */
  async place(): Promise<{ at: number; of: number }> {
    const slider = this.page.getByRole('slider', { name: 'Place in the recording' });
    const value = async (name: string) => Number(await slider.getAttribute(`aria-value${name}`));
    return { at: await value('now'), of: await value('max') };
  }

  async playing(): Promise<boolean> {
    return (await this.playButton.getAttribute('aria-label')) === 'Pause';
  }

  /** Plays it through, as fast as it goes. */
  async playToEnd(): Promise<void> {
    const { page } = this;
    await page.getByText('16×').click();
    await this.playButton.click();
    await eventually(
      async () => {
        const { at, of } = await this.place();
        return at === of && !(await this.playing());
      },
      'the recording has played to its end',
      { within: 60_000 },
    );
  }

  /** By the list of pages, to the first of this path. */
  async goToPage(path: string): Promise<void> {
    const { at: before } = await this.place();
    await this.page.getByRole('button').filter({ hasText: path }).first().click();
    await eventually(async () => (await this.place()).at !== before, `the recording is at ${path}`);
  }

  /** To another moment at which the picture changes. */
  async step(name: 'Previous change' | 'Next change'): Promise<void> {
    const { at: before } = await this.place();
    await this.page.getByRole('button', { name }).click();
    await eventually(async () => (await this.place()).at !== before, `went to the ${name}`);
  }

  /** Clicks into the seek bar, at about this moment, and waits until the recording stands there. */
  async seekTo(moment: number): Promise<void> {
    const { of } = await this.place();
    await this.seekBetween(moment - of / 100, moment + of / 100, of);
  }

  /** Clicks into the seek bar, between two moments, and waits until the recording stands there. */
  async seekBetween(from: number, to: number, duration: number): Promise<void> {
    const { page } = this;
    const bar = await page.locator('.mantine-Slider-trackContainer').boundingBox();
    if (bar === null) throw new Error('no seek bar');
    const at = (from + to) / 2 / duration;
    await page.mouse.click(bar.x + bar.width * at, bar.y + bar.height / 2);
    await eventually(async () => {
      const { at: stands } = await this.place();
      return stands > from && stands < to;
    }, `the recording stands between ${from} and ${to} ms`);
  }

  private get playButton(): Locator {
    return this.page.locator(PLAY_OR_PAUSE);
  }

  private async get<T>(path: string): Promise<T> {
    const answer = await this.context.request.get(`${this.origin}/api/v1/${path}`);
    if (!answer.ok()) throw new Error(`${path}: ${answer.status()} ${await answer.text()}`);
    return (await answer.json()) as T;
  }
}

/** The differences between the original and what the player shows now. */
export async function remaining(original: Root, player: Frame): Promise<string[]> {
  let left: string[] = [];
  // A scroll is shown smoothly, as the visitor saw it, and takes a moment.
  for (const until = Date.now() + SCROLL_MS; Date.now() < until; await pause(50)) {
    left = differences(original, await player.evaluate(look, '.replayer-wrapper iframe'));
    if (left.length === 0) return left;
  }
  const path = join(tmpdir(), `footage-replay-${Date.now()}.png`);
  await player.page().screenshot({ path });
  return [...left, `(see ${path})`];
}
