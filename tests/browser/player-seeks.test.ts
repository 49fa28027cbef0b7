// The player: what is seen after a seek on pages that make it hard.
import { expect, test } from 'vitest';
import {
  answer,
  el,
  errors,
  events,
  incremental,
  init,
  keyframe,
  open,
  opened,
  page,
  pageOf,
  seek,
  shown,
  text,
} from './harness/embedded.ts';

const tall = el(10, 'div', { style: 'height: 5000px' });
const scroll = (at: number, id: number, y: number) => incremental(at, { source: 3, id, x: 0, y });
const move = (at: number, x: number) =>
  incremental(at, { source: 1, positions: [{ x, y: 5, id: 10, timeOffset: 0 }] });

const scrolledTo = () => shown((of) => of.defaultView?.scrollY);

test('a page that scrolls smoothly is at its place at once', async () => {
  await opened();
  const smooth = el(11, 'style', {}, [text(12, 'html { scroll-behavior: smooth }')]);
  const all = [...keyframe(0, pageOf(smooth, tall)), scroll(500, 1, 3_000)];
  await answer('landed', init, open(0), events(all, 1_000));
  await answer('landed', seek(800));
  expect(await scrolledTo()).toBe(3_000);
});

test('the mouse is where it was, and nowhere where nobody knows', async () => {
  await opened();
  const mouse = () => page.frameLocator('iframe').locator('.replayer-mouse');
  const left = async () => (await mouse().getAttribute('style'))?.match(/left: (-?\d+)px/)?.[1];
  const node = pageOf(tall);
  const all = [...keyframe(0, node), move(300, 120), ...keyframe(1_000, node), move(1_800, 400)];
  await answer('landed', init, open(1_900), events(all, 2_000));
  expect(await left()).toBe('400');
  await answer('landed', seek(1_200));
  expect(await left()).toBe('120');
  await answer('landed', seek(100));
  expect(Number(await left())).toBeLessThan(0);
});

test('a page is left by the style sheets that it adopted', async () => {
  await opened();
  const node = pageOf(el(10, 'p', {}, [text(11, 'words')]));
  const colour = () =>
    shown((of) => getComputedStyle(of.querySelector('p') ?? of.documentElement).color);
  const styles = [{ styleId: 1, rules: [{ rule: 'p { color: rgb(1, 2, 3) }', index: 0 }] }];
  const all = [
    ...keyframe(0, node),
    incremental(300, { source: 15, id: 1, styleIds: [1], styles }),
    ...keyframe(1_000, node, 'https://shop.example/other'),
  ];
  await answer('landed', init, open(500), events(all, 2_000));
  expect(await colour()).toBe('rgb(1, 2, 3)');
  for (const at of [1_500, 500, 100]) {
    await answer('landed', seek(at));
    expect(await colour()).toBe(at === 500 ? 'rgb(1, 2, 3)' : 'rgb(0, 0, 0)');
  }
});

test('frames and shadow roots are what they were at each moment, in any order', async () => {
  await opened();
  const inner = {
    type: 0,
    id: 21,
    childNodes: [el(22, 'html', {}, [el(23, 'body', {}, [text(24, 'inside')])])],
  };
  const inShadow = { ...el(31, 'p', {}, [text(32, 'words')]), isShadow: true };
  const host = { ...el(30, 'div', {}, [inShadow]), isShadowHost: true };
  const node = pageOf(el(20, 'iframe'), host);
  const mutation = { source: 0, texts: [], attributes: [], removes: [], adds: [] };
  const framed = (at: number) => [
    incremental(at, {
      ...mutation,
      adds: [{ parentId: 20, nextId: null, node: inner }],
      isAttachIframe: true,
    }),
  ];
  const styles = [{ styleId: 1, rules: [{ rule: 'p { color: rgb(1, 2, 3) }', index: 0 }] }];
  const all = [
    ...keyframe(0, node),
    ...framed(300),
    incremental(400, { source: 15, id: 30, styleIds: [1], styles }),
    incremental(600, { ...mutation, texts: [{ id: 24, value: 'changed' }] }),
    ...keyframe(1_000, pageOf(host), 'https://shop.example/other'),
    incremental(1_200, {
      ...mutation,
      adds: [{ parentId: 4, nextId: null, node: el(20, 'iframe') }],
    }),
    ...keyframe(2_000, node, 'https://shop.example/'),
    ...framed(2_100),
  ];
  await answer('landed', init, open(0), events(all, 3_000));
  const looked = () =>
    shown((of) => {
      const words = of.querySelector('iframe')?.contentDocument?.body?.textContent ?? null;
      const inside = of.querySelector('div')?.shadowRoot?.querySelector('p');
      return [words, inside ? getComputedStyle(inside).color : null];
    });
  const [plain, adopted] = ['rgb(0, 0, 0)', 'rgb(1, 2, 3)'];
  for (const [at, words, colour] of [
    [700, 'changed', adopted],
    [500, 'inside', adopted],
    [100, '', plain],
    [1_100, null, plain],
    [1_500, '', plain],
    [700, 'changed', adopted],
    [2_500, 'inside', plain],
    [2_050, '', plain],
    [350, 'inside', plain],
  ] as const) {
    await answer('landed', seek(at));
    expect([at, ...(await looked())]).toEqual([at, words, colour]);
  }
  expect(errors).toEqual([]);
});
