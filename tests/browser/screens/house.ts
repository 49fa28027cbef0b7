// A server that fills up as a new one does: nothing, a first visit, then sites, sessions and
// recordings of every kind. All screens are looked at in it.
import type { Cookie, Page } from 'playwright-core';
import { Staff } from '../harness/staff.ts';
import { type Stage, setStage } from '../harness/stage.ts';
import { damage } from '../made/damage.ts';
import { HOSTILE, long } from '../made/hostile.ts';
import { made, type Wanted } from '../made/recording.ts';
import { send } from '../made/send.ts';
import { fill } from '../made/sessions.ts';

const MINUTE = 60_000;
const LISTED = 400;
/** More than a tab holds at once. */
const LARGE_BYTES = 40e6;

export class House {
  readonly stage: Stage;
  readonly staff: Staff;
  /** The ids of sessions, by what they are there for. */
  readonly sessions = new Map<string, string>();
  private visitor: Page | null = null;
  private readonly loggedIn: Cookie[];

  private constructor(stage: Stage, staff: Staff, loggedIn: Cookie[]) {
    this.stage = stage;
    this.staff = staff;
    this.loggedIn = loggedIn;
  }

  static async open(): Promise<House> {
    const stage = await setStage();
    const staff = await Staff.logIn(stage.browser, stage.server);
    return new House(stage, staff, await staff.context.cookies());
  }

  get page(): Page {
    return this.staff.page;
  }

  /** The session that is there for this. */
  session(what: string): string {
    const id = this.sessions.get(what);
    if (id === undefined) throw new Error(`no session for: ${what}`);
    return id;
  }

  /** Goes to an address of the dashboard, and loads it anew. */
  async go(path: string): Promise<void> {
    await this.staff.context.addCookies(this.loggedIn);
    await this.page.goto(this.stage.server.origin + path);
  }

  /** The same as somebody whom the server does not know. */
  async goAnonymous(path: string): Promise<void> {
    await this.staff.context.clearCookies();
    await this.page.goto(this.stage.server.origin + path);
  }

  /** The settings of a site, by way of the list of sites. */
  async openSite(name: string): Promise<void> {
    await this.go('/sites');
    await this.page.getByRole('link', { name }).click();
    await this.page.getByRole('textbox', { name: 'Name', exact: true }).waitFor();
  }

  /** Somebody comes to the site and stays. */
  async firstVisit(): Promise<void> {
    this.visitor = await (await this.stage.visitor()).newPage();
    await this.visitor.goto(`${this.stage.site.origin}/index.html?visitor=ada`);
  }

  async furnish(): Promise<void> {
    const { database } = this.stage.server;
    await fill(database, LISTED);
    const short = { duration_ms: 6 * MINUTE, pages: 3, run_ms: 10_000 };
    await Promise.all([
      this.record('good', short),
      this.record('damaged', short),
      this.record('large', {
        duration_ms: 60 * MINUTE,
        pages: 2,
        run_ms: MINUTE,
        raw_bytes: LARGE_BYTES,
      }),
      ...Object.entries(HOSTILE).map(([what, text]) => this.stranger(what, text)),
    ]);
    const damaged = this.session('damaged');
    await damage(database, damaged, 'a deleted chunk', 4);
    await damage(database, damaged, 'a body that does not inflate', 12);
    const [live] = (await this.staff.sessions()).filter(({ live }) => live);
    if (live === undefined) throw new Error('nobody is there');
    this.sessions.set('live', live.id);
  }

  /** Postgres is there, and refuses what the list asks for. */
  async fail(): Promise<void> {
    await this.stage.server.database.rows('alter table sessions rename to sessions_elsewhere');
  }

  async recover(): Promise<void> {
    await this.stage.server.database.rows('alter table sessions_elsewhere rename to sessions');
  }

  async cutOff(): Promise<void> {
    await this.stage.server.database.goAway();
  }

  async close(): Promise<void> {
    await this.visitor?.close();
    // The server waits for Postgres, to write down what it holds.
    await this.stage.server.database.comeBack();
    await this.stage.strike();
  }

  private async record(what: string, wanted: Omit<Wanted, 'user'>): Promise<void> {
    const { server, site } = this.stage;
    const start_ms = Date.now() - wanted.duration_ms;
    const streams = made(site.origin, start_ms, { user: what, ...wanted });
    this.sessions.set(what, await send(server.origin, site.footage.key, streams));
  }

  /** A session whose visitor's name, title and address are a hostile text. */
  private async stranger(what: string, text: string): Promise<void> {
    const { server, site } = this.stage;
    const wanted = { user: text.slice(0, 300), duration_ms: MINUTE, pages: 1, run_ms: MINUTE };
    const [stream] = made(site.origin, Date.now() - MINUTE, wanted);
    if (stream === undefined) throw new Error('no page');
    const page = { ...stream.page, title: text.slice(0, 300), url: `${stream.page.url}#${text}` };
    const id = await send(server.origin, site.footage.key, [{ ...stream, page }]);
    this.sessions.set(what, id);
    const stored = long(text).replaceAll("'", "''");
    await server.database.rows(
      `update sessions set user_name = '${stored}', title = '${stored}' where id = '${id}';
       update pages set title = '${stored}' where session_id = '${id}'`,
    );
  }
}
