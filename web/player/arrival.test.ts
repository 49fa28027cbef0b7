import { EventType, IncrementalSource } from '@rrweb/types';
import { describe, expect, it } from 'vitest';
import { Arrival } from './arrival.ts';

type Told = { [name: string]: unknown };

const element = (id: unknown, tagName: unknown, childNodes: unknown = [], more: object = {}) => ({
  type: 2,
  id,
  tagName,
  attributes: {},
  childNodes,
  ...more,
});
const snapshot = (node: unknown) => ({
  type: EventType.FullSnapshot,
  timestamp: 1,
  data: { node, initialOffset: { left: 0, top: 0 } },
});
const pageOf = (...childNodes: unknown[]) => ({ type: 0, id: 1, childNodes });
const mutation = (data: object) => ({
  type: EventType.IncrementalSnapshot,
  timestamp: 2,
  data: { source: IncrementalSource.Mutation, ...data },
});

function arrived(...part: unknown[]): { data: Told }[] {
  return new Arrival().take(part).events as unknown as { data: Told }[];
}

function tree(root: unknown): Told {
  return arrived(snapshot(root))[0]?.data['node'] as Told;
}

function addsOf([event]: readonly { data: unknown }[]): unknown[] {
  return (event?.data as { adds: unknown[] } | undefined)?.adds ?? [];
}

function all(root: Told): Told[] {
  const found = [root];
  for (const node of found) found.push(...((node['childNodes'] ?? []) as Told[]));
  return found;
}

describe('trees are mended', () => {
  it('into a document with one type and one element', () => {
    const type = { type: 1, id: 2, name: '<', publicId: 7 };
    const root = tree(
      pageOf(type, type, { type: 3, id: 3, textContent: 'x' }, element(4, 'html'), element(5, 'p')),
    );
    expect((root['childNodes'] as Told[]).map(({ type }) => type)).toEqual([1, 2]);
    expect((root['childNodes'] as Told[])[0]).toEqual({
      type: 1,
      id: 2,
      name: 'html',
      publicId: '',
      systemId: '',
    });
  });

  it('around an element that claims to be the page', () => {
    expect(tree(element(4, 'html'))['type']).toBe(0);
  });

  it('without what is no node, and with an id for each', () => {
    const odd = [null, 7, 'x', [], { type: 9 }, { type: '2' }, { type: 0, childNodes: [] }];
    const same = [element(6, 'p'), element(6, 'p'), element('6', 'p'), element(undefined, 'p')];
    const root = tree(pageOf(element(4, 'html', [...odd, ...same])));
    const ids = all(root).map(({ id }) => id);
    expect(ids).toHaveLength(6);
    expect(new Set(ids).size).toBe(6);
    expect(ids.every(Number.isInteger)).toBe(true);
  });

  it('where a browser would refuse a name, a shadow or a section', () => {
    const children = [
      element(5, 'input', [], { isShadowHost: true }),
      element(6, 'font-face', [], { isCustom: true, isShadowHost: true }),
      element(7, 'x-y', [], { isCustom: true, isShadowHost: true }),
      { type: 4, id: 8, textContent: 'x' },
    ];
    const [, , input, face, own, section] = all(tree(pageOf(element(4, 'html', children)))) as [
      ...Told[],
    ];
    expect(input).not.toHaveProperty('isShadowHost');
    expect(face).not.toHaveProperty('isCustom');
    expect(face).not.toHaveProperty('isShadowHost');
    expect(own).toMatchObject({ isCustom: true, isShadowHost: true });
    expect(section?.['type']).toBe(5);
  });

  it('down to a depth that browsers can lay out, also when it grows bit by bit', () => {
    let deep: unknown = element(5_000, 'p');
    for (let id = 4_999; id > 3_900; id -= 1) deep = element(id, 'div', [deep]);
    expect(all(tree(pageOf(element(4, 'html', [deep])))).length).toBe(1_025);
    const adds = Array.from({ length: 3_000 }, (_, index) => ({
      parentId: 4 + index,
      nextId: null,
      node: element(5 + index, 'div'),
    }));
    const arrival = new Arrival();
    arrival.take([snapshot(pageOf(element(4, 'html')))]);
    const { events, damaged } = arrival.take([mutation({ adds })]);
    expect(addsOf(events)).toHaveLength(1_023);
    expect(damaged).toBe(1);
    const again = new Arrival();
    again.take([snapshot(pageOf(element(4, 'html')))]);
    const backwards = again.take([mutation({ adds: adds.toReversed() })]).events;
    expect(addsOf(backwards)).toEqual(addsOf(events));
  });

  it('and changes have lists of changes', () => {
    const [event] = arrived(mutation({ adds: 3, removes: [null, { id: 4 }], attributes: [{}] }));
    expect(event?.data).toMatchObject({
      adds: [],
      removes: [{ id: 4 }],
      texts: [],
      attributes: [],
    });
  });
});

it('anything at all arrives without a throw, and without what is no event', () => {
  let seed = 7;
  const below = (limit: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((seed / 2_147_483_648) * limit);
  };
  const names = ['type', 'data', 'node', 'id', 'tagName', 'attributes', 'childNodes', 'source'];
  const more = ['adds', 'removes', 'texts', 'payload', 'tag', 'positions', 'textContent', 'style'];
  const plain = [null, undefined, Number.NaN, -1, 2, 3, 1e300, '', 'img', 'footage:images', true];
  const any = (depth: number): unknown => {
    const kind = depth > 5 ? 0 : below(4);
    if (kind === 0) return plain[below(plain.length)];
    if (kind === 1) return Array.from({ length: below(4) }, () => any(depth + 1));
    const keys = [...names, ...more].filter(() => below(5) === 0);
    return Object.fromEntries(keys.map((key) => [key, any(depth + 1)]));
  };
  const arrival = new Arrival();
  for (let round = 0; round < 1_000; round += 1) {
    const offset = { left: 0, top: 0 };
    const data = { ...(any(0) as object), node: { ...(any(0) as object) }, initialOffset: offset };
    const event = { type: below(7), timestamp: below(9) === 0 ? Number.NaN : round, data };
    const { events, damaged } = arrival.take([event, any(0)]);
    expect(events.every(({ timestamp }) => Number.isFinite(timestamp))).toBe(true);
    expect(events.length + damaged).toBeGreaterThan(0);
  }
});

it('a text of sixteen megabytes is passed on', () => {
  const text = 'x'.repeat(16 * 1024 * 1024);
  const root = tree(pageOf(element(4, 'html', [{ type: 3, id: 5, textContent: text }])));
  expect(all(root).at(-1)?.['textContent']).toBe(text);
});
