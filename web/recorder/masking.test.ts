// @vitest-environment happy-dom
import { beforeEach, describe, expect, it } from 'vitest';
import { Masking } from './masking.ts';
import { NO_POLICY } from './tab.ts';

let masking: Masking;

function show(html: string): void {
  document.body.innerHTML = html;
}

function the(selector: string): HTMLInputElement {
  return document.querySelector(selector) as HTMLInputElement;
}

beforeEach(() => {
  masking = new Masking(NO_POLICY, null);
});

describe('masking', () => {
  it.each([
    'text',
    'email',
    'tel',
    'search',
    'url',
    'number',
    'date',
    'color',
    'file',
    'unheard-of',
  ])('[R1] masks a field of type %s', (type) => {
    show(`<input type="${type}">`);
    expect(masking.value('secret', the('input'))).toBe('******');
  });

  it('[R1] masks a textarea, and keeps what the page wrote itself', () => {
    show(`<textarea></textarea><select><option>A</select><input type=submit>
      <input type=checkbox><input type=radio><input type=button>`);
    expect(masking.value('secret', the('textarea'))).toBe('******');
    for (const selector of ['select', '[type=submit]', '[type=checkbox]', '[type=radio]']) {
      expect(masking.value('Label', the(selector))).toBe('Label');
    }
  });

  it.each([
    '<input type=password>',
    '<input autocomplete="cc-number">',
    '<input autocomplete="section-a billing CC-CSC">',
    '<input autocomplete="one-time-code">',
    '<input autocomplete="current-password">',
    '<input autocomplete="shipping new-password">',
    '<input type=submit autocomplete="cc-name">',
    '<select autocomplete="cc-exp-month"><option>1</select>',
    '<textarea autocomplete="cc-number"></textarea>',
  ])('[R2] never records %s, nor its length, whatever says otherwise', (html) => {
    show(`<div data-footage-unmask>${html.replace('>', ' data-footage-unmask>')}</div>`);
    const field = the('div').firstElementChild as Element;
    expect(masking.ofField(field)).toBe('never');
    expect(masking.value('1', field)).toBe(masking.value('12345678901234567890', field));
  });

  it('[R2] records nothing of a hidden field', () => {
    show('<div data-footage-unmask><input type=hidden></div>');
    expect(masking.value('token', the('input'))).toBe('');
  });

  it('[R2] remembers a password field after a "show password" toggle, under any policy', () => {
    show('<input type=password data-footage-unmask>');
    masking.ofField(the('input'));
    the('input').type = 'text';
    expect(masking.ofField(the('input'))).toBe('never');
    expect(new Masking(NO_POLICY, masking).ofField(the('input'))).toBe('never');
  });

  it.each(['id', 'name', 'placeholder', 'aria-label'])(
    '[R2] knows a password field again that was rendered anew as text with the same %s',
    (attribute) => {
      show(
        `<div data-footage-unmask><input type=password ${attribute}=x><input ${attribute}=y></div>`,
      );
      expect(masking.ofField(the('input'))).toBe('never');
      expect(masking.ofField(the('input:last-child'))).toBe('keep');
      the('input').outerHTML = `<input ${attribute}=x>`;
      expect(masking.ofField(the('input'))).toBe('never');
      const next = new Masking(NO_POLICY, masking);
      the('input').outerHTML = `<input type=text ${attribute}=x class=again>`;
      expect(next.ofField(the('input'))).toBe('never');
    },
  );

  it('[R2] believes rrweb where rrweb saw the toggle', () => {
    show('<input type=text data-rr-is-password="true" data-footage-unmask>');
    expect(masking.ofField(the('input'))).toBe('never');
  });

  it.each([
    ['<p data-footage-unmask><i></i></p>', 'keep'],
    ['<p data-footage-mask><i></i></p>', 'mask'],
    ['<p data-footage-mask><b data-footage-unmask><i></i></b></p>', 'keep'],
    ['<p data-footage-unmask><b data-footage-mask><i></i></b></p>', 'mask'],
    ['<p data-footage-mask data-footage-unmask><i></i></p>', 'mask'],
  ])('[R3] in %s a field and its text are: %s', (html, level) => {
    show(html.replace('<i></i>', '<input>text'));
    expect(masking.ofField(the('input'))).toBe(level);
    const text = masking.text('some text', the('input').parentElement);
    expect(text).toBe(level === 'keep' ? 'some text' : '**** ****');
  });

  it('[R3] hides checked states and chosen options below a mask', () => {
    show('<div data-footage-mask><input type=checkbox><select><option>A</select></div>');
    expect(masking.ofField(the('input'))).toBe('mask');
    expect(masking.ofField(the('select'))).toBe('mask');
  });

  it('[R3] lets the site policy win over the page', () => {
    masking = new Masking({ ...NO_POLICY, mask: ['.private'] }, null);
    show('<div class=private data-footage-unmask><input><p>text</p></div>');
    expect(masking.value('secret', the('input'))).toBe('******');
    expect(masking.text('text', the('p'))).toBe('****');
  });

  it('[R3] is not switched off by one bad selector', () => {
    masking = new Masking(
      { ...NO_POLICY, mask: [':::', '.private'], block: ['p >', '.gone'] },
      null,
    );
    show('<p class=private>text</p><p class=gone>text</p>');
    expect(masking.text('text', the('.private'))).toBe('****');
    expect(masking.isBlocked(the('.gone'))).toBe(true);
    expect(document.querySelectorAll(masking.textSelector)).toHaveLength(1);
  });

  it('[R3] sees marks through shadow roots', () => {
    show('<div data-footage-unmask><span id=host></span></div>');
    const root = the('#host').attachShadow({ mode: 'open' });
    root.innerHTML = '<input><p>text</p>';
    const field = root.querySelector('input') as Element;
    expect(masking.value('value', field)).toBe('value');
    the('div').removeAttribute('data-footage-unmask');
    the('div').setAttribute('data-footage-mask', '');
    expect(masking.value('value', field)).toBe('*****');
    expect(masking.text('text', root.querySelector('p'))).toBe('****');
  });

  it('[R4] blocks everything inside', () => {
    show('<div data-footage-block><p><input></p></div><b></b>');
    expect(masking.isBlocked(the('input'))).toBe(true);
    expect(masking.isBlocked(the('b'))).toBe(false);
  });

  it('[R5] masks text the visitor writes outside of fields, unless unmasked', () => {
    show(`<div contenteditable id=a><p>x</p></div><div contenteditable=false id=b>x</div>
      <div contenteditable data-footage-unmask id=c>x</div>`);
    expect(masking.text('my text', the('#a p'))).toBe('** ****');
    expect(masking.text('my text', the('#b'))).toBe('my text');
    expect(masking.text('my text', the('#c'))).toBe('my text');
    expect(masking.text('my text', null)).toBe('** ****');
  });

  it('[R5] masks text of a document that is edited as a whole, unless unmasked', () => {
    show('<p>x</p><p data-footage-unmask>x</p>');
    Object.defineProperty(document, 'designMode', { value: 'on', configurable: true });
    expect(masking.text('my text', the('p'))).toBe('** ****');
    expect(masking.text('my text', the('p:last-child'))).toBe('my text');
    Reflect.deleteProperty(document, 'designMode');
    expect(masking.text('my text', the('p'))).toBe('my text');
  });

  it('[R6] masks the markup in a noscript', () => {
    show('<div data-footage-unmask><noscript></noscript></div>');
    expect(masking.text('<input value=token>', the('noscript'))).toBe('****** ************');
    expect(the('noscript').matches(masking.textSelector)).toBe(true);
  });

  it('masks an empty value as empty, and twice as once', () => {
    show('<input><input type=password id=p>');
    expect(masking.value('', the('#p'))).toBe('');
    for (const field of [the('input'), the('#p')]) {
      const once = masking.value('value', field);
      expect(masking.value(once, field)).toBe(once);
    }
  });

  it('[R33] is not led astray by a form that names its fields like our questions', () => {
    show(`<form data-footage-unmask><input name=closest><input name=tagName><input name=parentElement>
      <input name=getRootNode><input name=getAttribute><input name=nodeType></form>`);
    expect(masking.value('value', the('input'))).toBe('value');
    expect(masking.isBlocked(the('form'))).toBe(false);
  });
});
