// A page as shops and back offices have them, as rrweb would tell of it: about two thousand nodes,
// style sheets, images of another origin, a long table that keeps changing, a form.
import { oneOf } from '../decisive.ts';
import type { Event } from '../harness/recording.ts';

export type Node = {
  readonly type: number;
  readonly id: number;
  readonly tagName?: string;
  readonly attributes?: { [name: string]: unknown };
  textContent?: string;
  readonly childNodes?: Node[];
};

const WORDS =
  `order basket lavender kettle honey shipping address returned waiting paid invoice customer
  teapot saucer linen candle jug bowl wooden copper small large blue green grey second warehouse
  parcel courier Hamburg Leeds Lyon Turin Gdansk Porto Bergen Ghent`.split(/\s+/);
const ROWS = 200;
const CARDS = 24;
const IMAGES = 'https://images.example';
const IMAGE_SIZE = [640, 360];
const SIZE = { width: 1280, height: 800 };

/** The page as it stands, and the events that tell of its changes. */
export class MadePage {
  readonly url: string;
  readonly title: string;
  private ids = 1;
  private readonly random: () => number;
  private readonly table: Node;
  private readonly search: Node;
  private readonly status: Node;
  private readonly document: Node;
  private readonly images: Node[] = [];
  private scrolled = 0;
  private typed = '';

  constructor(url: string, title: string, random: () => number) {
    this.url = url;
    this.title = title;
    this.random = random;
    this.table = this.element(
      'tbody',
      {},
      Array.from({ length: ROWS }, () => this.row()),
    );
    this.search = this.element('input', { type: 'search', name: 'q', value: '' });
    this.status = this.text('Up to date');
    this.document = { type: 0, id: 1, childNodes: [this.html()] };
  }

  /** The whole page, as a keyframe tells it. */
  keyframe(at: number): Event[] {
    const initialOffset = { top: this.scrolled, left: 0 };
    return [
      event(4, at, { href: this.url, ...SIZE }),
      event(2, at, { node: this.document, initialOffset }),
      event(5, at, {
        tag: 'footage:images',
        payload: this.images.map(({ id }) => [id, ...IMAGE_SIZE]),
      }),
    ];
  }

  /** What a second of somebody who is at work looks like. */
  second(at: number): Event[] {
    const { random } = this;
    const events = [this.mouse(at + 480), this.mouse(at + 960)];
    if (random() < 0.3) events.push(this.scroll(at + 300));
    if (random() < 0.15) events.push(...this.click(at + 500));
    if (random() < 0.2) events.push(this.key(at + 600));
    if (random() < 0.6) events.push(this.changed(at + 700));
    if (random() < 0.2) events.push(this.refreshed(at + 750, 1));
    return events.toSorted((one, other) => one.timestamp - other.timestamp);
  }

  /** So many rows of the table are others now. */
  refreshed(at: number, rows: number): Event {
    const children = this.childrenOf(this.table);
    const parentId = this.table.id;
    const removes = children.splice(0, rows).map(({ id }) => ({ parentId, id }));
    const added = removes.map(() => this.row());
    children.push(...added);
    // As rrweb orders them: each node before the next sibling it names.
    const adds = added.map((node, index) => ({
      parentId,
      nextId: added[index + 1]?.id ?? null,
      node,
    }));
    return event(3, at, {
      source: 0,
      texts: [],
      attributes: [],
      removes,
      adds: adds.toReversed(),
    });
  }

  private mouse(at: number): Event {
    const positions = Array.from({ length: 10 }, (_, step) => ({
      x: Math.floor(this.random() * SIZE.width),
      y: Math.floor(this.random() * SIZE.height),
      id: this.table.id,
      timeOffset: -48 * (9 - step),
    }));
    return event(3, at, { source: 1, positions });
  }

  private scroll(at: number): Event {
    this.scrolled = Math.floor(this.random() * 3_000);
    return event(3, at, { source: 3, id: 1, x: 0, y: this.scrolled });
  }

