// The player as it is built, in the example page of its README: what is seen after each message.
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Browser, Frame, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { FromPlayer, ToPlayer } from '../../web/player/messages.ts';
import { launch } from './harness/browser.ts';
import { eventually } from './harness/eventually.ts';

const WEB = join(import.meta.dirname, '../../web');
const ORIGIN = 'http://player.test';
const START = 1_800_000_000_000;
const POLICY = `default-src 'none'; script-src 'nonce-test'; style-src ${ORIGIN}/player-assets/ 'unsafe-inline'; img-src data: blob:; font-src data:; frame-ancestors ${ORIGIN}`;

type Node = { readonly [name: string]: unknown };
type Event = { readonly type: number; readonly timestamp: number; readonly data: unknown };

let browser: Browser;
let page: Page;
let player: Frame;
let asked: string[] = [];
let errors: string[] = [];

const el = (id: number, tagName: string, attributes: object = {}, childNodes: Node[] = []) => ({
  type: 2,
  id,
  tagName,
  attributes,
  childNodes,
});
const text = (id: number, textContent: string) => ({ type: 3, id, textContent });

function pageOf(...inBody: Node[]): Node {
  const html = el(2, 'html', {}, [el(3, 'head'), el(4, 'body', {}, inBody)]);
  const doctype = { type: 1, id: 5, name: 'html', publicId: '', systemId: '' };
  return { type: 0, id: 1, childNodes: [doctype, html] };
}

function keyframe(at: number, node: Node, href = 'https://shop.example/'): Event[] {
  return [
    { type: 4, timestamp: START + at, data: { href, width: 800, height: 500 } },
    {
      type: 2,
      timestamp: START + at + 3,
      data: { node, initialOffset: { left: 0, top: 0 } },
    },
  ];
}

const incremental = (at: number, data: object): Event => ({
  type: 3,
  timestamp: START + at,
  data,
});
const says = (at: number, id: number, value: string): Event =>
  incremental(at, { source: 0, texts: [{ id, value }], attributes: [], removes: [], adds: [] });

/** A page that counts seconds. */
const counted = (seconds: number) => pageOf(el(10, 'p', {}, [text(11, String(seconds))]));
const counts = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) =>
    says((from + index) * 1_000, 11, String(from + index)),
  );

beforeAll(async () => {
  browser = await launch();
});
afterAll(() => browser.close());
afterEach(() => page.close());

/** Opens the example page; without a recording nothing but `ready` has been said. */
async function opened(recording: readonly Event[] | null = null): Promise<void> {
  page = await browser.newPage({ viewport: { width: 1_000, height: 700 } });
  [asked, errors] = [[], []];
  page.on('request', (request) => asked.push(request.url()));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  await page.route('**/*', (route) => {
    const { pathname } = new URL(route.request().url());
    if (pathname === '/player') {
      const body = String(readFileSync(join(WEB, 'dist/player/index.html')))
        .replaceAll('__NONCE__', 'test')
        .replaceAll('__PARENT_ORIGIN__', ORIGIN);
      return route.fulfill({
        contentType: 'text/html',
        body,
        headers: { 'content-security-policy': POLICY },
      });
    }
    if (pathname === '/recording.json') return route.fulfill({ json: recording });
    if (pathname === '/') {
      const example = String(readFileSync(join(WEB, 'player/example.html')));
      const silent = '<!doctype html><iframe src="/player" width="960" height="600"></iframe>';
      return route.fulfill({ contentType: 'text/html', body: recording ? example : silent });
    }
    const name = basename(pathname);
    if (!readdirSync(join(WEB, 'dist/player')).includes(name))
      return route.fulfill({ status: 204 });
    const contentType = name.endsWith('.css') ? 'text/css' : 'text/javascript';
    return route.fulfill({ contentType, body: readFileSync(join(WEB, 'dist/player', name)) });
  });
  await page.addInitScript(() => {
    Object.assign(window, { said: [] });
    if (window === window.top) {
      addEventListener('message', ({ data }) =>
        (window as unknown as { said: unknown[] }).said.push(data),
      );
    }
  });
  await page.goto(ORIGIN);
  await eventually(
    async () => (await said()).some(({ type }) => type === 'ready'),
    'the player listens',
  );
  const found = page.frames().find((each) => each.url() === `${ORIGIN}/player`);
  if (!found) throw new Error('no player');
  player = found;
}

