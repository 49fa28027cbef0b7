// The player with what no recorder makes, and after many windows.
import { describe, expect, test } from 'vitest';
import { seeded } from './decisive.ts';
import {
  answer,
  counted,
  counts,
  el,
  errors,
  events,
  incremental,
  init,
  keyframe,
  type Node,
  open,
  opened,
  page,
  pageOf,
  said,
  says,
  seek,
  tell,
  text,
  words,
} from './harness/embedded.ts';

describe('a damaged recording', () => {
  test('plays what it can, whatever the events are', async () => {
    await opened();
    const random = seeded(Number(process.env['SEED'] ?? 17));
    const below = (limit: number) => Math.floor(random() * limit);
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
