// Whether a replayed document is the original: what is looked at, what is left out and why, and the
// differences that remain. Everything that counts or does not is in this file.
//
// Looked at: elements in their order, with names, attributes, classes and inline styles; text; shadow
// roots; documents in frames; values, checked and chosen states; open modals; scroll positions; the
// rules of every style sheet, as the browser understood them. Not looked at: pixels.

import { unfetched } from './unfetched.ts';

export type TextNode = { readonly kind: 'text'; readonly text: string };
export type Comment = { readonly kind: 'comment' };
export type Element = {
  readonly kind: 'element';
  readonly tag: string;
  /** Addresses are absolute; `style` is written as the browser writes it. */
  readonly attributes: { readonly [name: string]: string };
  /** What is no attribute: value, checked, selected, modal, scroll. */
  readonly state: { readonly [name: string]: string | boolean };
  /** Of a style sheet: its rules. */
  readonly rules: readonly string[] | null;
  readonly children: readonly Node[];
  readonly shadow: Root | null;
  /** Of a frame whose document may be looked at. */
  readonly framed: Root | null;
};
export type Node = TextNode | Comment | Element;
/** A document or a shadow root. */
export type Root = {
  /** The rules of its adopted style sheets. */
  readonly adopted: readonly (readonly string[])[];
  readonly children: readonly Node[];
};

// --- looking ----------------------------------------------------------------------------------

/**
 * Runs in a browser: takes down the page's own document, or that of the frame within it that
 * `frame` selects. Uses nothing from outside of itself.
 */
export function look(frame: string | null): Root {
  const ADDRESSES = ['src', 'href'];

  const absolute = (address: string, base: string): string =>
    URL.canParse(address, base) ? new URL(address, base).href : address;
  const addressed = (css: string, base: string): string =>
    css.replace(/url\("([^"]*)"\)/g, (_, address) => `url("${absolute(address, base)}")`);
  const rulesOf = (sheet: CSSStyleSheet | null, base: string): string[] | null => {
    if (sheet === null) return null;
    try {
      return [...sheet.cssRules].map((rule) => addressed(rule.cssText, sheet.href ?? base));
    } catch {
      return ['unreadable'];
    }
  };
  const stateOf = (element: globalThis.Element): Record<string, string | boolean> => {
    const state: Record<string, string | boolean> = {};
    const { localName: tag } = element;
    const { value, checked, selected } = element as unknown as { [name: string]: unknown };
    if (['input', 'textarea', 'select'].includes(tag)) state['value'] = String(value);
    if (tag === 'input') state['checked'] = checked === true;
    if (tag === 'option') state['selected'] = selected === true;
    if (tag === 'dialog') state['modal'] = element.matches('[open]:modal');
    const { scrollLeft, scrollTop } = element;
    if (scrollLeft !== 0 || scrollTop !== 0) {
      state['scroll'] = `${Math.round(scrollLeft)},${Math.round(scrollTop)}`;
    }
    return state;
  };
  const attributesOf = (element: globalThis.Element): Record<string, string> => {
    const attributes: Record<string, string> = {};
    for (const { name, value } of element.attributes) {
      const isAddress = ADDRESSES.includes(name) && !/^(javascript|data|about):/i.test(value);
      attributes[name] = isAddress ? absolute(value, element.baseURI) : value;
    }
    const { style } = element as HTMLElement;
    if (attributes['style'] !== undefined && style !== undefined) {
      attributes['style'] = addressed(style.cssText, element.baseURI);
    }
    return attributes;
  };
  const rootOf = (root: Document | ShadowRoot): Root => ({
    adopted: [...root.adoptedStyleSheets].map((sheet) => rulesOf(sheet, document.baseURI) ?? []),
    children: [...root.childNodes].flatMap(nodeOf),
  });
  const nodeOf = (node: globalThis.Node): Node[] => {
    if (node.nodeType === 3) return [{ kind: 'text', text: (node as Text).data }];
    if (node.nodeType === 8) return [{ kind: 'comment' }];
    if (node.nodeType !== 1) return [];
    const element = node as globalThis.Element;
    const { sheet = null } = element as HTMLStyleElement;
    const { contentDocument: framed = null } = element as HTMLIFrameElement;
    return [
      {
        kind: 'element',
        tag: element.localName,
        attributes: attributesOf(element),
        state: stateOf(element),
        rules: rulesOf(sheet, element.baseURI),
        children: [...element.childNodes].flatMap(nodeOf),
        shadow: element.shadowRoot && rootOf(element.shadowRoot),
        framed: framed && rootOf(framed),
      },
    ];
  };

  if (frame === null) return rootOf(document);
  const { contentDocument } = document.querySelector(frame) as HTMLIFrameElement;
  if (contentDocument === null) throw new Error('the replay cannot be looked at');
  return rootOf(contentDocument);
}

