// The player as it is built, in the example page of its README: what is seen after each message.
import { describe, expect, test } from 'vitest';
import type { FromPlayer, ToPlayer } from '../../web/player/messages.ts';
import {
  answer,
  asked,
  counted,
  counts,
  type Event,
  el,
  errors,
  events,
  init,
  keyframe,
  ORIGIN,
  open,
  opened,
  page,
  pageOf,
  START,
  said,
  says,
  seek,
  shown,
  tell,
  text,
  words,
} from './harness/embedded.ts';
import { eventually } from './harness/eventually.ts';

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
    const concealed = await answer(
      'concealed',
      conceal(['.name', '!!', '.none', '[id="x'], ['.card']),
    );
    expect(concealed).toEqual({
      type: 'concealed',
      masked: 2,
      blocked: 1,
      unmatched: ['.none'],
      invalid: ['!!', '[id="x'],
    });
    expect(await name()).toBe('*** ****');
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
    for (const [at, stars] of [
      [1_500, '**'],
      [2_500, '*** ***'],
      [0, '*** ****'],
    ] as const) {
      await answer('landed', seek(at));
      expect(await name()).toBe(stars);
    }
  });
});
