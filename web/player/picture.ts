// The recorded page as it stands at one moment: rrweb's Replayer without its clock. `Stage` says
// which event comes next; here it is built, shown, or noted for `settle` where a later one may
// supersede it.
import { Replayer } from '@rrweb/replay';
import {
  EventType,
  type eventWithTime,
  type fullSnapshotEvent,
  type IMirror,
  IncrementalSource,
  MouseInteractions,
  type mouseInteractionData,
  type mousePosition,
  type scrollData,
  type selectionData,
  type serializedNodeWithId,
} from '@rrweb/types';
import { fitInside } from './fit.ts';
import { HoverSheets } from './hover.ts';
import { LOOKS } from './placeholders.ts';
import { holds } from './same.ts';
import { isSide } from './surface.ts';

/** Where the visitor's browser moved a scroll to keep its place, the recording says so itself; and
 * who seeks does not wait for a page that scrolls smoothly. */
const SCROLLED = '* { overflow-anchor: none !important; scroll-behavior: auto !important; }';
const OUT_OF_SIGHT = '-1000px';

type Size = { width: number; height: number };
type Position = Pick<mousePosition, 'x' | 'y' | 'id'>;

/** What we use of the inside of rrweb's Replayer (its version is pinned). */
type Inner = {
  readonly mouse: HTMLElement;
  cache: { readonly stylesWithHoverClass: Pick<HoverSheets, 'get' | 'set'> };
  readonly mediaManager: { reset(): void };
  readonly styleMirror: { reset(): void };
  handleResize(size: Size): void;
  rebuildFullSnapshot(event: eventWithTime, isSync: boolean): void;
  applyIncremental(event: eventWithTime, isSync: boolean): void;
  applyScroll(data: scrollData, isSync: boolean): void;
  applySelection(data: selectionData): void;
  moveAndHover(x: number, y: number, id: number, isSync: boolean, data: unknown): void;
};

export type PictureEvents = {
  resized(size: Size): void;
  /** rrweb could not take this event. */
  stumbled(event: eventWithTime): void;
  /** The text of a node of the page as it was recorded. */
  textOf(node: Node): string | null;
};

export class Picture {
  readonly #root: HTMLElement;
  readonly #on: PictureEvents;
  readonly #replayer: Replayer;
  readonly #inner: Inner;
  #size: Size | null = null;
  /** Whether it follows from events that were all applied. */
  #upToDate = false;
  #moving = false;
  /** Of each kind, what is to be shown when the picture settles. */
  #mouse: Position | null = null;
  #touching: boolean | null = null;
  #resize: Size | null = null;
  #selection: selectionData | null = null;
  readonly #scrolls = new Map<number, scrollData>();

