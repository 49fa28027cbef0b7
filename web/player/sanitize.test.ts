import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';
import { describe, expect, it } from 'vitest';
import { Sanitizer } from './sanitize.ts';

type Attributes = Record<string, unknown>;

function element(
  id: number,
  tagName: string,
  attributes: Attributes = {},
  childNodes: object[] = [],
) {
  return { type: 2, id, tagName, attributes, childNodes };
}

function snapshot(...nodes: object[]): eventWithTime {
  const node = { type: 0, id: 1, childNodes: nodes };
  return { type: EventType.FullSnapshot, timestamp: 1, data: { node } } as unknown as eventWithTime;
}

function mutation(part: { adds?: object[]; attributes?: object[] }): eventWithTime {
  const data = { source: IncrementalSource.Mutation, adds: [], attributes: [], ...part };
  return { type: EventType.IncrementalSnapshot, timestamp: 2, data } as unknown as eventWithTime;
}

function disarmed(node: object): unknown {
  new Sanitizer().disarm(snapshot(node));
  return node;
}

/** What is left of `attributes` when a later event sets them on `node`. */
function changedLater(node: object, attributes: Attributes): Attributes {
  const sanitizer = new Sanitizer();
  sanitizer.disarm(snapshot(node));
  sanitizer.disarm(mutation({ attributes: [{ id: 5, attributes }] }));
  return attributes;
}

describe('what is taken out', () => {
  it('scripts in any case and namespace become hidden, keeping their place and children', () => {
    for (const tag of ['script', 'SCRIPT', 'svg:Script']) {
      const text = { type: 3, id: 6, textContent: 'SCRIPT_PLACEHOLDER' };
      expect(disarmed(element(5, tag, { src: '//evil' }, [text]))).toEqual(
        element(5, 'noscript', {}, [text]),
      );
    }
  });

  it('tags and attributes that only become text in rrweb are not believed', () => {
    for (const tag of [
      ['script'],
      ['link'],
      { toString: 'x' },
      7,
      null,
      '',
      'svg:',
      '<p>',
      'a b',
      '1',
    ]) {
      const node = { ...element(5, '', { rel: 'preconnect', href: '//evil' }), tagName: tag };
      expect(disarmed(node)).toEqual(element(5, 'footage-removed'));
    }
    const attributes = {
      href: ['javascript:1'],
      src: { 0: 1 },
      style: { color: 'red' },
      title: '',
    };
    expect(disarmed(element(5, 'a', { ...attributes }))).toEqual(
      element(5, 'a', { style: { color: 'red' }, title: '' }),
    );
    expect(changedLater(element(5, 'a'), { ...attributes })).toEqual({
      style: { color: 'red' },
      title: '',
    });
  });

  it('objects, embeds and bases lose tag and attributes', () => {
    for (const tag of ['object', 'Embed', 'applet', 'BASE', 'portal', 'fencedframe']) {
      expect(disarmed(element(5, tag, { href: '//evil', data: '//evil' }))).toEqual(
        element(5, 'footage-removed'),
      );
    }
  });

  it('frames lose src and srcdoc, now and later', () => {
    expect(disarmed(element(5, 'IFRAME', { src: '//evil', SRCDOC: '<script>', id: 'f' }))).toEqual(
      element(5, 'IFRAME', { id: 'f' }),
    );
    expect(changedLater(element(5, 'iframe'), { src: '//evil', srcdoc: 'x', class: 'c' })).toEqual({
      class: 'c',
    });
  });

  it('links lose what makes them fetch, inlined sheets keep their text', () => {
    for (const rel of ['preload', 'modulepreload', 'dns-prefetch', 'stylesheet']) {
      expect(disarmed(element(5, 'link', { rel, href: '//evil', as: 'script' }))).toEqual(
        element(5, 'link', { as: 'script' }),
      );
    }
    const sheet = { rel: 'stylesheet', href: '/a.css', _cssText: 'p { color: red }' };
    expect(changedLater(element(5, 'link'), sheet)).toEqual({ _cssText: 'p { color: red }' });
  });

  it('an emptied sheet does not bring a link back to life', () => {
    const link = element(5, 'link', { rel: 'dns-prefetch', href: '//evil', _cssText: 'p {}' });
    expect(changedLater(link, { _cssText: '' })).toEqual({ _cssText: '' });
    expect(link.attributes).toEqual({ _cssText: 'p {}' });
  });

  it('metas neither refresh nor set anything, now and later', () => {
    const meta = { 'HTTP-Equiv': 'refresh', content: '0;url=//evil' };
    expect(disarmed(element(5, 'meta', meta))).toEqual(
      element(5, 'meta', { content: '0;url=//evil' }),
    );
    expect(changedLater(element(5, 'meta'), { 'http-equiv': 'refresh' })).toEqual({});
  });

  it('handlers go from every element, in snapshots, additions and changes', () => {
    expect(disarmed(element(5, 'img', { onError: 'x()', alt: 'a' }))).toEqual(
      element(5, 'img', { alt: 'a' }),
    );
    const added = element(7, 'p', { onclick: 'x()' }, [element(8, 'b', { onload: 'x()' })]);
    new Sanitizer().disarm(mutation({ adds: [{ parentId: 1, nextId: null, node: added }] }));
    expect(added).toEqual(element(7, 'p', {}, [element(8, 'b')]));
    expect(changedLater(element(5, 'p'), { onclick: 'x()' })).toEqual({});
  });

  it('script addresses go, however they are written', () => {
    for (const address of [
      'javascript:x()',
      ' JavaScript:x()',
      'java\tscr\nipt:x()',
      '\u0001javascript:',
    ]) {
      expect(disarmed(element(5, 'a', { href: address }))).toEqual(element(5, 'a'));
      expect(disarmed(element(5, 'use', { 'xlink:href': address }))).toEqual(element(5, 'use'));
      expect(disarmed(element(5, 'button', { formaction: address }))).toEqual(element(5, 'button'));
    }
    const values = { attributeName: 'href', values: '#;javascript:x()' };
    expect(disarmed(element(5, 'animate', values))).toEqual(
      element(5, 'animate', { attributeName: 'href' }),
    );
  });

  it('a new page forgets the nodes of the one before', () => {
    const sanitizer = new Sanitizer();
    const change = { id: 5, attributes: { src: 'data:image/png;base64,AA==' } };
    sanitizer.disarm(snapshot(element(5, 'iframe')));
    sanitizer.disarm(snapshot(element(5, 'img')));
    sanitizer.disarm(mutation({ attributes: [change] }));
    expect(change.attributes).toEqual({ src: 'data:image/png;base64,AA==' });
  });
});

