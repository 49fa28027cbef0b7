// Shows on the recorded page what a recorder with certain selectors would hide: masked text as stars
// of the same length, blocked elements as hatched boxes of the same size, each outlined.
import { isSelector } from '../shared/selector.ts';

const STAR = '*';
const MARK = 'data-footage-concealed';
const HATCHED =
  'repeating-linear-gradient(-45deg, rgba(190, 75, 219, 0.35) 0 6px, rgba(190, 75, 219, 0.15) 6px 16px)';

/** A style sheet of ours in each document and shadow root of the recording. */
const LOOKS = `
[${MARK}] { outline: 2px dashed #ae3ec9 !important; outline-offset: -1px !important; }
[${MARK}="masked"]:is(input, textarea, select) { -webkit-text-security: disc !important; }
[${MARK}="blocked"] {
  background: ${HATCHED} !important; color: transparent !important; text-shadow: none !important;
  -webkit-text-fill-color: transparent !important;
}
img[${MARK}="blocked"] { object-position: -99999px 0 !important; }
[${MARK}="blocked"]::before, [${MARK}="blocked"]::after, [${MARK}="blocked"] * {
  visibility: hidden !important;
}`;

export type Concealed = {
  masked: number;
  blocked: number;
  unmatched: readonly string[];
  invalid: readonly string[];
};

export class Concealment {
  readonly #tell: (counts: Concealed) => void;
  #mask: readonly string[] = [];
  #block: readonly string[] = [];
  #invalid: readonly string[] = [];
  /** What stood in a text before the stars. */
  #texts = new Map<Text, { readonly was: string; readonly stars: string }>();
  #marked = new Set<Element>();
  #styles = new Set<Element>();
  #told = '';

  constructor(tell: (counts: Concealed) => void) {
    this.#tell = tell;
  }

  choose(mask: readonly string[], block: readonly string[]): void {
    this.#mask = mask.filter(isSelector);
    this.#block = block.filter(isSelector);
    this.#invalid = [...mask, ...block].filter((selector) => !isSelector(selector));
    this.#told = '';
  }

  /** The text of a node as it was recorded. */
  textOf(node: Node): string | null {
    const held = this.#texts.get(node as Text);
    return held !== undefined && held.stars === node.textContent ? held.was : node.textContent;
  }

  /** After every change of the page. */
  apply(page: Document | null, anew: boolean): void {
    if (page === null) return;
    if (anew) this.#reveal();
    const isNothing = this.#mask.length + this.#block.length === 0;
    if (isNothing && !anew) return;
    const roots = isNothing ? [] : rootsOf(page);
    for (const root of roots) this.#dress(root);
    const unmatched = new Set([...this.#mask, ...this.#block]);
    const blocked = found(roots, this.#block, unmatched);
    const masked = found(roots, this.#mask, unmatched);
    const marked = new Set<Element>();
    this.#mark(blocked, 'blocked', marked);
    this.#mark(masked, 'masked', marked);
    for (const element of masked) this.#dot(element);
    const counts: Concealed = {
      masked: masked.size,
      blocked: blocked.size,
      unmatched: [...unmatched],
      invalid: this.#invalid,
    };
    for (const element of this.#marked) {
      if (!marked.has(element)) element.removeAttribute(MARK);
    }
    this.#marked = marked;
    this.#forget();
    const told = JSON.stringify(counts);
    if (told !== this.#told) this.#tell(counts);
    this.#told = told;
  }

  #dress(root: Document | ShadowRoot): void {
    const parent = 'documentElement' in root ? root.documentElement : root;
    if (parent === null) return;
    for (const style of this.#styles) if (style.parentNode === parent) return;
    const style =
      root.ownerDocument?.createElement('style') ?? (root as Document).createElement('style');
    style.textContent = LOOKS;
    parent.insertBefore(style, parent.firstChild);
    this.#styles.add(style);
  }

  /** What is marked already stays so. */
  #mark(elements: ReadonlySet<Element>, as: 'masked' | 'blocked', marked: Set<Element>): void {
    for (const element of elements) {
      if (!marked.has(element) && element.getAttribute(MARK) !== as) element.setAttribute(MARK, as);
      marked.add(element);
    }
  }

  #dot(element: Element): void {
    const walker = element.ownerDocument.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = node as Text;
      if (this.#texts.get(text)?.stars === text.data || isUnseen(text)) continue;
      const stars = text.data.replace(/\S/g, STAR);
      if (stars === text.data) continue;
      this.#texts.set(text, { was: text.data, stars });
      text.data = stars;
    }
  }

  #reveal(): void {
    for (const [text, { was, stars }] of this.#texts) if (text.data === stars) text.data = was;
    for (const element of this.#marked) element.removeAttribute(MARK);
    for (const style of this.#styles) style.remove();
    this.#texts.clear();
    this.#marked.clear();
    this.#styles.clear();
  }

  /** What left the page need not be remembered. */
  #forget(): void {
    for (const text of this.#texts.keys()) if (!text.isConnected) this.#texts.delete(text);
    for (const style of this.#styles) if (!style.isConnected) this.#styles.delete(style);
  }
}

/** What selectors match; those that match something are taken off `unmatched`. */
function found(
  roots: readonly (Document | ShadowRoot)[],
  selectors: readonly string[],
  unmatched: Set<string>,
): Set<Element> {
  const elements = new Set<Element>();
  for (const selector of selectors) {
    for (const root of roots) {
      for (const element of root.querySelectorAll(selector)) {
        elements.add(element);
        unmatched.delete(selector);
      }
    }
  }
  return elements;
}

function isUnseen(text: Text): boolean {
  return text.parentElement?.matches('style, script, noscript') ?? false;
}

/** The page with its shadow roots and frames. */
function rootsOf(page: Document): (Document | ShadowRoot)[] {
  const roots: (Document | ShadowRoot)[] = [page];
  for (const root of roots) {
    for (const element of root.querySelectorAll('*')) {
      if (element.shadowRoot !== null) roots.push(element.shadowRoot);
      const framed = (element as HTMLIFrameElement).contentDocument ?? null;
      if (framed !== null && element.localName === 'iframe') roots.push(framed);
    }
  }
  return roots;
}
