// Which events of a page decide how it ends: a mutation whose node or value is still there, an
// element's last input, its last scroll. Reads the events alone, as a model of ids and values.
import { type Event, FULL_SNAPSHOT, INCREMENTAL } from './harness/recording.ts';

const MUTATION = 0;
const SCROLL = 3;
const INPUT = 5;

type Attributes = { readonly [name: string]: unknown };
type Serialized = {
  readonly id: number;
  readonly tagName?: string;
  readonly textContent?: string;
  readonly attributes?: Attributes;
  readonly childNodes?: readonly Serialized[];
};
type Mutation = {
  readonly adds: readonly { readonly parentId: number; readonly node: Serialized }[];
  readonly removes: readonly { readonly id: number }[];
  readonly texts: readonly { readonly id: number; readonly value: string | null }[];
  readonly attributes: readonly { readonly id: number; readonly attributes: Attributes }[];
};
type Scroll = { readonly id: number; readonly x: number; readonly y: number };
type Input = { readonly id: number; readonly text: string; readonly isChecked: boolean };

/** What the comparison does not look at (compare.ts). */
const NOT_LOOKED_AT = /^(value|checked|selected|autocomplete|rr_.*|data-rr-.*)$/;

/** Follows a page and knows for each thing that is still so which event made it so. */
class Model {
  private readonly parents = new Map<number, number | null>();
  private readonly values = new Map<string, unknown>();
  private readonly radios = new Set<number>();
  /** By what it decides: the event. */
  private readonly deciders = new Map<string, Event>();

  follow(event: Event): void {
    const data = event.data as unknown as { source: number };
    if (event.type === FULL_SNAPSHOT) {
      this.parents.clear();
      this.values.clear();
      this.deciders.clear();
      this.grow((event.data as unknown as { node: Serialized }).node, null, null);
    } else if (event.type !== INCREMENTAL) return;
    else if (data.source === MUTATION) this.mutate(event, data as unknown as Mutation);
    else if (data.source === SCROLL) {
      const { id, x, y } = data as unknown as Scroll;
      this.set(`scroll ${id}`, `${x},${y}`, event, '0,0');
    } else if (data.source === INPUT) {
      const { id, text, isChecked } = data as unknown as Input;
      this.set(`text ${id}`, text, event, '');
      this.set(`checked ${id}`, isChecked, event, false);
      // The browser unchecks a radio itself when another of its group is checked.
      if (this.radios.has(id) && !isChecked) this.deciders.delete(`checked ${id}`);
    }
  }

  /** The deciding events; what lies below a removed node decides nothing. */
  get decisive(): Set<Event> {
    const found = new Set<Event>();
    for (const [what, event] of this.deciders) {
      if (this.isThere(Number(what.split(' ')[1]))) found.add(event);
    }
    return found;
  }

  private isThere(id: number): boolean {
    let at: number | null | undefined = id;
    while (at !== null && at !== undefined) at = this.parents.get(at);
    return at === null;
  }

  /** A value that is the same as before was decided before. */
  private set(what: string, value: unknown, event: Event, before: unknown): void {
    if (JSON.stringify(this.values.get(what) ?? before) === JSON.stringify(value)) return;
    this.values.set(what, value);
    this.deciders.set(what, event);
  }

  private grow(node: Serialized, parent: number | null, event: Event | null): void {
    this.parents.set(node.id, parent);
    const { tagName, attributes = {}, textContent, childNodes = [] } = node;
    if (event) this.deciders.set(`node ${node.id}`, event);
    if (textContent !== undefined) this.values.set(`data ${node.id}`, textContent);
    for (const [name, value] of Object.entries(attributes)) {
      this.values.set(`attribute ${node.id} ${name}`, value);
    }
    if (attributes['type'] === 'radio') this.radios.add(node.id);
    if (['input', 'textarea', 'select'].includes(tagName ?? '')) {
      this.values.set(`text ${node.id}`, attributes['value'] ?? '');
      this.values.set(`checked ${node.id}`, attributes['checked'] === true);
    }
    for (const child of childNodes) this.grow(child, node.id, event);
  }

  private mutate(event: Event, { adds, removes, texts, attributes }: Mutation): void {
    for (const { id } of removes) this.parents.delete(id);
    for (const { parentId, node } of adds) this.grow(node, parentId, event);
    for (const { id, value } of texts) this.set(`data ${id}`, value, event, undefined);
    for (const { id, attributes: changed } of attributes) {
      for (const [name, value] of Object.entries(changed)) {
        if (!NOT_LOOKED_AT.test(name)) this.set(`attribute ${id} ${name}`, value, event, null);
      }
    }
  }
}

/** The events of one page that decide how it ends. */
export function decisive(events: readonly Event[]): Event[] {
  const model = new Model();
  for (const event of events) model.follow(event);
  return [...model.decisive];
}

/** Random numbers below 1 that are the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** One of many, by chance. */
export function oneOf<T>(random: () => number, many: readonly T[]): T {
  const chosen = many[Math.floor(random() * many.length)];
  if (chosen === undefined) throw new Error('nothing to choose from');
  return chosen;
}
