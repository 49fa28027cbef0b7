import { Replayer } from '@rrweb/replay';
import { type eventWithTime, ReplayerEvents } from '@rrweb/types';
import { fitInside } from './fit.ts';
import { forgive } from './forgiving.ts';
import { landing, type Opening, openings } from './landing.ts';
import { type FromPlayer, type PlayState, SPEED_MAX, SPEED_MIN } from './messages.ts';
import { endOfQuiet, quietStretches, type Stretch } from './quiet.ts';

const TICK_MS = 100;

/** Pictures of the recorded site are not fetched; their places are shown in a quiet grey. */
const NOT_FETCHED = `img:not([src^="data:"]) {
  content: url("data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7");
  background-color: rgba(128, 128, 128, 0.15);
}`;

/** Where the visitor's browser moved a scroll to keep its place, the recording says so itself. */
const NOT_ANCHORED = '* { overflow-anchor: none !important; }';

/** Plays one whole recording: the events are all there, disarmed and in their order. */
export class Stage {
  readonly #root: HTMLElement;
  readonly #send: (message: FromPlayer) => void;
  readonly #replayer: Replayer;
  readonly #duration: number;
  readonly #openings: readonly Opening[];
  readonly #quiet: readonly Stretch[];
  #skipInactive: boolean;
  #state: PlayState = 'paused';
  #picture: { width: number; height: number } | null = null;
  #stumbled = false;

  constructor(
    root: HTMLElement,
    events: eventWithTime[],
    settings: { speed: number; skipInactive: boolean; at: number },
    send: (message: FromPlayer) => void,
  ) {
    const start = events[0]?.timestamp ?? 0;
    this.#root = root;
    this.#send = send;
    this.#duration = (events.at(-1)?.timestamp ?? start) - start;
    this.#openings = openings(events);
    this.#quiet = quietStretches(events);
    this.#skipInactive = settings.skipInactive;
    this.#replayer = new Replayer(events, {
      root,
      speed: settings.speed,
      mouseTail: { strokeStyle: '#4950f6' },
      // The keyboard belongs to the page around us.
      triggerFocus: false,
      showWarning: false,
      insertStyleRules: [NOT_FETCHED, NOT_ANCHORED],
    });
    adoptBeforeRules(this.#replayer);
    forgive(this.#replayer, () => this.#stumble());
    this.#replayer.on(ReplayerEvents.Resize, (size) => this.#resized(size));
    this.#replayer.on(ReplayerEvents.Finish, () => this.#finished());
    new ResizeObserver(() => this.#fit()).observe(root);
    send({ type: 'loaded', start_ms: start, duration_ms: this.#duration });
    this.#go(settings.at);
    this.#tellTime();
    setInterval(() => this.#tick(), TICK_MS);
  }

  /** Goes on from where it stands, or from `at`; from the beginning when it stands at the end. */
  play(at: number | null): void {
    const from = at ?? this.#at();
    this.#replayer.play(this.#landing(from >= this.#duration ? 0 : from));
    this.#become('playing');
  }

  pause(): void {
    if (this.#state !== 'playing') return;
    this.#replayer.pause();
    this.#become('paused');
    this.#tellTime();
  }

  seek(at: number): void {
    try {
      this.#go(at);
    } finally {
      this.#send({ type: 'landed', at_ms: this.#at() });
    }
  }

  setSpeed(speed: number): void {
    this.#replayer.setConfig({ speed: Math.min(SPEED_MAX, Math.max(SPEED_MIN, speed)) });
  }

  setSkipInactive(on: boolean): void {
    this.#skipInactive = on;
  }

  #go(at: number): void {
    if (this.#state === 'playing' && at < this.#duration) {
      this.#replayer.play(this.#landing(at));
    } else {
      this.#replayer.pause(this.#landing(at));
      this.#become(at < this.#duration ? 'paused' : 'finished');
    }
  }

  #tick(): void {
    if (this.#state !== 'playing') return;
    const quietUntil = this.#skipInactive ? endOfQuiet(this.#quiet, this.#at()) : null;
    if (quietUntil !== null) this.#go(quietUntil);
    this.#tellTime();
  }

  /**
   * rrweb says that it is finished 50 ms after it has applied the last event, also when a seek has
   * led away from the end meanwhile, and then stops: go on in that case.
   */
  #finished(): void {
    const at = this.#at();
    if (this.#state === 'playing' && at < this.#duration) {
      this.#replayer.play(this.#landing(at));
    } else if (this.#state === 'playing') {
      this.#become('finished');
      this.#tellTime();
    }
  }

  #at(): number {
    return Math.min(this.#duration, Math.max(0, this.#replayer.getCurrentTime()));
  }

  #landing(at: number): number {
    return landing(this.#openings, this.#duration, at);
  }

  #become(state: PlayState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#send({ type: 'state', state });
  }

  #stumble(): void {
    if (this.#stumbled) return;
    this.#stumbled = true;
    this.#send({ type: 'problem', text: 'A damaged event was passed over.' });
  }

  #tellTime(): void {
    this.#send({ type: 'time', at_ms: this.#at() });
  }

  #resized(size: unknown): void {
    const { width, height } = size as { width: number; height: number };
    if (!(width > 0 && height > 0)) return;
    this.#picture = { width, height };
    this.#send({ type: 'size', width, height });
    this.#fit();
  }

  #fit(): void {
    if (this.#picture === null) return;
    const frame = { width: this.#root.clientWidth, height: this.#root.clientHeight };
    const { scale, left, top } = fitInside(this.#picture, frame);
    this.#replayer.wrapper.style.transform = `translate(${left}px, ${top}px) scale(${scale})`;
  }
}

/**
 * While it seeks, rrweb gathers new constructed style sheets and changes of their rules, and then
 * applies the changes first: to sheets that are not there yet. This turns the order round.
 */
function adoptBeforeRules(replayer: Replayer): void {
  const inner = replayer as unknown as {
    adoptedStyleSheets: unknown[];
    applyAdoptedStyleSheet(data: unknown): void;
    applyStyleSheetMutation(data: unknown): void;
  };
  const applyRules = inner.applyStyleSheetMutation.bind(replayer);
  inner.applyStyleSheetMutation = (data) => {
    for (const sheet of inner.adoptedStyleSheets.splice(0)) inner.applyAdoptedStyleSheet(sheet);
    applyRules(data);
  };
}
