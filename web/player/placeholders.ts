// What a recording refers to and does not hold: shown as a quiet surface of its size, counted, and
// never fetched. Addresses are led nowhere before the events reach rrweb.
import { EventType, type eventWithTime, IncrementalSource, NodeType } from '@rrweb/types';
import { leadNowhere } from './css.ts';
import { isRecord, records } from './record.ts';
import { isSide, type Size, surface } from './surface.ts';

type Attributes = Record<string, unknown>;
export type Absent = {
  images: number;
  frames: number;
  media: number;
  styles: number;
  fonts: number;
};

const IMAGES_TAG = 'footage:images';
/** What the recorder tells of images so soon after a keyframe was so when it was taken. */
const WITH_KEYFRAME_MS = 1_000;
/** So many different addresses of a kind are told apart. */
const COUNTED_MAX = 10_000;
const UNKNOWN: Size = [24, 16];
const MEDIA: Size = [300, 150];
const MARK = 'data-footage-absent';

const SURFACE = 'rgba(128, 128, 128, 0.15)';
const HATCHED = `repeating-linear-gradient(-45deg, rgba(128, 128, 128, 0.25) 0 4px, ${SURFACE} 4px 12px)`;

/** How what is absent looks; put into every document of the recording. */
export const LOOKS = [
  `[${MARK}="blocked"] { background: ${HATCHED} !important; }`,
  `[${MARK}]:not([${MARK}="blocked"]) { background: ${SURFACE} !important; }`,
];

/** Which elements are told apart in later events. */
type Kind = 'image' | 'vector' | 'media' | 'source' | 'css';

const KINDS = new Map<string, Kind>([
  ['img', 'image'],
  ['image', 'vector'],
  ['feimage', 'vector'],
  ['video', 'media'],
  ['audio', 'media'],
  ['source', 'source'],
  ['track', 'source'],
]);

