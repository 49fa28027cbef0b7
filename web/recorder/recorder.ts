// The recorder of one page: when it records, as which stream of which session, and what the site
// says through `window.footage`.
import { EventType, type eventWithTime } from '@rrweb/types';
import type { Close } from '../shared/close.ts';
import { intervals, limits, protocol } from '../shared/settings.ts';
import type {
  Consent,
  EndCause,
  Numbered,
  PageCause,
  RecorderMessages,
  ServerMessage,
  ServerMessages,
} from '../shared/wire.ts';
import { Capture } from './capture.ts';
import { type Carriers, Link } from './link.ts';
import type { Clock } from './natives.ts';
import type { Outbox } from './outbox.ts';
import { clip, pageNow } from './pages.ts';
import { Stream } from './stream.ts';
import { NO_POLICY, type Policy, Tab } from './tab.ts';

declare const __SDK_VERSION__: string;

/** How long after a welcome the site's policy may take, when none is known yet. */
const POLICY_WAIT_MS = 200;
const WAIT_MAX_MS = 60_000;
/** A keyframe of a large page takes a moment, in which the page stands still: it waits for a quiet one. */
const KEYFRAME_WAIT_MS = 5000;

export type Options = {
  readonly siteKey: string;
  readonly origin: string;
  /** Record nothing until `footage('consent', true)`. */
  readonly consentRequired: boolean;
};

type State =
  /** Not started, stopped by the site, or without consent. */
  | { readonly at: 'off' }
  | { readonly at: 'on'; readonly stream: Stream }
  /** Gone from view; the back-forward cache may bring it back. */
  | { readonly at: 'away' }
  /** The server wants nothing more from this page. */
  | { readonly at: 'refused'; readonly close: Close };

/** Until recording starts nothing is kept of the visitor. */
const NOBODY = new Uint8Array(16);

type Saying = (number: number, at_ms: number) => Numbered;

export class Recorder {
  private state: State = { at: 'off' };
  private consent: Consent = 'unknown';
  private readonly tab: Tab;
  private policy: Policy;
  /** Who the visitor is, by the site's word: repeated to every new session of this page. */
  private readonly said = new Map<string, Saying>();
  private last_event_ms: number;
  private token: string | null = null;
  /** The stream that this page ended itself, while its session lasts. */
  private before: Uint8Array | null = null;
  private visitor: Uint8Array = NOBODY;
  private readonly link: Link;
  private readonly capture: Capture;
  private readonly options: Options;
  private readonly clock: Clock;

  constructor(options: Options, clock: Clock, carriers: Carriers) {
    this.options = options;
    this.clock = clock;
    this.last_event_ms = clock.now();
    this.tab = new Tab(options.siteKey);
    this.policy = this.tab.policy;
    if (this.tab.denied) this.consent = 'denied';
    this.capture = new Capture(clock, {
      event: (event) => this.event(event),
      failed: (keyframe) => this.stream?.batcher.refuse(keyframe),
    });
    this.link = new Link(options.origin, clock, carriers, {
      hello: () => this.hello(),
      outbox: () => this.outbox(),
      welcomed: (welcome) => this.welcomed(welcome),
      heard: (message) => this.heard(message),
      isQuiet: () => this.isQuiet(),
      stopped: (close) => this.refused(close),
    });
  }

  start(): void {
    const forbidden =
      this.consent === 'denied' || (this.options.consentRequired && this.consent !== 'granted');
    if (this.state.at !== 'off' || forbidden) return;
    this.token = this.tab.token;
    this.visitor = this.tab.visitor();
    this.begin(this.tab.takeNavigatedFrom() ?? this.before, 'load');
    this.capture.start(this.policy);
  }

  /** Until the site says start. */
  stop(): void {
    this.end('stopped');
  }

  setConsent(granted: boolean): void {
    const consent = granted ? 'granted' : 'denied';
    if (consent === this.consent && this.stream) return;
    this.consent = consent;
    this.tab.denied = !granted;
    this.awake()?.say((number, at_ms) => ({ kind: 'consent', number, at_ms, consent }));
    if (granted) {
      this.start();
    } else {
      this.end('consent_withdrawn');
      this.tab.forget();
      this.said.clear();
    }
  }

