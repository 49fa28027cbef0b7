// Questions to the document that a page cannot bend: a form with a field named `closest`, or a
// patched prototype, answers like any other element.

const { closest: originalClosest, getAttribute } = Element.prototype;
const { contains, getRootNode } = Node.prototype;

type Named<T> = { readonly [name: string]: T };

function getter<T>(of: object, name: string): (this: unknown) => T {
  const found = Object.getOwnPropertyDescriptor(of, name)?.get;
  return (
    found ??
    function (this: unknown) {
      return (this as Named<T>)[name] as T;
    }
  );
}

const nodeType = getter<number>(Node.prototype, 'nodeType');
const parentElement = getter<Element | null>(Node.prototype, 'parentElement');
const tagName = getter<string>(Element.prototype, 'tagName');
const children = getter<HTMLCollection>(Element.prototype, 'children');
const ownerDocument = getter<Document | null>(Node.prototype, 'ownerDocument');
const designMode = getter<string>(Document.prototype, 'designMode');

/** The node itself if it is an element, else the element around it, or around its shadow root. */
export function elementOf(node: Node | null): Element | null {
  if (!node) return null;
  if (nodeType.call(node) === Node.ELEMENT_NODE) return node as Element;
  return parentElement.call(node) ?? above(node);
}

export function tagOf(element: Element): string {
  return tagName.call(element).toLowerCase();
}

export function childrenOf(element: Element): Element[] {
  return Array.from(children.call(element));
}

/** Whether the visitor may write anywhere in the document. */
export function isDesigned(node: Node): boolean {
  return designMode.call(ownerDocument.call(node) ?? node) === 'on';
}

export function attributeOf(element: Element, name: string): string {
  return getAttribute.call(element, name) ?? '';
}

const typeOfInput = getter<string>(HTMLInputElement.prototype, 'type');

/** The type in force of an `<input>` (`text` without the attribute); of others what they claim. */
export function typeOf(element: Element): string {
  const type =
    tagOf(element) === 'input' ? typeOfInput.call(element) : attributeOf(element, 'type');
  return type.toLowerCase();
}

export function closest(element: Element, selector: string): Element | null {
  return originalClosest.call(element, selector);
}

/** The element above, through shadow roots and frames of the same origin. */
function above(node: Node): Element | null {
  const root = getRootNode.call(node);
  if ('host' in root) return root.host as Element;
  try {
    return (root as Document).defaultView?.frameElement ?? null;
  } catch {
    return null;
  }
}

/** `closest`, not stopped by shadow roots and frames. */
export function nearest(element: Element, selector: string): Element | null {
  for (let from: Element | null = element; from; from = above(from)) {
    const found = closest(from, selector);
    if (found) return found;
  }
  return null;
}

/** `contains`, not stopped by shadow roots and frames. */
export function isInside(element: Element, ancestor: Element): boolean {
  for (let from: Element | null = element; from; from = above(from)) {
    if (contains.call(ancestor, from)) return true;
  }
  return false;
}
