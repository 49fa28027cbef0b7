// The last gate: every rrweb event passes here before it is encoded. rrweb asks `Masking` for most
// values itself; this closes what it leaves open (see SPEC.md R6) and strips addresses.
import {
  EventType,
  type elementNode,
  type eventWithTime,
  IncrementalSource,
  type inputData,
  type mousemoveData,
  type mutationData,
  NodeType,
  type serializedNodeWithId,
} from '@rrweb/types';
import { childrenOf, closest, elementOf, isDesigned, tagOf } from './dom.ts';
import type { Masking } from './masking.ts';
import { stripUrl } from './urls.ts';

type Attributes = { [name: string]: unknown };

/** Finds the page's node behind rrweb's id. */
export type NodeOf = (id: number) => Node | null;

export type Rules = {
  readonly masking: Masking;
  readonly keepQuery: boolean;
  /** The least time between two mouse positions. */
  readonly mouseMs: number;
};

/** Links whose address is fetched to show the page, so that it must stay whole. */
const FETCHED_LINK = /stylesheet|icon|preload/i;

function isField(tag: string): boolean {
  return tag === 'input' || tag === 'textarea' || tag === 'select' || tag.includes('-');
}

/** Attributes that are read like text. */
const SPOKEN =
  /^(alt|label|placeholder|title|value|aria-(description|label|placeholder|valuetext))$/;
const PERSONAL = /^(mailto|tel|sms):/i;
/** Where a page repeats what is in a field. */
const ECHO = /^(data|aria)-|^title$/;

/** Which attribute of an element is an address that is shown or followed, never fetched. */
function addresses(tag: string, attributes: Attributes): string[] {
  switch (tag) {
    case 'a':
    case 'area':
      return ['href', 'xlink:href'];
    case 'form':
      return ['action'];
    case 'button':
    case 'input':
      return ['formaction'];
    case 'iframe':
    case 'frame':
      return ['src', 'rr_src'];
    case 'object':
      return ['data'];
    case 'embed':
      return ['src'];
    case 'blockquote':
    case 'q':
      return ['cite'];
    case 'link':
      return FETCHED_LINK.test(String(attributes['rel'] ?? '')) ? [] : ['href'];
    default:
      return [];
  }
}

export class Scrubber {
  private readonly rules: Rules;
  private readonly nodeOf: NodeOf;
  private readonly image: (image: HTMLImageElement) => void;

  /** `image` hears of each image that is recorded. */
  constructor(rules: Rules, nodeOf: NodeOf, image: (image: HTMLImageElement) => void) {
    this.rules = rules;
    this.nodeOf = nodeOf;
    this.image = image;
  }

  /** Changes the event in place. */
  scrub(event: eventWithTime): void {
    if (event.type === EventType.Meta) {
      if (!this.rules.keepQuery) event.data.href = stripUrl(event.data.href);
    } else if (event.type === EventType.FullSnapshot) {
      this.tree(event.data.node);
    } else if (event.type === EventType.IncrementalSnapshot) {
      const { data } = event;
      if (data.source === IncrementalSource.Mutation) this.mutation(data);
      else if (data.source === IncrementalSource.Input) this.input(data);
      else if (data.source === IncrementalSource.MouseMove) this.mouse(data);
    }
  }

  private mutation(data: mutationData): void {
    for (const { node } of data.adds) {
      this.tree(node);
      // rrweb looks for a masked ancestor inside the same shadow root only.
      if (node.type === NodeType.Text && !node.isStyle) {
        node.textContent = this.text(node.id, node.textContent);
      }
    }
    data.texts = data.texts.filter(({ id }) => !this.isBlocked(id));
    for (const text of data.texts) {
      if (text.value !== null) text.value = this.text(text.id, text.value);
    }
    data.attributes = data.attributes.filter(({ id }) => !this.isBlocked(id));
    for (const { id, attributes } of data.attributes) {
      const element = elementOf(this.nodeOf(id));
      if (element) this.attributes(tagOf(element), element, attributes);
    }
  }

