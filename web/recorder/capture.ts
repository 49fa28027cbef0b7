// rrweb, tamed: started with our masking, every event scrubbed, every failure kept from the page.
import { record, tellScrolls } from '@rrweb/record';
import { EventType, type eventWithTime } from '@rrweb/types';
import { Images } from './images.ts';
import { Masking } from './masking.ts';
import { type Clock, guard, listen, report } from './natives.ts';
import { Scrubber } from './scrub.ts';
import type { Policy } from './tab.ts';

/** Mouse positions are gathered this long before rrweb hands them over. */
const MOUSE_EVERY_MS = 250;
/** After a failure inside rrweb something may be missing: a keyframe shows the page as it is. */
const HEAL_AFTER_MS = 5000;

export type CaptureEvents = {
  event(event: eventWithTime): void;
  /** An event could not be recorded; `keyframe` says that nothing after it can be replayed. */
  failed(keyframe: boolean): void;
};

type State =
  | { readonly at: 'off' }
  | { readonly at: 'waiting'; readonly cancel: () => void }
  | { readonly at: 'on'; readonly stop: () => void }
  /** rrweb could not take a snapshot and was switched off. */
  | { readonly at: 'broken' };

export class Capture {
  private state: State = { at: 'off' };
  private masking: Masking | null = null;
  private keepQuery = false;
  private mouseMs = 0;
  private sawSnapshot = false;
  private healing: (() => void) | null = null;
  private scrubber: Scrubber | null = null;
  private readonly images: Images;
  private readonly clock: Clock;
  private readonly on: CaptureEvents;

  constructor(clock: Clock, on: CaptureEvents) {
    this.clock = clock;
    this.on = on;
    const isBlocked = (image: Element) => this.masking?.isBlocked(image) ?? true;
    this.images = new Images(clock, isBlocked, (event) => on.event(event));
  }

  /** Starts, or starts again under another policy. Begins with a keyframe. */
  start(policy: Policy): void {
    this.stop();
    this.masking = new Masking(policy, this.masking);
    this.keepQuery = policy.keep_query;
    this.begin();
  }

  stop(): void {
    this.healing?.();
    this.healing = null;
    if (this.state.at === 'waiting') this.state.cancel();
    if (this.state.at === 'on') this.state.stop();
    this.state = { at: 'off' };
    this.images.clear();
  }

  /** A new place to begin a replay. Also the way back after a failed one. */
  keyframe(): void {
    if (this.state.at === 'broken') this.begin();
    if (this.state.at !== 'on') return;
    try {
      record.takeFullSnapshot(true);
    } catch (error) {
      this.broke(error);
    }
  }

  /** Tells of what waits to be told: nothing may come after. */
  settle(): void {
    if (this.state.at !== 'on') return;
    tellScrolls();
    this.images.tell();
  }

  slowMouse(everyMs: number): void {
    this.mouseMs = everyMs;
    this.aim();
  }

  private aim(): void {
    if (!this.masking) return;
    const { masking, keepQuery, mouseMs } = this;
    this.scrubber = new Scrubber(
      { masking, keepQuery, mouseMs },
      (id) => record.mirror.getNode(id),
      (image) => this.images.watch(image),
    );
  }

  private begin(): void {
    if (document.readyState === 'loading') {
      const cancel = listen(document, 'DOMContentLoaded', () => {
        cancel();
        this.run();
      });
      this.state = { at: 'waiting', cancel };
    } else {
      this.run();
    }
  }

  private run(): void {
    const { masking } = this;
    if (!masking) return;
    this.aim();
    this.sawSnapshot = false;
    // Catches what its snapshot throws itself; then there was none.
    const stop = record<eventWithTime>({
      emit: guard((event) => this.emit(event)),
      blockSelector: masking.blockSelector,
      maskTextSelector: masking.textSelector,
      maskTextFn: (text, element) => masking.text(text, element),
      // By tag name, so that no type is forgotten (rrweb#1609). `select` as a name would lose every
      // selection, hence its two types.
      maskInputOptions: MASK_EVERY_INPUT,
      maskInputFn: (value, element) => masking.value(value, element),
      slimDOMOptions: LEFT_OUT,
      inlineStylesheet: true,
      recordCanvas: false,
      recordCrossOriginIframes: false,
      sampling: { mousemoveCallback: MOUSE_EVERY_MS },
      // rrweb stands between the page and some browser functions. What the browser itself throws
      // there is meant for the page; rrweb's own failures are not.
      errorHandler: (error: unknown) => {
        if (isBrowsersOwn(error)) return;
        this.stumbled(error);
        return true;
      },
    });
    this.state = { at: 'on', stop: guard(() => stop?.()) };
    if (!this.sawSnapshot) this.broke('no snapshot');
  }

  private stumbled(error: unknown): void {
    report(error);
    this.healing ??= this.clock.after(HEAL_AFTER_MS, () => {
      this.healing = null;
      this.keyframe();
    });
  }

  private broke(error: unknown): void {
    report(error);
    this.stop();
    this.state = { at: 'broken' };
    this.on.failed(true);
  }

  private emit(event: eventWithTime): void {
    const isSnapshot = event.type === EventType.FullSnapshot;
    this.sawSnapshot ||= isSnapshot;
    try {
      this.scrubber?.scrub(event);
    } catch (error) {
      // Not scrubbed, not sent.
      report(error);
      this.on.failed(isSnapshot);
      return;
    }
    this.on.event(event);
    // With the keyframe, so that a replay that begins there is laid out right at once.
    if (isSnapshot) this.images.tell();
  }
}

/**
 * Everything rrweb may leave out but the white space of the head: with it goes the (captured, hence
 * empty) text of style elements, and what a script writes into them later is lost in the replay.
 */
const LEFT_OUT = {
  script: true,
  comment: true,
  headFavicon: true,
  headMetaSocial: true,
  headMetaRobots: true,
  headMetaHttpEquiv: true,
  headMetaVerification: true,
};

const MASK_EVERY_INPUT = {
  input: true,
  textarea: true,
  'select-one': true,
  'select-multiple': true,
};

function isBrowsersOwn(error: unknown): boolean {
  return Object.prototype.toString.call(error) === '[object DOMException]';
}