// --- what is left out, and why ------------------------------------------------------------------

type Side = 'original' | 'replay';
type Change = (node: Node, above: readonly Element[]) => Node | null;
type Ignored = { readonly what: string; readonly why: string } & {
  readonly [side in Side | 'both']?: Change;
};

/** The whole list. Nothing else is forgiven. */
export const IGNORED: readonly Ignored[] = [
  {
    what: 'comments and scripts',
    why: 'are not recorded: nobody sees the former, and a replay runs none of the latter',
    both: (node) => (node.kind === 'comment' || isTag(node, 'script') ? null : node),
  },
  {
    what: 'a link that carries a style sheet is a style element; the text of either',
    why: 'the replay fetches nothing; the rules are compared, as the browser understood them',
    both: elements((element) =>
      element.rules === null
        ? element
        : { ...element, tag: 'style', attributes: {}, children: [], rules: element.rules },
    ),
  },
  {
    what: 'the address and kind of other links, and the address of frames',
    why: 'the player takes them away, so that nothing is fetched (P6)',
    both: elements((element) => {
      if (element.tag === 'link') return without(element, 'href', 'rel');
      return element.tag === 'iframe' ? without(element, 'src', 'rr_src') : element;
    }),
  },
  {
    what: 'addresses of images, of media and in style sheets, and the surfaces in their places',
    why: 'nothing is fetched; what is absent keeps its size (P6)',
    both: elements(unfetched),
  },
  {
    what: 'attributes that run script',
    why: 'the player takes them away (P6)',
    original: elements((element) =>
      without(
        element,
        ...Object.entries(element.attributes)
          .filter(([name, value]) => name.startsWith('on') || /^javascript:/i.test(value))
          .map(([name]) => name),
      ),
    ),
  },
  {
    what: 'queries of links, forms and frames',
    why: 'may hold secrets and are cut before they leave the browser (R7)',
    original: elements((element) => {
      const name = { a: 'href', area: 'href', form: 'action', button: 'formaction' }[element.tag];
      const address = name === undefined ? undefined : element.attributes[name];
      if (name === undefined || address === undefined) return element;
      return withAttribute(element, name, address.replace(/\?[^#]*/, ''));
    }),
  },
  {
    what: 'what fields hold is masked; the masked form is compared',
    why: 'what visitors type does not leave the browser (R1 to R3)',
    original: elements(maskedField),
  },
  {
    what: 'text under a mask, and text the visitor wrote outside of fields, is compared masked',
    why: 'the page asked for it, or as for fields (R3, R5)',
    original: maskedText,
  },
  {
    what: 'the attribute value of an element of the page’s own kind is compared masked',
    why: 'such elements often reflect what was typed into them (R6)',
    original: elements(maskedReflection),
  },
  {
    what: 'the attribute autocomplete of fields',
    why: 'the replay switches it off, so that the browser of staff fills in nothing',
    both: elements((element) => (isField(element) ? without(element, 'autocomplete') : element)),
  },
  {
    what: 'all but the first choice in a list of several choices',
    why: 'rrweb tells the value of a list, and that is its first choice',
    both: elements((element) =>
      element.tag === 'select' && 'multiple' in element.attributes
        ? { ...element, children: element.children.map(unchosen) }
        : element,
    ),
  },
  {
    what: 'the attributes value, checked and selected, and the text within a textarea',
    why: 'say how a field began; what it holds is compared instead',
    both: elements((element) => {
      if (!isField(element) && element.tag !== 'option') return element;
      const began = without(element, 'value', 'checked', 'selected');
      return element.tag === 'textarea' ? { ...began, children: [] } : began;
    }),
  },
  {
    what: "rrweb's own marks: its style sheet before the head, classes for pauses and the mouse, modals",
    why: 'are how the player shows things; whether a dialog is modal is compared',
    replay: (node, above) => {
      if (node.kind !== 'element') return node;
      if (node.tag === 'style' && above.at(-1)?.tag === 'html') return null;
      const kept = node.attributes['class']
        ?.split(' ')
        .filter((name) => name !== 'rrweb-paused' && name !== ':hover')
        .join(' ');
      const unmarked = without(node, 'rr_open_mode');
      return kept === undefined ? unmarked : withAttribute(unmarked, 'class', kept);
    },
  },
  {
    what: 'a second selector .\\:hover beside each selector :hover',
    why: 'is how the replay shows what is under the visitor’s mouse',
    replay: elements((element) => ({
      ...element,
      rules:
        element.rules?.map((rule) => rule.replace(/, [^,{]*\.\\:hover[^,{]*(?=[,{])/g, ' ')) ??
        null,
    })),
  },
  {
    what: 'an empty class attribute is none',
    why: 'removing the last class leaves one or the other behind',
    both: elements((element) =>
      element.attributes['class'] === '' ? without(element, 'class') : element,
    ),
  },
];

function isTag(node: Node, tag: string): boolean {
  return node.kind === 'element' && node.tag === tag;
}

function isField({ tag }: Element): boolean {
  return ['input', 'textarea', 'select'].includes(tag);
}

/** The list's own value still tells the first choice. */
function unchosen(node: Node): Node {
  return isTag(node, 'option') ? { ...(node as Element), state: {} } : node;
}

function elements(change: (element: Element, above: readonly Element[]) => Element): Change {
  return (node, above) => (node.kind === 'element' ? change(node, above) : node);
}

function without(element: Element, ...names: readonly string[]): Element {
  const kept = Object.entries(element.attributes).filter(([name]) => !names.includes(name));
  return { ...element, attributes: Object.fromEntries(kept) };
}

function withAttribute(element: Element, name: string, value: string): Element {
  return { ...element, attributes: { ...element.attributes, [name]: value } };
}

// --- masking, told a second time ------------------------------------------------------------------

const SECRET = /(^|\s)(cc-\S+|one-time-code|(current|new)-password)(\s|$)/i;
const BY_THE_PAGE = /^(submit|button|reset|image|checkbox|radio)$/;

/** What the nearest mark on the element or above it says; on one element masking wins. */
function markOf(marked: readonly Element[]): 'mask' | 'keep' | null {
  for (const { attributes } of marked.toReversed()) {
    if ('data-footage-mask' in attributes) return 'mask';
    if ('data-footage-unmask' in attributes) return 'keep';
  }
  return null;
}

/** A field that began as a password stays one; the fixture marks it, as its type may have changed. */
function maskedField(element: Element, above: readonly Element[]): Element {
  const value = element.state['value'];
  if (typeof value !== 'string' || value === '') return element;
  const { type = '', autocomplete = '', class: classes = '' } = element.attributes;
  const said = markOf([...above, element]);
  const isKept = element.tag === 'select' || BY_THE_PAGE.test(type);
  const isSecret = type === 'password' || SECRET.test(autocomplete) || classes === 'was-password';
  let masked = '*'.repeat(value.length);
  if (element.tag === 'input' && type === 'hidden') masked = '';
  else if (isSecret) masked = '*******';
  else if (said === 'keep' || (said === null && isKept)) masked = value;
  return { ...element, state: { ...element.state, value: masked } };
}

function maskedReflection(element: Element, above: readonly Element[]): Element {
  const { value } = element.attributes;
  if (!element.tag.includes('-') || value === undefined) return element;
  const isKept = markOf([...above, element]) === 'keep';
  return isKept ? element : withAttribute(element, 'value', '*'.repeat(value.length));
}

function maskedText(node: Node, above: readonly Element[]): Node {
  if (node.kind !== 'text' || isTag(above.at(-1) ?? node, 'style')) return node;
  const isWritten = above.some(({ attributes }) => 'contenteditable' in attributes);
  const said = markOf(above) ?? (isWritten ? 'mask' : 'keep');
  return said === 'keep' ? node : { ...node, text: node.text.replace(/\S/g, '*') };
}

// --- comparing --------------------------------------------------------------------------------

/** The document after these changes, which leave out what is ignored. */
function reduced(root: Root, changes: readonly Change[], above: readonly Element[] = []): Root {
  const children: Node[] = [];
  for (const original of root.children) {
    let node: Node | null = original;
    for (const change of changes) node = node && change(node, above);
    if (node === null) continue;
    const before = children.at(-1);
    if (node.kind === 'element') children.push(reducedElement(original, node, changes, above));
    // How text is cut into nodes is not seen.
    else if (node.kind === 'text' && before?.kind === 'text')
      children[children.length - 1] = { kind: 'text', text: before.text + node.text };
    else children.push(node);
  }
  return { adopted: root.adopted, children };
}

function reducedElement(
  original: Node,
  element: Element,
  changes: readonly Change[],
  above: readonly Element[],
): Element {
  // Marks that were changed on the way still count for what is below.
  const path = [...above, original.kind === 'element' ? original : element];
  return {
    ...element,
    children: reduced({ adopted: [], children: element.children }, changes, path).children,
    shadow: element.shadow && reduced(element.shadow, changes, path),
    framed: element.framed && reduced(element.framed, changes, []),
  };
}

/** Every difference that counts, in words; none when the replay is the original. */
export function differences(original: Root, replay: Root, ignored = IGNORED): string[] {
  const changes = (side: Side) => ignored.flatMap((each) => each[side] ?? each.both ?? []);
  const one = reduced(original, changes('original'));
  return betweenRoots('', one, reduced(replay, changes('replay')));
}

function betweenRoots(place: string, one: Root, other: Root): string[] {
  const found = betweenValues(`${place} adopted`, one.adopted, other.adopted);
  const count = Math.max(one.children.length, other.children.length);
  for (let at = 0; at < count; at += 1) {
    found.push(...betweenNodes(place, at, one.children[at], other.children[at]));
  }
  return found;
}

function betweenNodes(place: string, at: number, one?: Node, other?: Node): string[] {
  const here = `${place}/${at}${one?.kind === 'element' ? nameOf(one) : ''}`;
  if (one?.kind !== 'element' || other?.kind !== 'element' || one.tag !== other.tag) {
    return betweenValues(here, one && briefly(one), other && briefly(other));
  }
  return [
    ...betweenValues(`${here} attributes`, sorted(one.attributes), sorted(other.attributes)),
    ...betweenValues(`${here} state`, sorted(one.state), sorted(other.state)),
    ...betweenValues(`${here} rules`, one.rules, other.rules),
    ...betweenRoots(here, { adopted: [], ...one }, { adopted: [], ...other }),
    ...betweenOptional(`${here}/shadow`, one.shadow, other.shadow),
    ...betweenOptional(`${here}/frame`, one.framed, other.framed),
  ];
}

function betweenOptional(place: string, one: Root | null, other: Root | null): string[] {
  if (one !== null && other !== null) return betweenRoots(place, one, other);
  return betweenValues(place, one && 'is there', other && 'is there');
}

function betweenValues(place: string, one: unknown, other: unknown): string[] {
  const [first, second] = [JSON.stringify(one), JSON.stringify(other)];
  return first === second ? [] : [`${place}: ${first} became ${second}`];
}

function nameOf({ tag, attributes }: Element): string {
  return `<${tag}${attributes['id'] === undefined ? '' : `#${attributes['id']}`}>`;
}

function briefly(node: Node): unknown {
  return node.kind === 'element' ? nameOf(node) : node;
}

function sorted(record: { readonly [name: string]: unknown }): unknown {
  return Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1));
}