  identify(user: string, traits: Readonly<Record<string, unknown>>): void {
    const pairs = Object.entries(traits)
      .slice(0, limits.traits_max)
      .map(([key, value]) => ({
        key: clip(key, limits.name_bytes_max),
        value: clip(String(value), limits.value_bytes_max),
      }));
    const name = clip(user, limits.value_bytes_max);
    this.say('user', (number, at_ms) => ({
      kind: 'identify',
      number,
      at_ms,
      user: name,
      traits: pairs,
    }));
  }

  tag(key: string, value: string): void {
    const fields = {
      key: clip(key, limits.name_bytes_max),
      value: clip(value, limits.value_bytes_max),
    };
    this.say(`tag ${key}`, (number, at_ms) => ({ kind: 'tag', number, at_ms, ...fields }));
  }

  /** A script of the page failed. */
  error(): void {
    this.stream?.batcher.error();
  }

  moved(cause: PageCause): void {
    this.awake();
    this.sayPage(cause);
  }

  /** The tab is looked at again, or the network is back. */
  woke(): void {
    this.link.hurry();
  }

  /** The tab is not looked at: it may be killed without another word. */
  hidden(): void {
    this.capture.settle();
    this.stream?.hurry();
  }

  pageHide(): void {
    const { stream } = this;
    if (!stream) return;
    this.end('page_hidden');
    if (this.before) this.tab.leave(this.before);
    this.state = { at: 'away' };
  }

  /** Back from the back-forward cache: the same document, another stream. */
  pageShow(): void {
    if (this.state.at !== 'away') return;
    this.state = { at: 'off' };
    this.start();
  }

  private get stream(): Stream | null {
    return this.state.at === 'on' ? this.state.stream : null;
  }

  private outbox(): Outbox {
    // The link speaks only while there is a stream.
    if (this.state.at !== 'on') throw new Error('no stream');
    return this.state.stream.outbox;
  }

  private begin(navigatedFrom: Uint8Array | null, cause: PageCause): void {
    const stream: Stream = new Stream(this.clock, navigatedFrom, {
      ready: () => {
        if (this.stream !== stream) return;
        this.link.connect();
        this.link.pump();
      },
      full: () => this.capture.keyframe(),
    });
    stream.outbox.held = this.policy.hash.every((byte) => byte === 0);
    this.state = { at: 'on', stream };
    this.last_event_ms = this.clock.now();
    this.sayPage(cause);
    for (const saying of this.said.values()) stream.say(saying);
  }

  /** Ends the stream with everything it still has to say. */
  private end(cause: EndCause): void {
    const { stream } = this;
    if (!stream) return;
    const isQuiet = this.isQuiet();
    if (!isQuiet) this.capture.settle();
    this.capture.stop();
    if (isQuiet) {
      // The session is over already: saying so now would begin another.
      this.tab.token = null;
      this.link.rest();
    } else {
      stream.say((number, at_ms) => ({ kind: 'end', number, at_ms, cause }));
      stream.outbox.held = false;
      stream.hurry();
      this.link.last();
    }
    stream.batcher.clear();
    // The server joins by it: nothing of a new session may name a stream of the old.
    this.before = isQuiet || cause === 'consent_withdrawn' ? null : stream.id;
    this.state = { at: 'off' };
  }

  /** Another session, on the same page: a stream of its own, with a keyframe. */
  private renew(): void {
    this.link.rest();
    this.begin(null, 'load');
    this.capture.keyframe();
  }

  private event(event: eventWithTime): void {
    const { stream } = this;
    // Within a keyframe there is no place for another; and the new one shows what this event did.
    if (event.type !== EventType.IncrementalSnapshot) stream?.event(event);
    else if (this.awake() === stream) stream?.event(event);
  }

  /** The stream for something that happens now: a new session's, after a long quiet. */
  private awake(): Stream | null {
    if (this.stream && this.isQuiet()) {
      this.token = null;
      this.tab.token = null;
      this.renew();
    }
    this.last_event_ms = this.clock.now();
    return this.stream;
  }