it('texts that are none become empty', () => {
  for (const textContent of [undefined, null, 7, ['x'], { toString: 1 }]) {
    expect(disarmed(element(5, 'p', {}, [{ type: 3, id: 6, textContent }]))).toEqual(
      element(5, 'p', {}, [{ type: 3, id: 6, textContent: '' }]),
    );
  }
});

describe('what stays', () => {
  it('leaves texts, values, classes, styles and harmless addresses as recorded', () => {
    const recorded = () =>
      element(5, 'form', { class: 'online only', action: '/pay' }, [
        element(6, 'input', { value: 'javascript:not an address', placeholder: 'on*' }),
        element(7, 'a', { href: 'https://shop.example/javascript:', title: 'javascript:' }),
        element(8, 'img', { src: 'https://shop.example/a.png', style: 'color: red' }),
        { type: 3, id: 9, textContent: '<script>alert(1)</script>' },
      ]);
    expect(disarmed(recorded())).toEqual(recorded());
  });

  it('passes events of any shape without a throw', () => {
    const sanitizer = new Sanitizer();
    for (const data of [
      undefined,
      null,
      3,
      {},
      { node: null },
      { source: 0, adds: 3, attributes: [1] },
    ]) {
      for (const type of [
        EventType.FullSnapshot,
        EventType.IncrementalSnapshot,
        EventType.Custom,
      ]) {
        expect(() => sanitizer.disarm({ type, data, timestamp: 1 } as never)).not.toThrow();
      }
    }
    expect(() =>
      disarmed({ type: 2, id: 5, tagName: 'p', attributes: 7, childNodes: 'x' }),
    ).not.toThrow();
  });
});
