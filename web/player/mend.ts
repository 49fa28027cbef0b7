// One odd node would cost rrweb the whole page. Here trees get the shape that rrweb, and the browser
// behind it, take for granted; what cannot be anywhere is left out.
import { EventType, type eventWithTime, IncrementalSource, NodeType } from '@rrweb/types';
import { isRecord, records } from './record.ts';

type Told = Record<string, unknown>;

/** Browsers lay pages out by recursion; no page a parser built nests deeper than half of it. */
const DEPTH_MAX = 1_024;
/** What may have a shadow root besides elements of a page's own kind. */
const HOST =
  /^(article|aside|blockquote|body|div|footer|h[1-6]|header|main|nav|p|section|span|.*-.*)$/i;
const CUSTOM = /^[a-z][a-z0-9._]*-[a-z0-9._-]*$/;
/** Names with a hyphen that belong to SVG and MathML. */
const NOT_CUSTOM =
  /^(annotation-xml|color-profile|font-face(-src|-uri|-format|-name)?|missing-glyph)$/;
const DOCTYPE = /^[a-z][\w.-]*$/i;

/** Mends the events of one window, in their order, in place. */
export class Mender {
  /** How deep the nodes of the current page lie. */
  readonly #depths = new Map<unknown, number>();
  #spareId = -1_000;
  /** How many nodes were left out. */
  lost = 0;

  mend(event: eventWithTime): void {
    const data: unknown = event.data;
    if (!isRecord(data)) return;
    if (event.type === EventType.FullSnapshot) {
      this.#depths.clear();
      this.#page(data);
    } else if (
      event.type === EventType.IncrementalSnapshot &&
      data['source'] === IncrementalSource.Mutation
    ) {
      for (const name of ['removes', 'texts', 'attributes']) data[name] = records(data[name]);
      data['attributes'] = records(data['attributes']).filter((each) =>
        isRecord(each['attributes']),
      );
      data['adds'] = this.#adds(records(data['adds']));
    }
  }

  #page(data: Told): void {
    const root = data['node'] as Told;
    if (root['type'] !== NodeType.Document) {
      data['node'] = { type: NodeType.Document, id: this.#spare(), childNodes: [root] };
    }
    this.#tree(data['node'] as Told, 0, new Set());
  }

  /** In an order in which each has its parent; what never gets one would not be shown anyway. */
  #adds(added: readonly Told[]): Told[] {
    const kept: Told[] = [];
    const waiting = new Map<unknown, Told[]>();
    for (const each of added) {
      const ready = [each];
      for (let next = ready.pop(); next !== undefined; next = ready.pop()) {
        const id = this.#placed(next, waiting);
        if (id === null) continue;
        kept.push(next);
        for (const other of waiting.get(id)?.toReversed() ?? []) ready.push(other);
        waiting.delete(id);
      }
    }
    return kept;
  }

  /** The id of an added node that has its parent; null where it waits for that, or cannot be. */
  #placed(added: Told, waiting: Map<unknown, Told[]>): unknown {
    const { node, parentId } = added;
    const above = this.#depths.get(parentId) ?? (isFrame(node) ? 0 : null);
    if (above !== null) return this.#grown(node, above + 1);
    const others = waiting.get(parentId);
    if (others === undefined) waiting.set(parentId, [added]);
    else others.push(added);
    return null;
  }

  /** The id of an added node; null where it cannot be. */
  #grown(node: unknown, depth: number): unknown {
    if (!isRecord(node) || !isNode(node) || depth > DEPTH_MAX) {
      this.lost += 1;
      return null;
    }
    this.#tree(node, depth, null);
    return node['id'];
  }

  #spare(): number {
    this.#spareId -= 1;
    return this.#spareId;
  }

  /** `ids`: those of a page, which must differ. */
  #tree(root: Told, depth: number, ids: Set<unknown> | null): void {
    const left: [node: Told, depth: number][] = [[root, depth]];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [node, at] = next;
      if (!Number.isInteger(node['id']) || ids?.has(node['id'])) node['id'] = this.#spare();
      ids?.add(node['id']);
      this.#depths.set(node['id'], at);
      mendNode(node);
      if (!('childNodes' in node)) continue;
      const children = this.#children(node, at);
      node['childNodes'] = children;
      for (const child of children.toReversed()) left.push([child, at + 1]);
    }
  }

  #children(node: Told, depth: number): Told[] {
    const all = Array.isArray(node['childNodes']) ? node['childNodes'] : [];
    const isDocument = node['type'] === NodeType.Document;
    const isRoom = depth < DEPTH_MAX;
    let [types, elements] = [0, 0];
    const kept = all.filter((child): child is Told => {
      if (!isRoom || !isRecord(child) || !isNode(child)) return false;
      const { type } = child;
      if (type === NodeType.Document) return false;
      if (type === NodeType.DocumentType) return isDocument && ++types === 1 && elements === 0;
      if (isDocument && type === NodeType.Element) return ++elements === 1;
      return !isDocument || type === NodeType.Comment;
    });
    this.lost += all.length - kept.length;
    if (isDocument && kept.length === 0) delete node['compatMode'];
    return kept;
  }
}

/** The inside of a frame may be told before its frame. */
function isFrame(node: unknown): boolean {
  return isRecord(node) && node['type'] === NodeType.Document;
}

function isNode({ type }: Told): boolean {
  return Number.isInteger(type) && (type as number) >= 0 && (type as number) <= NodeType.Comment;
}

function mendNode(node: Told): void {
  switch (node['type']) {
    case NodeType.Document:
      node['childNodes'] ??= [];
      break;
    case NodeType.DocumentType:
      if (typeof node['name'] !== 'string' || !DOCTYPE.test(node['name'])) node['name'] = 'html';
      for (const name of ['publicId', 'systemId']) {
        if (typeof node[name] !== 'string') node[name] = '';
      }
      break;
    case NodeType.Element:
      mendElement(node);
      break;
    case NodeType.CDATA:
      // A page in HTML has no such thing.
      node['type'] = NodeType.Comment;
  }
}

function mendElement(node: Told): void {
  const tag = typeof node['tagName'] === 'string' ? node['tagName'] : '';
  node['childNodes'] ??= [];
  if (node['isCustom'] === true && (!CUSTOM.test(tag) || NOT_CUSTOM.test(tag))) {
    delete node['isCustom'];
  }
  if (node['isShadowHost'] === true && (!HOST.test(tag) || NOT_CUSTOM.test(tag))) {
    delete node['isShadowHost'];
  }
}