function said(): Promise<FromPlayer[]> {
  return page.evaluate(() => (window as unknown as { said: FromPlayer[] }).said);
}

/** As JSON, since what nests deeply is too much for the browser's remote control. */
async function tell(...messages: ToPlayer[]): Promise<void> {
  await page.evaluate((json) => {
    for (const message of JSON.parse(json)) window.frames[0]?.postMessage(message, '*');
  }, JSON.stringify(messages));
}

/** Says something and waits for the next message of a type. */
async function answer<T extends FromPlayer['type']>(
  type: T,
  ...messages: ToPlayer[]
): Promise<Extract<FromPlayer, { type: T }>> {
  const before = (await said()).length;
  await tell(...messages);
  let found: FromPlayer | undefined;
  await eventually(async () => {
    found = (await said()).slice(before).find((each) => each.type === type);
    return found !== undefined;
  }, `the player answers with ${type}`);
  return found as Extract<FromPlayer, { type: T }>;
}

const init: ToPlayer = { type: 'init', start_ms: START, speed: 1, skip_inactive: false };
const open = (at_ms: number): ToPlayer => ({ type: 'open', at_ms });
const events = (
  part: readonly unknown[],
  until_ms: number,
  more: { last?: boolean; seam?: boolean } = {},
): ToPlayer => ({ type: 'events', events: part, until_ms, last: true, seam: false, ...more });
const seek = (at_ms: number): ToPlayer => ({ type: 'seek', at_ms });

/** Runs in the player's document. */
function shown<T>(look: (page: Document) => T): Promise<T> {
  return player.evaluate(
    `(${look})(document.querySelector('.replayer-wrapper iframe').contentDocument)`,
  ) as Promise<T>;
}
const words = () => shown((of) => of.body.innerText.trim());

describe('the example page', () => {
  test('plays a recording to its end', async () => {
    await opened([...keyframe(0, counted(0)), ...counts(1, 3)]);
    await eventually(async () => (await words()) === '0', 'the first picture stands');
    await page.getByRole('button', { name: 'Play' }).click();
    await eventually(async () => (await words()) === '3', 'the end is shown');
    expect(await page.getByRole('slider').inputValue()).toBe('3000');
    expect(errors).toEqual([]);
  });
});

