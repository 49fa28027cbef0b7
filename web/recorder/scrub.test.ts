// @vitest-environment happy-dom
import { EventType, IncrementalSource, NodeType } from '@rrweb/types';
import { beforeEach, describe, expect, it } from 'vitest';
import { Masking } from './masking.ts';
import { type Rules, Scrubber } from './scrub.ts';
import { NO_POLICY } from './tab.ts';
import { event } from './testing/events.ts';

type Serialized = {
  type: NodeType;
  id: number;
  tagName?: string;
  attributes?: { [name: string]: unknown };
  childNodes?: Serialized[];
  textContent?: string;
};

let nodes: Map<number, Node>;

beforeEach(() => {
  nodes = new Map();
});

function scrub(type: EventType, data: object, rules: Partial<Rules> = {}): void {
  const masking = new Masking(NO_POLICY, null);
  const scrubber = new Scrubber(
    { masking, keepQuery: false, mouseMs: 0, ...rules },
    (id) => nodes.get(id) ?? null,
    () => {},
  );
  scrubber.scrub(event(type, data));
}

/** What rrweb would say of the node, without any masking of its own. */
function serialized(node: Node): Serialized {
  const id = nodes.size + 1;
  nodes.set(id, node);
  if (node.nodeType === 3) return { type: NodeType.Text, id, textContent: node.textContent ?? '' };
  const element = node as Element;
  const attributes: { [name: string]: unknown } = {};
  for (const { name, value } of Array.from(element.attributes)) attributes[name] = value;
  return {
    type: NodeType.Element,
    id,
    tagName: element.tagName.toLowerCase(),
    attributes,
    childNodes: Array.from(node.childNodes, serialized),
  };
}

function snapshotOf(html: string, rules?: Partial<Rules>): string {
  document.body.innerHTML = html;
  const node = serialized(document.body);
  scrub(EventType.FullSnapshot, { node, initialOffset: { left: 0, top: 0 } }, rules);
  return JSON.stringify(node);
}

function mutation(change: object): { [name: string]: unknown } {
  const data = {
    source: IncrementalSource.Mutation,
    adds: [],
    removes: [],
    texts: [],
    attributes: [],
    ...change,
  };
  scrub(EventType.IncrementalSnapshot, data);
  return data;
}

function track(selector: string): number {
  const id = nodes.size + 1;
  nodes.set(id, document.querySelector(selector) as Node);
  return id;
}