  private isQuiet(): boolean {
    const quiet_ms = this.clock.now() - this.last_event_ms;
    return quiet_ms >= intervals.session_idle_ms && (this.stream?.outbox.empty ?? true);
  }

  private say(key: string, saying: Saying): void {
    this.said.delete(key);
    this.said.set(key, saying);
    const [oldest] = this.said.keys();
    if (this.said.size > limits.traits_max && oldest !== undefined) this.said.delete(oldest);
    this.awake()?.say(saying);
  }

  private sayPage(cause: PageCause): void {
    const page = pageNow(this.policy.keep_query);
    this.stream?.say((number, at_ms) => ({ kind: 'page', number, at_ms, page, cause }));
  }

  private hello(): RecorderMessages['hello'] {
    const { stream } = this;
    return {
      kind: 'hello',
      protocol_version: protocol.version,
      site_key: this.options.siteKey,
      session_token: this.token,
      stream: stream?.id ?? NO_POLICY.hash,
      navigated_from: stream?.navigatedFrom ?? null,
      held: stream?.outbox.ranges() ?? [],
      visitor: this.visitor,
      page: pageNow(this.policy.keep_query),
      consent: this.consent,
      sdk_version: __SDK_VERSION__,
      policy_hash: this.policy.hash,
      sent_at_ms: this.clock.now(),
    };
  }

  private welcomed(welcome: ServerMessages['welcome']): boolean {
    const { stream, token } = this;
    if (!stream) return false;
    const isOther = !welcome.resumed && token !== null && token !== welcome.session_token;
    const farewell = isOther && stream.outbox.used ? this.hello() : null;
    this.token = welcome.session_token;
    this.tab.token = welcome.session_token;
    if (farewell) {
      stream.hurry();
      this.link.farewell(farewell, stream.outbox.takeAll());
      this.renew();
      return false;
    }
    stream.outbox.setCredit(welcome.credit_bytes);
    stream.outbox.resume(welcome.durable);
    const { batch_bytes_target, event_bytes_max, batch_ms } = welcome.limits;
    stream.batcher.limit(batch_bytes_target, event_bytes_max, Math.min(batch_ms, WAIT_MAX_MS));
    if (stream.outbox.held) this.clock.after(POLICY_WAIT_MS, () => this.release(stream));
    return true;
  }

  private release(stream: Stream): void {
    stream.outbox.held = false;
    this.link.pump();
  }

  private heard(message: ServerMessage): void {
    const { stream } = this;
    if (!stream) return;
    if (message.kind === 'keyframe') {
      this.clock.whenIdle(KEYFRAME_WAIT_MS, () => this.capture.keyframe());
    } else if (message.kind === 'policy') this.setPolicy(stream, message);
    else if (message.kind === 'slow_down') {
      stream.batcher.waitMs = Math.min(message.batch_ms, WAIT_MAX_MS);
      this.capture.slowMouse(message.mouse_ms);
    }
  }

  private setPolicy(stream: Stream, message: ServerMessages['policy']): void {
    const { policy_hash: hash, mask_selectors: mask, block_selectors: block, keep_query } = message;
    const before = this.policy;
    this.policy = { hash, mask, block, keep_query };
    this.tab.policy = this.policy;
    const isStricter = [...mask, ...block].join() !== [...before.mask, ...before.block].join();
    if (isStricter || keep_query !== before.keep_query) {
      if (!stream.outbox.used) {
        // Nothing of it has left: what was recorded under the wrong policy never will.
        stream.restart();
        this.sayPage('load');
        for (const saying of this.said.values()) stream.say(saying);
      }
      this.capture.start(this.policy);
    }
    this.release(stream);
  }

  private refused(close: Close): void {
    const { stream } = this;
    this.capture.stop();
    stream?.batcher.clear();
    // Another socket speaks for this very session: it stays the tab's. Else the next page starts anew.
    if (close.retry !== 'stream') this.tab.token = null;
    this.state = { at: 'refused', close };
  }
}
