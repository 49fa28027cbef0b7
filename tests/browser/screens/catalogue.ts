// Every screen and every state it can be in, in the order in which a new server comes to them. The
// pictures of `make screens` and the tests look at the same ones.
import type { Answer } from './findings.ts';
import type { House } from './house.ts';

export type Screen = {
  readonly name: string;
  /** The failing answers that belong to it. */
  readonly answers?: readonly Answer[];
  /** Brings the page of staff to this state, and waits until it stands. */
  show(house: House): Promise<void>;
};

export type Phase = {
  readonly name: string;
  /** What has happened since the phase before. */
  prepare(house: House): Promise<void>;
  readonly screens: readonly Screen[];
};

async function logIn(house: House): Promise<void> {
  await house.goAnonymous('/');
  await house.page.getByRole('button', { name: 'Log in' }).waitFor();
}

const newServer: readonly Screen[] = [
  { name: 'log-in', answers: [401], show: logIn },
  {
    name: 'log-in-refused',
    answers: [401],
    async show(house) {
      await logIn(house);
      await house.page.getByLabel('E-mail').fill('nobody@footage.test');
      await house.page.getByRole('textbox', { name: 'Password' }).fill('wrong-word-for-tests');
      await house.page.getByRole('button', { name: 'Log in' }).click();
      await house.page.getByRole('alert').waitFor();
    },
  },
  {
    name: 'first-run',
    async show(house) {
      await house.go('/');
      await house.page.getByText('Waiting for the first visit').waitFor();
    },
  },
];

const firstVisit: readonly Screen[] = [
  {
    name: 'first-visit-arrived',
    async show(house) {
      // Where nobody waited, the list stands here instead.
      await house.page.getByRole('heading', { name: 'Sessions', level: 1 }).waitFor();
      await house.page.getByRole('link', { name: /ada/ }).waitFor();
    },
  },
];

/** The list, narrowed by what the address says. */
const list = (query: string, words: RegExp) => async (house: House) => {
  await house.go(`/${query}`);
  await house.page.getByText(words).first().waitFor();
};

/** A session at a moment, once its picture stands. */
const session =
  (what: string, query = '') =>
  async (house: House) => {
    await house.go(`/sessions/${house.session(what)}${query}`);
    await house.staff.player();
  };

const inUse: readonly Screen[] = [
  { name: 'sessions', show: list('', /orders/) },
  { name: 'sessions-filtered', show: list('?visitor=grace&last=30d', /grace/) },
  { name: 'sessions-no-match', show: list('?visitor=nobody-at-all', /No session|Nothing/) },
  { name: 'session-paused', show: session('good', '?at=95') },
  {
    name: 'session-playing',
    async show(house) {
      await session('good', '?at=20')(house);
      await house.staff.play();
    },
  },
  { name: 'session-live', show: session('live') },
  {
    name: 'session-damaged',
    answers: [500, 'broken'],
    async show(house) {
      await session('damaged', '?at=150')(house);
      await house.page.getByRole('tab', { name: 'Details' }).click();
      await house.page.getByText('The picture goes on').first().waitFor();
    },
  },
  { name: 'session-large', show: session('large', '?at=1800') },
  { name: 'stranger-with-markup', show: session('markup') },
  { name: 'stranger-with-an-override', show: session('an override') },
  { name: 'stranger-with-one-long-word', show: session('one long word') },
  {
    name: 'stranger-in-detail',
    async show(house) {
      await session('many words')(house);
      await house.page.getByRole('tab', { name: 'Details' }).click();
      await house.page.getByText('Completeness').first().waitFor();
    },
  },
  {
    name: 'sites',
    async show(house) {
      await house.go('/sites');
      await house.page.getByRole('link', { name: 'The shop' }).waitFor();
    },
  },
  {
    name: 'site-settings',
    async show(house) {
      await house.openSite('The shop');
      await house.page.getByLabel(/^Masked/).fill('h1\ntd');
      await house.page.getByText(/would be masked/).waitFor();
    },
  },
  {
    name: 'site-settings-refused',
    async show(house) {
      await house.openSite('The shop');
      await house.page.getByLabel('Allowed origins').fill('shop.example');
      await house.page
        .getByText(/is not an|origin/i)
        .first()
        .waitFor();
    },
  },
  {
    name: 'session-not-there',
    answers: [404],
    async show(house) {
      await house.go('/sessions/01993a5c-9c00-7abc-8def-000000000001');
      await house.page
        .getByText(/nothing here/i)
        .first()
        .waitFor();
    },
  },
  {
    name: 'not-found',
    async show(house) {
      await house.go('/nowhere');
      await house.page
        .getByText(/nothing here/i)
        .first()
        .waitFor();
    },
  },
  {
    name: 'no-rights',
    answers: [403],
    async show(house) {
      // Every account may do everything yet: the answer is the one of days to come.
      const json = { code: 'forbidden', message: 'no', hint: null, incident_id: '0' };
      await house.page.route('**/api/v1/me', (route) => route.fulfill({ status: 403, json }));
      await house.go('/');
      await house.page.getByText('No rights').first().waitFor();
      await house.page.unroute('**/api/v1/me');
    },
  },
];

const failing: readonly Screen[] = [
  {
    name: 'server-fails',
    answers: [500],
    async show(house) {
      await house.go('/');
      await house.page.getByRole('alert').waitFor();
    },
  },
];

const away: readonly Screen[] = [
  {
    name: 'postgres-away',
    answers: [503],
    async show(house) {
      await house.go('/');
      await house.page
        .getByText(/database is away/i)
        .first()
        .waitFor();
    },
  },
];

export const CATALOGUE: readonly Phase[] = [
  { name: 'a new server', prepare: async () => {}, screens: newServer },
  { name: 'its first visit', prepare: (house) => house.firstVisit(), screens: firstVisit },
  { name: 'a server in use', prepare: (house) => house.furnish(), screens: inUse },
  { name: 'a server that fails', prepare: (house) => house.fail(), screens: failing },
  {
    name: 'a server without Postgres',
    async prepare(house) {
      await house.recover();
      await house.cutOff();
    },
    screens: away,
  },
];