describe('scrub', () => {
  it('[R6] masks the value attribute of every field of a snapshot', () => {
    const text = snapshotOf(`<input value="secret1"><input type=hidden value="secret2">
      <input type=password value="secret3"><input type=RADIO value="kept1" checked>
      <input autocomplete=cc-number type=text value="secret4"><button value="kept2">
      <my-field value="secret5"></my-field><input data-footage-unmask value="kept3">`);
    expect(text).not.toContain('secret');
    for (const kept of ['kept1', 'kept2', 'kept3', '"checked"']) expect(text).toContain(kept);
  });

  it('[R6] masks a field that is not to be found any more', () => {
    const node: Serialized = {
      type: NodeType.Element,
      id: 99,
      tagName: 'input',
      attributes: { value: 'secret', checked: true },
      childNodes: [],
    };
    scrub(EventType.FullSnapshot, { node });
    expect(node.attributes).toEqual({ value: '' });
  });

  it('[R9] takes the attributes from an element that fails to answer, and goes on', () => {
    document.body.innerHTML = '<input value="secret1"><input value="secret2">';
    const node = serialized(document.body);
    nodes.set(2, { nodeType: 1 } as Node);
    scrub(EventType.FullSnapshot, { node });
    expect(node.childNodes?.map(({ attributes }) => attributes)).toEqual([
      {},
      { value: '*******' },
    ]);
  });

  it('[R3] hides what is checked and chosen below a mask', () => {
    const html = '<input type=checkbox checked><select><option selected>A</select>';
    expect(snapshotOf(html)).toMatch(/checked.*selected/);
    const masked = snapshotOf(`<div data-footage-mask>${html}</div>`);
    expect(masked).not.toMatch(/"checked"|"selected"/);
  });

  it('[R3] masks what attributes say below a mask', () => {
    const html = `<p title="secret1" aria-label="secret2" class="kept1" data-x="kept2"></p>
      <img alt="secret3" src="/kept3.png"><input placeholder="secret4"><a href="MAILTO:secret5@x.y"></a>
      <option value="secret6" label="secret7"></option><a href="/kept4"></a>`;
    for (const secret of ['secret1', 'secret5', 'secret7']) {
      expect(snapshotOf(html)).toContain(secret);
    }
    const masked = snapshotOf(`<div data-footage-mask>${html}</div>`);
    expect(masked).not.toContain('secret');
    for (const kept of ['kept1', 'kept2', 'kept3', 'kept4']) expect(masked).toContain(kept);
    document.body.innerHTML = '<b data-footage-mask></b>';
    const attributes = { title: 'secret' };
    mutation({ attributes: [{ id: track('b'), attributes }] });
    expect(attributes.title).toBe('******');
  });

  it('[R6] masks what attributes in or around a field repeat of its value', () => {
    const html = `<div data-value="typed" title="typed" class="typed"><input value="typed" data-mine="typed"></div>
      <p data-value="typed"></p><div data-value="kept" data-footage-unmask><input value="kept"></div>`;
    const text = snapshotOf(html);
    expect(text.match(/typed/g)).toHaveLength(2);
    expect(text).toContain('"class":"typed"');
    expect(text.match(/kept/g)).toHaveLength(2);
  });

  it('[R6] leaves out the page that a frame has in an attribute', () => {
    expect(snapshotOf('<iframe srcdoc="<input value=secret>"></iframe>')).not.toContain('secret');
  });

  it('[R6] masks text right below the root of a masked host', () => {
    document.body.innerHTML = '<div data-footage-mask></div>';
    const root = (document.querySelector('div') as Element).attachShadow({ mode: 'open' });
    root.textContent = 'secret';
    nodes.set(1, root.firstChild as Node);
    const texts = [{ id: 1, value: 'secret' }];
    const textNode = { type: NodeType.Text, id: 1, textContent: 'secret', isShadow: true };
    const host = { ...serialized(document.createElement('div')), childNodes: [textNode] };
    mutation({ texts });
    scrub(EventType.FullSnapshot, { node: host });
    expect([texts[0]?.value, textNode.textContent]).toEqual(['******', '******']);
  });

  it('[R6] masks values in changes of attributes', () => {
    document.body.innerHTML = '<input><my-field></my-field><li></li>';
    const attributes = ['input', 'my-field', 'li'].map((selector) => ({
      id: track(selector),
      attributes: { value: 'secret', title: 'kept' },
    }));
    mutation({ attributes });
    expect(attributes.map(({ attributes: { value } }) => value)).toEqual([
      '******',
      '******',
      'secret',
    ]);
    expect(attributes.every(({ attributes: { title } }) => title === 'kept')).toBe(true);
  });

  it('[R6] masks text of textareas and editable elements, added or changed', () => {
    document.body.innerHTML =
      '<textarea>old</textarea><div contenteditable><p>old</p></div><b>old</b>';
    const ids = ['textarea', 'p', 'b'].map((selector) => {
      const id = nodes.size + 1;
      nodes.set(id, document.querySelector(selector)?.firstChild as Node);
      return id;
    });
    const texts = ids.map((id) => ({ id, value: 'written' }));
    const adds = ids.map((id) => ({
      parentId: 0,
      nextId: null,
      node: { type: NodeType.Text, id, textContent: 'written' },
    }));
    mutation({ texts, adds });
    expect(texts.map(({ value }) => value)).toEqual(['*******', '*******', 'written']);
    expect(adds.map(({ node }) => node.textContent)).toEqual(['*******', '*******', 'written']);
  });

  it('[R4] drops changes inside of what was blocked later', () => {
    document.body.innerHTML = '<div data-footage-block><p>x</p></div><b>x</b>';
    const ids = [track('p'), track('b')];
    const data = mutation({
      texts: ids.map((id) => ({ id, value: 'secret' })),
      attributes: ids.map((id) => ({ id, attributes: { title: 'secret' } })),
    });
    expect(data['texts']).toEqual([{ id: 2, value: 'secret' }]);
    expect(data['attributes']).toEqual([{ id: 2, attributes: { title: 'secret' } }]);
  });

  it('[R6] masks input events a second time', () => {
    document.body.innerHTML = `<input id=a><input id=b type=password><input id=c type=checkbox>
      <div data-footage-mask><input id=d type=checkbox></div>`;
    const inputs = ['#a', '#b', '#c', '#d'].map((selector) => ({
      source: IncrementalSource.Input,
      id: track(selector),
      text: 'secret!!',
      isChecked: true,
    }));
    inputs.push({ source: IncrementalSource.Input, id: 99, text: 'secret!!', isChecked: true });
    for (const data of inputs) scrub(EventType.IncrementalSnapshot, data);
    expect(inputs.map(({ text, isChecked }) => [text, isChecked])).toEqual([
      ['********', false],
      ['*******', false],
      ['secret!!', true],
      ['********', false],
      ['', false],
    ]);
  });

  it('[R7] strips addresses that are followed, and leaves those that are fetched', () => {
    const html = `<a href="/a?q=secret#k?secret"></a><form action="/b?secret"></form>
      <button formaction="/c?secret"></button><iframe rr_src="https://x.example/?secret"></iframe>
      <link rel=canonical href="/d?secret"><area href="/e?secret">
      <blockquote cite="/?secret"></blockquote><object data="/?secret"></object><embed src="/?secret">
      <img src="/f?kept1"><link rel=stylesheet href="/g?kept2">`;
    const text = snapshotOf(html);
    expect(text).not.toContain('secret');
    for (const kept of ['/a#k', '/b', '/c', '/d', '/e', 'kept1', 'kept2'])
      expect(text).toContain(kept);
    expect(snapshotOf(html, { keepQuery: true })).toContain('secret');
  });

  it('[R7] strips the meta event', () => {
    const data = { href: 'https://a.example/?secret#x', width: 1, height: 1 };
    scrub(EventType.Meta, data);
    expect(data.href).toBe('https://a.example/#x');
    scrub(EventType.Meta, Object.assign(data, { href: '/?kept' }), { keepQuery: true });
    expect(data.href).toBe('/?kept');
  });

  it('[R26] thins mouse positions when the server asks for it', () => {
    const positions = [-100, -90, -49, -40, 0].map((timeOffset) => ({
      x: 1,
      y: 1,
      id: 1,
      timeOffset,
    }));
    const data = { source: IncrementalSource.MouseMove, positions };
    scrub(EventType.IncrementalSnapshot, data);
    expect(data.positions).toHaveLength(5);
    scrub(EventType.IncrementalSnapshot, data, { mouseMs: 50 });
    expect(data.positions.map(({ timeOffset }) => timeOffset)).toEqual([-100, -49]);
  });

  it('walks a page as deep as it gets', () => {
    let node: Serialized = { type: NodeType.Text, id: 1, textContent: '' };
    for (let level = 0; level < 20_000; level += 1) {
      const childNodes = [node];
      node = { type: NodeType.Element, id: 2, tagName: 'div', attributes: {}, childNodes };
    }
    expect(() => scrub(EventType.FullSnapshot, { node })).not.toThrow();
  });
});