describe('a window', () => {
  test('shows the wanted moment once its events are there, and says so in order', async () => {
    await opened();
    await tell(
      init,
      open(2_500),
      events([...keyframe(0, counted(0)), ...counts(1, 2)], 2_000, { last: false }),
    );
    const landed = await answer('landed', events(counts(3, 9), 9_000));
    expect(landed.at_ms).toBe(2_500);
    expect(await words()).toBe('2');
    const order = (await said()).map(({ type }) => type);
    expect(order.indexOf('loaded')).toBeLessThan(order.indexOf('landed'));
    expect((await said()).filter(({ type }) => type === 'loaded')).toHaveLength(1);
  });

  test('shows any moment the same, from wherever it is sought', async () => {
    await opened();
    const all = [
      ...keyframe(0, counted(0)),
      ...counts(1, 9),
      ...keyframe(9_500, counted(9)),
      ...counts(10, 20),
    ];
    await answer('landed', init, open(0), events(all, 20_000));
    for (const at of [20_000, 0, 9_500, 15_000, 3_999, 12_000, 9_499]) {
      expect((await answer('landed', seek(at))).at_ms).toBe(at);
      expect(await words()).toBe(String(Math.floor(at / 1_000)));
    }
  });

  test('waits at its end and goes on when more comes', async () => {
    await opened();
    await answer(
      'landed',
      init,
      open(0),
      events([...keyframe(0, counted(0)), ...counts(1, 1)], 1_200, { last: false }),
    );
    await tell({ type: 'speed', speed: 16 }, { type: 'play' });
    await eventually(async () => stateOf(await said()) === 'waiting', 'it waits');
    expect(await words()).toBe('1');
    await tell(events(counts(2, 9), 9_000));
    await eventually(async () => stateOf(await said()) === 'finished', 'it goes on to the end');
    expect(await words()).toBe('9');
  });

  test('a keyframe in the middle of play leaves the picture alone, unless something is missing', async () => {
    await opened();
    await answer(
      'landed',
      init,
      open(0),
      events([...keyframe(0, counted(0)), ...counts(1, 1)], 1_000, { last: false }),
    );
    await shown((of) => of.body.setAttribute('data-same', 'yes'));
    const isSame = () => shown((of) => of.body.hasAttribute('data-same'));
    const go = async (at: number, part: Event[], seam: boolean) => {
      await tell(events(part, at, { last: false, seam }));
      await answer('landed', seek(at));
      return isSame();
    };
    expect(await go(2_000, keyframe(1_500, counted(1)), false)).toBe(true);
    // The visitor's browser told of a change by the keyframe alone.
    expect(await go(3_000, keyframe(2_500, counted(7)), false)).toBe(false);
    expect(await words()).toBe('7');
    await shown((of) => of.body.setAttribute('data-same', 'yes'));
    expect(await go(4_000, keyframe(3_500, counted(7)), true)).toBe(false);
    await shown((of) => of.body.setAttribute('data-same', 'yes'));
    expect(await go(5_000, keyframe(4_500, counted(7), 'https://shop.example/b'), false)).toBe(
      false,
    );
  });

  test('forgets old events without a jump', async () => {
    await opened();
    const all = [
      ...keyframe(0, counted(0)),
      ...counts(1, 4),
      ...keyframe(4_500, counted(4)),
      ...counts(5, 9),
    ];
    await answer('landed', init, open(6_000), events(all, 9_000));
    await tell({ type: 'trim', before_ms: 5_000 });
    expect(await words()).toBe('6');
    expect((await answer('landed', seek(8_000))).at_ms).toBe(8_000);
    expect(await words()).toBe('8');
    // What is gone is gone: the oldest picture stands for it.
    expect((await answer('landed', seek(1_000))).at_ms).toBe(4_500);
    expect(await words()).toBe('4');
  });

  test('opens again elsewhere, and another page takes the place of the first', async () => {
    await opened();
    await answer(
      'landed',
      init,
      open(0),
      events([...keyframe(0, counted(0)), ...counts(1, 4)], 4_000),
    );
    const far = [...counts(58, 59), ...keyframe(60_000, counted(60)), ...counts(61, 64)];
    expect((await answer('landed', open(62_000), events(far, 64_000))).at_ms).toBe(62_000);
    expect(await words()).toBe('62');
  });

  test('without a keyframe says so, and lands', async () => {
    await opened();
    const problem = await answer('problem', init, open(500), events(counts(1, 3), 3_000));
    expect(problem.text).toContain('No picture');
    expect((await said()).at(-1)?.type).toBe('landed');
  });
});

function stateOf(all: readonly FromPlayer[]): string | undefined {
  return all.flatMap((each) => (each.type === 'state' ? [each.state] : [])).at(-1);
}

test('a step goes to the next and to the previous change', async () => {
  await opened();
  const load = { type: 1, timestamp: START + 1_500, data: {} };
  const all = [...keyframe(0, counted(0)), ...counts(1, 1), load, ...counts(2, 3)];
  await answer('landed', init, open(1_200), events(all, 5_000));
  for (const [direction, at, expected] of [
    [1, 2_000, '2'],
    [1, 3_000, '3'],
    [1, 3_000, '3'],
    [-1, 2_000, '2'],
    [-1, 1_000, '1'],
    [-1, 0, '0'],
  ] as const) {
    expect((await answer('landed', { type: 'step', direction })).at_ms).toBe(at);
    expect(await words()).toBe(expected);
  }
});