export class Placeholders {
  readonly #kinds = new Map<unknown, Kind>();
  /** Images that are absent now, and the sizes known of them. */
  readonly #unheld = new Set<unknown>();
  readonly #sizes = new Map<unknown, Size>();
  /** The images of the last snapshot that are not held, with their attributes. */
  readonly #pictured = new Map<unknown, Attributes>();
  #picturedAt = Number.NEGATIVE_INFINITY;
  readonly #absent = {
    images: new Set<string>(),
    frames: new Set<string>(),
    media: new Set<string>(),
    styles: new Set<string>(),
    fonts: new Set<string>(),
  };

  get absent(): Absent {
    const { images, frames, media, styles, fonts } = this.#absent;
    return {
      images: images.size,
      frames: frames.size,
      media: media.size,
      styles: styles.size,
      fonts: fonts.size,
    };
  }

  /** Changes an event in place, or answers another one to take instead; null: nothing to show. */
  place(event: eventWithTime): eventWithTime | null {
    const data: unknown = event.data;
    if (!isRecord(data)) return event;
    if (event.type === EventType.FullSnapshot) {
      this.#kinds.clear();
      this.#unheld.clear();
      this.#sizes.clear();
      this.#pictured.clear();
      this.#picturedAt = event.timestamp;
      this.#tree(data['node'], true);
    } else if (event.type === EventType.Custom) {
      return data['tag'] === IMAGES_TAG ? this.#sized(data['payload'], event.timestamp) : event;
    } else if (event.type === EventType.IncrementalSnapshot) {
      return this.#change(data) ? event : null;
    }
    return event;
  }

  /** Sizes of images become changes of their placeholders. */
  #sized(payload: unknown, timestamp: number): eventWithTime | null {
    const attributes = [];
    for (const row of Array.isArray(payload) ? payload : []) {
      if (!Array.isArray(row)) continue;
      const [id, width, height] = row;
      if (!this.#unheld.has(id) || !isSide(width) || !isSide(height)) continue;
      const src = surface([width, height], `${width} × ${height}`);
      this.#sizes.set(id, [width, height]);
      const pictured = this.#pictured.get(id);
      if (pictured !== undefined && timestamp - this.#picturedAt <= WITH_KEYFRAME_MS) {
        pictured['src'] = src;
      }
      attributes.push({ id, attributes: { src, [MARK]: 'image' } });
    }
    if (attributes.length === 0) return null;
    const data = {
      source: IncrementalSource.Mutation,
      adds: [],
      removes: [],
      texts: [],
      attributes,
    };
    return { type: EventType.IncrementalSnapshot, timestamp, data } as eventWithTime;
  }

  #change(data: Attributes): boolean {
    switch (data['source']) {
      case IncrementalSource.Mutation:
        this.#mutation(data);
        return true;
      case IncrementalSource.StyleSheetRule:
        this.#rules(data);
        for (const name of ['replace', 'replaceSync']) {
          if (name in data) data[name] = this.#css(data[name]);
        }
        return true;
      case IncrementalSource.StyleDeclaration:
        if (isRecord(data['set'])) data['set']['value'] = this.#css(data['set']['value']);
        return true;
      case IncrementalSource.AdoptedStyleSheet:
        for (const style of records(data['styles'])) this.#rules({ adds: style['rules'] });
        return true;
      case IncrementalSource.Font:
        return this.#isHeldFont(data);
      default:
        return true;
    }
  }

  #mutation(data: Attributes): void {
    for (const { node } of records(data['adds'])) this.#tree(node, false);
    for (const { id, attributes } of records(data['attributes'])) {
      if (isRecord(attributes)) this.#attributes(attributes, id, this.#kinds.get(id), false);
    }
    for (const text of records(data['texts'])) {
      if (this.#kinds.get(text['id']) === 'css') text['value'] = this.#css(text['value']);
    }
  }

  #rules(sheet: Attributes): void {
    for (const added of records(sheet['adds'])) added['rule'] = this.#css(added['rule']);
  }

  #isHeldFont({ buffer, fontSource }: Attributes): boolean {
    if (buffer === true || typeof fontSource !== 'string') return buffer === true;
    return this.#css(fontSource) === fontSource;
  }

  #tree(root: unknown, isSnapshot: boolean): void {
    const left: [node: Attributes, isStyle: boolean][] = isRecord(root) ? [[root, false]] : [];
    for (let next = left.pop(); next !== undefined; next = left.pop()) {
      const [node, isStyle] = next;
      const tag = tagOf(node);
      if (isRecord(node['attributes'])) this.#element(tag, node, node['attributes'], isSnapshot);
      if (node['type'] === NodeType.Text && (isStyle || node['isStyle'] === true)) {
        this.#kinds.set(node['id'], 'css');
        node['textContent'] = this.#css(node['textContent']);
      }
      for (const child of records(node['childNodes'])) left.push([child, tag === 'style']);
    }
  }

  #element(tag: string, node: Attributes, attributes: Attributes, isSnapshot: boolean): void {
    const kind = tag === 'input' && attributes['type'] === 'image' ? 'image' : KINDS.get(tag);
    const { id } = node;
    if (kind !== undefined) this.#kinds.set(id, kind);
    else this.#kinds.delete(id);
    if (tag === 'link') this.#link(attributes);
    if ('rr_width' in attributes) {
      attributes[MARK] = 'blocked';
      if (tag === 'img') attributes['src'] = surface(UNKNOWN, '');
    } else if (tag === 'iframe' && typeof attributes['rr_src'] === 'string') {
      attributes[MARK] = 'frame';
      this.#count('frames', attributes['rr_src']);
    }
    this.#attributes(attributes, id, kind, true);
    if (isSnapshot && this.#unheld.has(id)) this.#pictured.set(id, attributes);
  }

  #link(attributes: Attributes): void {
    const { rel, href, _cssText } = attributes;
    const isSheet = typeof rel === 'string' && /\bstylesheet\b/i.test(rel);
    if (isSheet && typeof href === 'string' && typeof _cssText !== 'string') {
      this.#count('styles', href);
    }
  }

  #attributes(attributes: Attributes, id: unknown, kind: Kind | undefined, isNew: boolean): void {
    for (const [name, value] of Object.entries(attributes)) {
      if (name.startsWith('rr_media') || (name === 'rr_dataURL' && !isHeld(value))) {
        delete attributes[name];
      } else if (name === '_cssText' || name === 'style') {
        attributes[name] = this.#style(value);
      } else if (name === 'background' && typeof value === 'string') {
        attributes[name] = this.#nowhere('images', value);
      }
    }
    this.#kind(attributes, id, kind, isNew);
  }

  #kind(attributes: Attributes, id: unknown, kind: Kind | undefined, isNew: boolean): void {
    switch (kind) {
      case 'image':
        this.#image(attributes, id, isNew);
        break;
      case 'vector':
        for (const name of ['href', 'xlink:href']) this.#elsewhere(attributes, name, UNKNOWN, '');
        break;
      case 'media':
        if (isNew) attributes[MARK] ??= 'media';
        this.#media(attributes);
        break;
      case 'source':
        if (typeof attributes['src'] === 'string') this.#count('media', attributes['src']);
        for (const name of ['src', 'srcset']) delete attributes[name];
    }
  }

  #image(attributes: Attributes, id: unknown, isNew: boolean): void {
    const { src, srcset } = attributes;
    for (const name of ['srcset', 'sizes', 'loading', 'crossorigin']) delete attributes[name];
    if (isHeld(src)) {
      // Its own size is in it; what the recorder tells of it is not asked for.
      this.#unheld.delete(id);
      this.#sizes.delete(id);
      if (!isNew) attributes[MARK] = null;
      return;
    }
    const address = typeof src === 'string' ? src : srcset;
    if (typeof address !== 'string' || address === '') return;
    this.#count('images', address);
    const size = this.#sizes.get(id) ?? (isNew ? told(attributes) : null);
    this.#unheld.add(id);
    attributes[MARK] ??= 'image';
    attributes['src'] = size === null ? surface(UNKNOWN, '') : surface(size, size.join(' × '));
  }

  #media(attributes: Attributes): void {
    if (typeof attributes['src'] === 'string') this.#count('media', attributes['src']);
    for (const name of ['src', 'autoplay']) delete attributes[name];
    this.#elsewhere(attributes, 'poster', told(attributes) ?? MEDIA, '▶');
  }

  /** An address of an image in another attribute than `src`. */
  #elsewhere(attributes: Attributes, name: string, size: Size, word: string): void {
    const address = attributes[name];
    if (typeof address !== 'string' || isHeld(address)) return;
    this.#count('images', address);
    attributes[name] = surface(size, word);
  }

  #style(value: unknown): unknown {
    if (!isRecord(value)) return this.#css(value);
    for (const [name, part] of Object.entries(value)) {
      value[name] = Array.isArray(part) ? part.map((each) => this.#css(each)) : this.#css(part);
    }
    return value;
  }

  #css(value: unknown): unknown {
    if (typeof value !== 'string') return value;
    return leadNowhere(value, (kind, address) => this.#count(kind, address));
  }

  #nowhere(kind: keyof Absent, address: string): string {
    if (isHeld(address)) return address;
    this.#count(kind, address);
    return `data:,${address}`;
  }

  #count(kind: keyof Absent, address: string): void {
    const counted = this.#absent[kind];
    if (counted.size < COUNTED_MAX) counted.add(address);
  }
}

function tagOf({ tagName }: Attributes): string {
  return typeof tagName === 'string' ? tagName.toLowerCase() : '';
}

function isHeld(address: unknown): boolean {
  return typeof address === 'string' && /^\s*data:/i.test(address);
}

/** The size that the page gave to keep the place free. */
function told({ width, height }: Attributes): Size | null {
  const size = [Number(width), Number(height)] as const;
  return size.every(isSide) ? size : null;
}
