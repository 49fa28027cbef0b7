import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences, look, type Root } from './compare.ts';
import { launch } from './harness/browser.ts';

const HTML = `<!doctype html><html class="a"><head><style>p { color: red }</style></head><body>
  <p id="p" class="one two" title="t" style="margin: 1px">Text <b>bold</b></p><p>Second</p>
  <input id="word" value="x" data-footage-unmask><input id="box" type="checkbox">
  <input id="number" value="12"><textarea id="area" data-footage-unmask>long</textarea>
  <select id="choice"><option>1</option><option>2</option></select><dialog id="dialog">D</dialog>
  <div id="scroll" style="height: 50px; overflow: auto"><div style="height: 500px"></div></div>
  <div id="host"><template shadowrootmode="open"><i>shadow</i></template></div>
  <iframe id="frame" srcdoc="<p>framed</p>"></iframe></body></html>`;

let browser: Browser;
let page: Page;
let original: Root;

beforeAll(async () => {
  browser = await launch();
  page = await browser.newPage();
});
afterAll(() => browser?.close());

/** What counts: each of these changes of a document must be a difference. */
const CHANGES: { readonly [what: string]: () => void } = {
  'a text': () => document.querySelector('b')?.replaceChildren('Bold'),
  'an element more': () => document.body.append(document.createElement('hr')),
  'an element less': () => document.querySelector('b')?.remove(),
  'the order of elements': () => document.body.append(document.querySelector('#p') ?? ''),
  'a class': () => document.querySelector('#p')?.classList.remove('two'),
  'a class of the document': () => document.documentElement.classList.add('b'),
  'an attribute': () => document.querySelector('#p')?.setAttribute('title', 'u'),
  'an inline style': () =>
    document.querySelector<HTMLElement>('#p')?.style.setProperty('color', 'red'),
  'the text of a style': () =>
    document.querySelector('style')?.replaceChildren('p { color: blue }'),
  'a rule inserted by script': () => document.styleSheets[0]?.insertRule('b { color: blue }'),
  'an adopted style sheet': () => document.adoptedStyleSheets.push(new CSSStyleSheet()),
  'a value': () => Object.assign(document.querySelector('#word') ?? {}, { value: 'y' }),
  'the length of a masked value': () =>
    Object.assign(document.querySelector('#number') ?? {}, { value: '*' }),
  'the value of a text area': () =>
    Object.assign(document.querySelector('#area') ?? {}, { value: 'y' }),
  'a checked state': () => Object.assign(document.querySelector('#box') ?? {}, { checked: true }),
  'a choice': () => Object.assign(document.querySelector('#choice') ?? {}, { selectedIndex: 1 }),
  'a modal': () => document.querySelector<HTMLDialogElement>('#dialog')?.showModal(),
  'a dialog that is no modal': () => document.querySelector<HTMLDialogElement>('#dialog')?.show(),
  'a scroll': () => document.querySelector('#scroll')?.scrollTo(0, 30),
  'something in a shadow root': () => document.querySelector('#host')?.shadowRoot?.append('more'),
  'a shadow root': () => document.querySelector('#scroll div')?.attachShadow({ mode: 'open' }),
  'something in a frame': () =>
    document.querySelector<HTMLIFrameElement>('#frame')?.contentDocument?.body.append('more'),
};

async function fresh(): Promise<void> {
  await page.setContent(HTML);
  original = await page.evaluate(look, null);
  // As a recording has it.
  await page.evaluate(() =>
    Object.assign(document.querySelector('#number') ?? {}, { value: '**' }),
  );
}

test('the same document has no differences', async () => {
  await fresh();
  expect(differences(original, await page.evaluate(look, null))).toEqual([]);
});

test.each(Object.entries(CHANGES))('%s counts', async (_, change) => {
  await fresh();
  await page.evaluate(change);
  expect(differences(original, await page.evaluate(look, null))).not.toEqual([]);
});