test('images stand as surfaces of their size, and nothing is fetched', async () => {
  await opened();
  const elsewhere = 'https://elsewhere.example';
  const node = pageOf(
    el(10, 'style', {
      _cssText: `@import "${elsewhere}/a.css"; p { background: url(${elsewhere}/b.png) } @font-face { font-family: x; src: url("${elsewhere}/c.woff2") }`,
    }),
    el(11, 'img', {
      id: 'one',
      src: `${elsewhere}/1.png`,
      srcset: `${elsewhere}/2.png 2x`,
      loading: 'lazy',
    }),
    el(12, 'picture', {}, [
      el(13, 'source', { srcset: `${elsewhere}/3.webp` }),
      el(14, 'img', { id: 'two', src: `${elsewhere}/3.png`, width: '30', height: '40' }),
    ]),
    el(15, 'img', { id: 'three', src: `${elsewhere}/4.png` }),
    el(16, 'video', { src: `${elsewhere}/5.mp4`, poster: `${elsewhere}/6.png`, autoplay: '' }),
    el(17, 'iframe', { rr_src: `${elsewhere}/7` }),
    el(18, 'link', { rel: 'stylesheet', href: `${elsewhere}/8.css` }),
    el(19, 'div', { id: 'blocked', rr_width: '120px', rr_height: '60px' }),
    el(20, 'p', { style: `background: url('${elsewhere}/9.png')` }, [text(21, 'words')]),
  );
  const payload = [[11, 320, 200], [15, 20, 10], [99, 5, 5], 'x', [15, -1, 4]];
  const told = { type: 5, timestamp: START + 10, data: { tag: 'footage:images', payload } };
  await answer('landed', init, open(0), events([...keyframe(0, node), told], 1_000));
  const sizes = await shown((of) =>
    Object.fromEntries(
      [...of.querySelectorAll('img')].map((image) => [
        image.id,
        [image.naturalWidth, image.naturalHeight, image.currentSrc.slice(0, 11)],
      ]),
    ),
  );
  expect(sizes).toEqual({
    one: [320, 200, 'data:image/'],
    two: [30, 40, 'data:image/'],
    three: [20, 10, 'data:image/'],
  });
  const label = await shown((of) => decodeURIComponent(of.querySelector('img')?.src ?? ''));
  expect(label).toContain('>320 × 200<');
  const blocked = await shown((of) => {
    const { width, height } = of.getElementById('blocked')?.getBoundingClientRect() ?? {};
    return [width, height];
  });
  expect(blocked).toEqual([120, 60]);
  const absent = (await said()).find(({ type }) => type === 'absent');
  expect(absent).toEqual({ type: 'absent', images: 6, frames: 1, media: 1, styles: 2, fonts: 1 });
  expect(asked.filter((url) => !url.startsWith(ORIGIN) && !url.startsWith('data:'))).toEqual([]);
  expect(errors).toEqual([]);
});

describe('what a recorder would hide', () => {
  const node = pageOf(
    el(10, 'p', { class: 'name' }, [text(11, 'Ada Love')]),
    el(12, 'div', { class: 'card' }, [el(13, 'b', {}, [text(14, '4111')])]),
    el(15, 'input', { class: 'name', value: 'x' }),
  );
  const all = [...keyframe(0, node), says(1_000, 11, 'Bo'), says(2_000, 11, 'Cyd Two')];
  const conceal = (mask: string[], block: string[]): ToPlayer => ({
    type: 'conceal',
    mask_selectors: mask,
    block_selectors: block,
  });
  const name = () => shown((of) => of.querySelector('.name')?.textContent);

  test('is shown as dots and boxes of the same size, counted, and comes back', async () => {
    await opened();
    await answer('landed', init, open(0), events(all, 3_000));
    const height = () => shown((of) => of.querySelector('.card')?.getBoundingClientRect().height);
    const before = await height();
    const concealed = await answer('concealed', conceal(['.name', '!!'], ['.card']));
    expect(concealed).toEqual({ type: 'concealed', masked: 2, blocked: 1, invalid: ['!!'] });
    expect(await name()).toBe('••• ••••');
    expect(await height()).toBe(before);
    const inside = await shown((of) => {
      const inner = of.querySelector('.card b');
      return inner && getComputedStyle(inner).visibility;
    });
    expect(inside).toBe('hidden');
    await answer('concealed', conceal([], []));
    expect(await name()).toBe('Ada Love');
    expect(await shown((of) => of.querySelectorAll('[data-footage-concealed]').length)).toBe(0);
  });

  test('stays hidden through seeks and changes', async () => {
    await opened();
    await answer('landed', init, open(0), events(all, 3_000));
    await answer('concealed', conceal(['.name'], []));
    for (const [at, dots] of [
      [1_500, '••'],
      [2_500, '••• •••'],
      [0, '••• ••••'],
    ] as const) {
      await answer('landed', seek(at));
      expect(await name()).toBe(dots);
    }
  });
});

