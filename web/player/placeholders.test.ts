import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';
import { describe, expect, it } from 'vitest';
import { Placeholders } from './placeholders.ts';
import { surface } from './surface.ts';

type Attributes = { [name: string]: unknown };

const HELD = 'data:image/png;base64,AA==';

function element(id: number, tagName: string, attributes: Attributes, childNodes: object[] = []) {
  return { type: 2, id, tagName, attributes, childNodes };
}

function snapshot(...nodes: object[]): eventWithTime {
  const node = { type: 0, id: 1, childNodes: nodes };
  return { type: EventType.FullSnapshot, timestamp: 1_000, data: { node } } as never;
}

function change(id: number, attributes: Attributes): eventWithTime {
  const data = { source: IncrementalSource.Mutation, attributes: [{ id, attributes }] };
  return { type: EventType.IncrementalSnapshot, timestamp: 3_000, data } as never;
}

function sizes(timestamp: number, ...payload: unknown[]): eventWithTime {
  return { type: EventType.Custom, timestamp, data: { tag: 'footage:images', payload } };
}

describe('an image that is absent', () => {
  const image = () => element(5, 'img', { src: '/a.png', srcset: '/b.png 2x', loading: 'lazy' });

  it('gets a surface, and what would win over it goes', () => {
    const told = image();
    new Placeholders().place(snapshot(told));
    expect(told.attributes).toEqual({
      src: surface([24, 16], ''),
      'data-footage-absent': 'image',
    });
  });

  it('has the size that came with its keyframe from the start', () => {
    const told = image();
    const placeholders = new Placeholders();
    placeholders.place(snapshot(told));
    const placed = placeholders.place(sizes(1_010, [5, 320, 200]));
    const src = surface([320, 200], '320 × 200');
    expect(told.attributes['src']).toBe(src);
    expect(placed?.data).toMatchObject({ attributes: [{ id: 5, attributes: { src } }] });
  });

  it('gets the size of one that loaded later then, and keeps it when its address changes', () => {
    const told = image();
    const placeholders = new Placeholders();
    placeholders.place(snapshot(told));
    placeholders.place(sizes(9_000, [5, 320, 200]));
    expect(told.attributes['src']).toBe(surface([24, 16], ''));
    const attributes: Attributes = { src: '/c.png' };
    placeholders.place(change(5, attributes));
    expect(attributes['src']).toBe(surface([320, 200], '320 × 200'));
  });

  it('is none when the recording holds it, now or later', () => {
    const told = element(5, 'img', { src: HELD });
    const placeholders = new Placeholders();
    placeholders.place(snapshot(told));
    expect(told.attributes).toEqual({ src: HELD });
    expect(placeholders.place(sizes(1_010, [5, 320, 200]))).toBeNull();
    const gone: Attributes = { src: '/a.png' };
    placeholders.place(change(5, gone));
    expect(gone['src']).toBe(surface([24, 16], ''));
  });

  it('is not made by sizes that are none, or of others', () => {
    const placeholders = new Placeholders();
    placeholders.place(snapshot(image()));
    const odd = [null, 5, [5], [5, -1, 2], [5, 1.5, 2], [5, 99_999, 2], ['5', 1, 2], [6, 1, 2]];
    expect(placeholders.place(sizes(1_010, ...odd))).toBeNull();
    expect(placeholders.place(sizes(1_010, 'x'))).toBeNull();
  });
});

it('media, frames and blocked elements are marked, and lead nowhere', () => {
  const nodes = [
    element(5, 'video', { src: '/a.mp4', poster: '/a.png', autoplay: '', rr_mediaState: 'played' }),
    element(6, 'iframe', { rr_src: 'https://other.example' }),
    element(7, 'div', { rr_width: '10px', rr_height: '5px' }),
    element(8, 'table', { background: '/b.png' }),
    element(9, 'image', { href: '/c.png' }),
  ];
  const placeholders = new Placeholders();
  placeholders.place(snapshot(...nodes));
  const mark = 'data-footage-absent';
  expect(nodes.map(({ attributes }) => attributes)).toEqual([
    { poster: surface([300, 150], '▶'), [mark]: 'media' },
    { rr_src: 'https://other.example', [mark]: 'frame' },
    { rr_width: '10px', rr_height: '5px', [mark]: 'blocked' },
    { background: 'data:,/b.png' },
    { href: surface([24, 16], '') },
  ]);
  expect(placeholders.absent).toEqual({ images: 3, frames: 1, media: 1, styles: 0, fonts: 0 });
});

it('style sheets lead nowhere wherever they are told', () => {
  const css = 'p { background: url(/a.png) }';
  const nowhere = 'p { background: url(data:,/a.png) }';
  const text = { type: 3, id: 6, textContent: css };
  const style = element(5, 'style', {}, [text]);
  const linked = element(7, 'link', { rel: 'stylesheet', href: '/b.css', _cssText: css });
  const placeholders = new Placeholders();
  placeholders.place(snapshot(style, linked));
  expect([text.textContent, linked.attributes['_cssText']]).toEqual([nowhere, nowhere]);
  const later = {
    source: IncrementalSource.Mutation,
    texts: [
      { id: 6, value: css },
      { id: 99, value: css },
    ],
  };
  placeholders.place({ type: 3, timestamp: 1, data: later } as never);
  expect(later.texts.map(({ value }) => value)).toEqual([nowhere, css]);
  const rule = { source: IncrementalSource.StyleSheetRule, adds: [{ rule: css }], replace: css };
  placeholders.place({ type: 3, timestamp: 1, data: rule } as never);
  expect(rule).toMatchObject({ adds: [{ rule: nowhere }], replace: nowhere });
  expect(placeholders.absent.styles).toBe(0);
});

it('fonts are loaded only from the recording itself', () => {
  const font = (data: object) =>
    new Placeholders().place({
      type: 3,
      timestamp: 1,
      data: { source: IncrementalSource.Font, ...data },
    } as never);
  expect(font({ fontSource: 'url(/a.woff2)' })).toBeNull();
  expect(font({ fontSource: 'url(data:font/woff2;base64,AA==)' })).not.toBeNull();
  expect(font({ buffer: true, fontSource: '[1]' })).not.toBeNull();
});