  private click(at: number): Event[] {
    const { id } = oneOf(this.random, this.childrenOf(this.table));
    const place = { id, x: Math.floor(this.random() * 600), y: Math.floor(this.random() * 20) };
    return [1, 0, 2].map((type, step) =>
      event(3, at + step * 20, { source: 2, type, pointerType: 0, ...place }),
    );
  }

  private key(at: number): Event {
    this.typed = this.typed.length > 30 ? '' : `${this.typed}*`;
    return event(3, at, { source: 5, id: this.search.id, text: this.typed, isChecked: false });
  }

  private changed(at: number): Event {
    this.status.textContent = this.words(4);
    const row = oneOf(this.random, this.childrenOf(this.table));
    const state = oneOf(this.random, ['paid', 'sent', 'late']);
    Object.assign(row.attributes ?? {}, { class: state });
    return event(3, at, {
      source: 0,
      texts: [{ id: this.status.id, value: this.status.textContent }],
      attributes: [{ id: row.id, attributes: { class: state } }],
      removes: [],
      adds: [],
    });
  }

  private html(): Node {
    const head = this.element('head', {}, [
      this.element('title', {}, [this.text(this.title)]),
      this.element('style', { _cssText: STYLE }),
      this.element('link', { rel: 'stylesheet', href: `${IMAGES}/late.css` }),
    ]);
    const body = this.element('body', {}, [
      this.element('header', {}, [
        this.element('h1', {}, [this.text(this.title)]),
        this.search,
        this.element('p', { role: 'status' }, [this.status]),
      ]),
      this.element(
        'section',
        { class: 'cards' },
        Array.from({ length: CARDS }, () => this.card()),
      ),
      this.element('table', {}, [this.table]),
    ]);
    return this.element('html', { lang: 'en' }, [head, body]);
  }

  private card(): Node {
    const image = this.element('img', { src: `${IMAGES}/${this.ids}.jpg`, alt: this.words(2) });
    this.images.push(image);
    return this.element('article', {}, [
      image,
      this.element('h2', {}, [this.text(this.words(2))]),
      this.element('p', {}, [this.text(this.words(12))]),
    ]);
  }

  private row(): Node {
    const cell = (text: string) => this.element('td', {}, [this.text(text)]);
    const cells = [String(this.ids), this.words(2), this.words(3), this.words(6)];
    return this.element('tr', { class: 'paid', 'data-order': String(this.ids) }, cells.map(cell));
  }

  private words(count: number): string {
    return Array.from({ length: count }, () => oneOf(this.random, WORDS)).join(' ');
  }

  private element(
    tagName: string,
    attributes: { [name: string]: unknown },
    childNodes: Node[] = [],
  ): Node {
    this.ids += 1;
    return { type: 2, id: this.ids, tagName, attributes, childNodes };
  }

  private text(textContent: string): Node {
    this.ids += 1;
    return { type: 3, id: this.ids, textContent };
  }

  private childrenOf({ childNodes }: Node): Node[] {
    if (childNodes === undefined) throw new Error('a node without children');
    return childNodes;
  }
}

const STYLE = `body { margin: 0; font: 14px/1.4 sans-serif; color: #223 }
header { position: sticky; top: 0; padding: 12px 24px; background: #fff; border-bottom: 1px solid #ccd }
.cards { display: grid; grid-template-columns: repeat(6, 1fr); gap: 16px; padding: 24px }
article { padding: 12px; border: 1px solid #dde; border-radius: 8px } img { width: 100%; height: 90px }
table { width: 100%; border-collapse: collapse } td { padding: 4px 24px; border-top: 1px solid #eef }
.late td { background: #fee } .sent td { background: #efe }`;

function event(type: number, timestamp: number, data: unknown): Event {
  return { type, timestamp, data } as Event;
}