describe('a damaged recording', () => {
  test('plays what it can, whatever the events are', async () => {
    await opened();
    let random = Number(process.env['SEED'] ?? 17);
    const below = (limit: number) => {
      random = (random * 1_103_515_245 + 12_345) % 2_147_483_648;
      return Math.floor((random / 2_147_483_648) * limit);
    };
    const odd = [
      null,
      -1,
      0,
      1e308,
      Number.NaN,
      '',
      'x',
      [],
      {},
      [[]],
      { id: 4 },
      'div',
      ['p'],
      true,
      4,
      11,
    ];
    const spoil = (value: unknown, depth: number): unknown => {
      if (below(14) === 0) return odd[below(odd.length)];
      if (Array.isArray(value)) return value.map((each) => spoil(each, depth + 1));
      if (typeof value !== 'object' || value === null) return value;
      return Object.fromEntries(
        Object.entries(value)
          .filter(() => below(25) > 0)
          .map(([key, each]) => [key, spoil(each, depth + 1)]),
      );
    };
    const incrementals = Array.from({ length: 17 }, (_, source) =>
      incremental(2_000, {
        source,
        ...says(0, 11, 'x'),
        id: 10,
        x: 1,
        y: 2,
        type: source % 8,
        positions: [{ x: 1, y: 1, id: 4, timeOffset: -10 }],
        texts: [{ id: 11, value: 'x' }],
        attributes: [{ id: 10, attributes: { class: 'a', style: { color: 'red' } } }],
        removes: [{ parentId: 4, id: 10 }],
        adds: [{ parentId: 4, nextId: null, node: el(30, 'div', { rr_mediaState: 'played' }) }],
        ranges: [{ start: 4, startOffset: 0, end: 11, endOffset: 1 }],
        styles: [{ styleId: 1, rules: [{ rule: 'p {}', index: 0 }] }],
        styleIds: [1],
      }),
    );
    for (let round = 0; round < 60; round += 1) {
      const spoilt = [
        ...keyframe(0, counted(0)),
        ...incrementals,
        ...keyframe(3_000, counted(3)),
      ].map((event) => spoil(event, 0));
      const whole = [...keyframe(5_000, counted(5)), ...counts(6, 7)];
      const landed = await answer(
        'landed',
        init,
        open(7_000),
        events([...spoilt, ...whole], 8_000, { seam: true }),
      );
      expect(landed.at_ms).toBe(7_000);
      expect(await words()).toBe('7');
      await answer('landed', seek(2_500));
      await answer('landed', seek(6_500));
      expect(await words()).toBe('6');
    }
    expect(errors).toEqual([]);
  });

  test('nested as deeply as the server lets through is shown, and deeper is cut', async () => {
    await opened();
    let deep: Node = text(5_000, 'ground');
    for (let id = 4_999; id > 3_900; id -= 1) deep = el(id, 'div', {}, [deep]);
    await answer(
      'landed',
      init,
      open(0),
      events(keyframe(0, pageOf(deep, el(10, 'p', {}, [text(11, 'beside')]))), 100),
    );
    expect(await words()).toBe('beside');
    expect((await said()).filter(({ type }) => type === 'problem')).toHaveLength(1);
    const adds = Array.from({ length: 3_000 }, (_, index) => ({
      parentId: index === 0 ? 10 : 10_000 + index - 1,
      nextId: null,
      node: el(10_000 + index, 'div'),
    }));
    const grown = incremental(200, { source: 0, texts: [], attributes: [], removes: [], adds });
    await answer('landed', events([grown, says(300, 11, 'still')], 1_000), seek(500));
    expect(await words()).toBe('still');
  });
});

test('windows opened and forgotten leave nothing behind', async () => {
  await opened();
  const rows = Array.from({ length: 400 }, (_, row) =>
    el(100 + 2 * row, 'p', {}, [text(101 + 2 * row, 'words '.repeat(20))]),
  );
  const all = [...keyframe(0, pageOf(...rows)), ...counts(1, 50)];
  const cdp = await page.context().newCDPSession(page);
  const counters = async () => {
    await cdp.send('HeapProfiler.collectGarbage');
    const { nodes, jsEventListeners, documents } = await cdp.send('Memory.getDOMCounters');
    const { usedSize } = await cdp.send('Runtime.getHeapUsage');
    return { nodes, jsEventListeners, documents, usedSize };
  };
  const openAgain = async (times: number) => {
    for (let time = 0; time < times; time += 1) {
      await answer('landed', open(20_000), events(all, 50_000));
      await tell({ type: 'trim', before_ms: 10_000 });
    }
  };
  await tell(init);
  await openAgain(5);
  const before = await counters();
  await openAgain(45);
  const after = await counters();
  expect(after.documents).toBeLessThanOrEqual(before.documents);
  expect(after.nodes).toBeLessThanOrEqual(before.nodes + 100);
  expect(after.jsEventListeners).toBeLessThanOrEqual(before.jsEventListeners + 5);
  expect(after.usedSize).toBeLessThan(before.usedSize * 1.2 + 500_000);
});