  constructor(root: HTMLElement, on: PictureEvents) {
    this.#root = root;
    this.#on = on;
    // Live, so that rrweb starts no timers; the event gives it a beginning to count from.
    const data = { tag: '', payload: null };
    const beginning: eventWithTime = { type: EventType.Custom, timestamp: 0, data };
    this.#replayer = new Replayer([beginning], {
      root,
      liveMode: true,
      useVirtualDom: false,
      mouseTail: { strokeStyle: '#4950f6' },
      // The keyboard belongs to the page around us.
      triggerFocus: false,
      showWarning: false,
      insertStyleRules: [...LOOKS, SCROLLED],
    });
    this.#inner = this.#replayer as unknown as Inner;
    this.#inner.cache = { stylesWithHoverClass: new HoverSheets() };
    new ResizeObserver(() => this.#fit()).observe(root);
  }

  /** The shown page; null before there is one. */
  get page(): Document | null {
    return this.#replayer.iframe.contentDocument;
  }

  /** Only a snapshot can be shown next. Where the mouse is then is not known. */
  forget(): void {
    this.#upToDate = false;
    this.#scrolls.clear();
    this.#selection = null;
    this.#resize = null;
    this.#mouse = null;
    this.#inner.mouse.style.left = OUT_OF_SIGHT;
    this.#touching = false;
  }

  setSpeed(speed: number): void {
    this.#replayer.setConfig({ speed });
  }

  /** Whether animations of the page go on. */
  setMoving(moving: boolean): void {
    this.#moving = moving;
    this.page?.documentElement?.classList.toggle('rrweb-paused', !moving);
  }

  /** Shows an event as it happened. */
  show(event: eventWithTime, fresh: boolean): void {
    this.#try(event, () => {
      if (event.type === EventType.IncrementalSnapshot) {
        const { data } = event;
        if ('positions' in data) this.#move(data.positions[0], false);
        else if (isPicture(data.source)) this.#inner.applyIncremental(event, false);
        if (data.source === IncrementalSource.TouchMove) this.#touched();
        if (data.source === IncrementalSource.ViewportResize) this.#resized(data);
      } else {
        this.pass(event, fresh);
        this.settle();
      }
    });
  }

  /** Takes an event on the way to a later moment, at which `settle` shows the picture. */
  pass(event: eventWithTime, fresh: boolean): void {
    this.#try(event, () => {
      if (event.type === EventType.Meta) this.#resize = event.data;
      else if (event.type === EventType.FullSnapshot) this.#snapshot(event, fresh);
      else if (event.type === EventType.IncrementalSnapshot) this.#note(event);
    });
  }

  settle(): void {
    const { page } = this;
    if (page === null) return;
    if (this.#resize !== null) this.#resized(this.#resize);
    this.#resize = null;
    for (const scroll of this.#scrolls.values()) this.#inner.applyScroll(scroll, true);
    this.#scrolls.clear();
    if (this.#selection !== null) this.#inner.applySelection(this.#selection);
    this.#selection = null;
    if (this.#mouse !== null) this.#move(this.#mouse, true);
    this.#mouse = null;
    if (this.#touching !== null) this.#inner.mouse.classList.toggle('touch-active', this.#touching);
    this.#touching = null;
  }

  #note(event: Extract<eventWithTime, { type: EventType.IncrementalSnapshot }>): void {
    const { data } = event;
    switch (data.source) {
      case IncrementalSource.MouseMove:
      case IncrementalSource.TouchMove:
      case IncrementalSource.Drag:
        this.#mouse = data.positions.at(-1) ?? null;
        if (data.source === IncrementalSource.TouchMove) this.#touched();
        break;
      case IncrementalSource.MouseInteraction:
        this.#pointed(data);
        break;
      case IncrementalSource.Scroll:
        this.#scrolls.delete(data.id);
        this.#scrolls.set(data.id, data);
        break;
      case IncrementalSource.ViewportResize:
        this.#resize = data;
        break;
      case IncrementalSource.Selection:
        this.#selection = data;
        break;
      case IncrementalSource.Mutation:
        // What is built anew stands at its beginning.
        for (const { node } of data.adds) this.#scrolls.delete(node.id);
        this.#inner.applyIncremental(event, true);
        break;
      default:
        if (isPicture(data.source)) this.#inner.applyIncremental(event, true);
    }
  }

  #pointed({ type, x, y, id }: mouseInteractionData): void {
    if (type === MouseInteractions.TouchStart) this.#touching = true;
    if (TOUCH_ENDS.has(type)) this.#touching = false;
    if (x !== undefined) this.#mouse = { x, y: y ?? 0, id };
  }

  #snapshot(event: fullSnapshotEvent & eventWithTime, fresh: boolean): void {
    if (this.#upToDate && !fresh && this.#holds(event.data.node)) return;
    this.#scrolls.clear();
    this.#selection = null;
    this.#inner.mediaManager.reset();
    this.#inner.styleMirror.reset();
    // The document stays the same when its page is written anew, and would keep these.
    if (this.page !== null) this.page.adoptedStyleSheets = [];
    this.#upToDate = true;
    const { id } = event.data.node;
    const { left, top } = event.data.initialOffset;
    this.#scrolls.set(id, { source: IncrementalSource.Scroll, id, x: left, y: top });
    try {
      this.#inner.rebuildFullSnapshot(event, true);
    } finally {
      this.setMoving(this.#moving);
    }
  }

  #holds(root: serializedNodeWithId): boolean {
    const mirror = this.#replayer.getMirror() as IMirror<Node>;
    return holds(mirror, root, (node) => this.#on.textOf(node));
  }

  #move(position: Position | undefined, isSync: boolean): void {
    if (position !== undefined)
      this.#inner.moveAndHover(position.x, position.y, position.id, isSync, null);
  }

  #touched(): void {
    this.#inner.mouse.classList.add('touch-device');
  }

  #try(event: eventWithTime, act: () => void): void {
    try {
      act();
    } catch {
      this.#upToDate = false;
      this.#on.stumbled(event);
    }
  }

  #resized(told: Size): void {
    const [width, height] = [Math.round(told.width), Math.round(told.height)];
    if (!isSide(width) || !isSide(height)) return;
    if (width === this.#size?.width && height === this.#size.height) return;
    this.#size = { width, height };
    this.#inner.handleResize(this.#size);
    this.#on.resized(this.#size);
    this.#fit();
  }

  #fit(): void {
    if (this.#size === null) return;
    const frame = { width: this.#root.clientWidth, height: this.#root.clientHeight };
    const { scale, left, top } = fitInside(this.#size, frame);
    this.#replayer.wrapper.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
  }
}

const TOUCH_ENDS: ReadonlySet<MouseInteractions> = new Set([
  MouseInteractions.TouchEnd,
  MouseInteractions.TouchCancel,
]);

const NO_PICTURE: ReadonlySet<IncrementalSource> = new Set([
  IncrementalSource.MediaInteraction,
  IncrementalSource.CanvasMutation,
  IncrementalSource.Log,
  IncrementalSource.CustomElement,
]);

/** There is nothing to play, and nothing is drawn by script. */
function isPicture(source: IncrementalSource): boolean {
  return !NO_PICTURE.has(source);
}

/** Whether the picture may be another one after the event. */
export function changesPicture(event: eventWithTime): boolean {
  return event.type === EventType.IncrementalSnapshot
    ? isPicture(event.data.source)
    : event.type === EventType.FullSnapshot;
}
