// Takes out of a recording what could run or fetch something in the browser of staff. The
// document's policy and rrweb's sandbox forbid it already; this is a layer of its own.
//
// Elements stay where they are, disarmed, because later events name them as parents and
// neighbours. Texts, values and classes are left as they were recorded.
import { EventType, type eventWithTime, IncrementalSource, NodeType } from '@rrweb/types';
import { isRecord, records } from './record.ts';

type Attributes = Record<string, unknown>;
type Watched = 'frame' | 'link' | 'meta';

const REMOVED = 'footage-removed';

const TEXTS: ReadonlySet<unknown> = new Set([NodeType.Text, NodeType.CDATA, NodeType.Comment]);

/** What every browser takes for the name of an element. */
const TAG = /^[a-z_][\w.-]*(:[a-z_][\w.-]*)?$/i;

/** Replaced by an element of the second name, without attributes. `noscript` is never shown. */
const REPLACED = new Map([
  ['script', 'noscript'],
  ['object', REMOVED],
  ['embed', REMOVED],
  ['applet', REMOVED],
  ['base', REMOVED],
  ['portal', REMOVED],
  ['fencedframe', REMOVED],
]);

/**
 * Kept, with the attributes that make them act taken away, now and in later events. (A link that
 * carries its sheet's text is built as a `style` element by rrweb, and needs none of them.)
 */
const WATCHED = new Map<string, Watched>([
  ['iframe', 'frame'],
  ['frame', 'frame'],
  ['link', 'link'],
  ['meta', 'meta'],
]);

const ACTING: Record<Watched, ReadonlySet<string>> = {
  frame: new Set(['src']),
  link: new Set(['href', 'rel', 'imagesrcset']),
  meta: new Set(['http-equiv']),
};

const NEVER = new Set(['srcdoc', 'ping', 'attributionsrc', 'nonce']);

const ADDRESSES = new Set([
  'href',
  'xlink:href',
  'src',
  'action',
  'formaction',
  'data',
  'poster',
  'background',
  'from',
  'to',
  'by',
]);

const SCHEME = 'javascript:';

/** Disarms the events of one recording, in their order, in place. */
export class Sanitizer {
  /** Which node ids of the current page are of a watched kind. */
  readonly #watched = new Map<unknown, Watched>();

  disarm(event: eventWithTime): void {
    const data: unknown = event.data;
    if (!isRecord(data)) return;
    if (event.type === EventType.FullSnapshot) {
      this.#watched.clear();
      this.#disarmTree(data['node']);
    } else if (
      event.type === EventType.IncrementalSnapshot &&
      data['source'] === IncrementalSource.Mutation
    ) {
      for (const added of records(data['adds'])) this.#disarmTree(added['node']);
      for (const changed of records(data['attributes'])) {
        if (isRecord(changed['attributes'])) {
          disarmAttributes(changed['attributes'], this.#watched.get(changed['id']));
        }
      }
    }
  }

  #disarmTree(root: unknown): void {
    const left = [root];
    while (left.length > 0) {
      const node = left.pop();
      if (!isRecord(node)) continue;
      if ('tagName' in node) this.#disarmElement(node, node['tagName']);
      // One odd text would cost rrweb the whole page.
      if (TEXTS.has(node['type']) && typeof node['textContent'] !== 'string')
        node['textContent'] = '';
      if (Array.isArray(node['childNodes'])) {
        for (const child of node['childNodes']) left.push(child);
      }
    }
  }

  #disarmElement(node: Record<string, unknown>, recordedTag: unknown): void {
    // rrweb would take `['script']` for a name, too, and give the page up for what is no name.
    const isTag = typeof recordedTag === 'string' && TAG.test(recordedTag);
    const tag = isTag ? localName(recordedTag) : '';
    const replacement = isTag ? REPLACED.get(tag) : REMOVED;
    if (replacement !== undefined) {
      node['tagName'] = replacement;
      node['attributes'] = {};
      return;
    }
    if (!isRecord(node['attributes'])) node['attributes'] = {};
    const kind = WATCHED.get(tag);
    if (kind !== undefined) this.#watched.set(node['id'], kind);
    disarmAttributes(node['attributes'] as Attributes, kind);
  }
}

function disarmAttributes(attributes: Attributes, kind: Watched | undefined): void {
  const acting = kind && ACTING[kind];
  for (const [name, value] of Object.entries(attributes)) {
    const folded = name.toLowerCase();
    const acts =
      folded.startsWith('on') ||
      NEVER.has(folded) ||
      acting?.has(folded) ||
      runs(folded, value) ||
      // Of all attributes only a style that changes is told in parts.
      (isRecord(value) && folded !== 'style');
    if (acts) delete attributes[name];
  }
}

function runs(attribute: string, value: unknown): boolean {
  if (typeof value !== 'string') return false;
  if (attribute === 'values') return value.split(';').some(isScriptAddress);
  return ADDRESSES.has(attribute) && isScriptAddress(value);
}

/** Browsers ignore blanks and control characters within a scheme, and its case. */
function isScriptAddress(value: string): boolean {
  let start = '';
  for (const character of value) {
    if (character <= ' ') continue;
    start += character.toLowerCase();
    if (start.length >= SCHEME.length) break;
  }
  return start === SCHEME;
}

/** `svg:SCRIPT` is a script too. */
function localName(tag: string): string {
  return tag.slice(tag.lastIndexOf(':') + 1).toLowerCase();
}