  private isBlocked(id: number): boolean {
    const element = elementOf(this.nodeOf(id));
    return element !== null && this.rules.masking.isBlocked(element);
  }

  private text(id: number, text: string): string {
    const element = elementOf(this.nodeOf(id));
    if (!element || /^(style|script)$/.test(tagOf(element))) return text;
    return this.rules.masking.text(text, element);
  }

  private input(data: inputData): void {
    const element = elementOf(this.nodeOf(data.id));
    const { masking } = this.rules;
    data.text = element ? masking.value(data.text, element) : '';
    if (!element || masking.ofField(element) !== 'keep') data.isChecked = false;
  }

  private mouse(data: mousemoveData): void {
    let next = Number.NEGATIVE_INFINITY;
    data.positions = data.positions.filter(({ timeOffset }) => {
      if (timeOffset < next) return false;
      next = timeOffset + this.rules.mouseMs;
      return true;
    });
  }

  private tree(root: serializedNodeWithId): void {
    const page = this.nodeOf(root.id);
    const designed = page !== null && isDesigned(page);
    const left = [root];
    for (let node = left.pop(); node; node = left.pop()) {
      if (node.type === NodeType.Element) {
        this.element(node);
      } else if (node.type === NodeType.Text && (designed || node.isShadow) && !node.isStyle) {
        node.textContent = this.text(node.id, node.textContent);
      }
      if ('childNodes' in node) left.push(...node.childNodes);
    }
  }

  private element(node: elementNode & { id: number }): void {
    const element = this.nodeOf(node.id) as Element | null;
    try {
      this.attributes(node.tagName, element, node.attributes);
      if (element && node.tagName === 'img') this.image(element as HTMLImageElement);
    } catch {
      // One odd element is no reason to lose the page.
      node.attributes = {};
    }
  }

  private attributes(tag: string, element: Element | null, attributes: Attributes): void {
    // A page in an attribute, with everything that is not to be seen; it is recorded as a frame.
    delete attributes['srcdoc'];
    if (element) this.spoken(element, attributes);
    if (isField(tag)) this.field(element, attributes);
    if (tag === 'option') this.option(element, attributes);
    if (this.rules.keepQuery) return;
    for (const name of addresses(tag, attributes)) {
      const url = attributes[name];
      if (typeof url === 'string') attributes[name] = stripUrl(url);
    }
  }

  /** Masks what attributes say below a mask, and what they repeat of a field in or around them. */
  private spoken(element: Element, attributes: Attributes): void {
    const { masking } = this.rules;
    const said = Object.entries(attributes).filter(
      (each): each is [string, string] => typeof each[1] === 'string' && each[1] !== '',
    );
    const hidden = said.filter(([name, value]) => SPOKEN.test(name) || PERSONAL.test(value));
    if (hidden.length > 0 && masking.isMasked(element)) {
      for (const [name, value] of hidden) attributes[name] = value.replace(/\S/g, '*');
    }
    const echoes = said.filter(([name]) => ECHO.test(name));
    if (echoes.length === 0) return;
    for (const field of [element, ...childrenOf(element)]) {
      if (!isField(tagOf(field))) continue;
      const { value } = field as HTMLInputElement;
      for (const [name, text] of echoes) {
        if (text === value) attributes[name] = masking.value(text, field);
      }
    }
  }

  /** A field that cannot be looked at is masked. */
  private field(element: Element | null, attributes: Attributes): void {
    const { masking } = this.rules;
    const level = element ? masking.ofField(element) : 'never';
    if (level === 'keep') return;
    const { value } = attributes;
    if (typeof value === 'string')
      attributes['value'] = element ? masking.value(value, element) : '';
    delete attributes['checked'];
  }

  private option(element: Element | null, attributes: Attributes): void {
    const select = element && closest(element, 'select');
    if (select && this.rules.masking.ofField(select) !== 'keep') delete attributes['selected'];
  }
}
