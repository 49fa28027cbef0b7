// Conducts: which event the picture takes next, and when. Times inside are those of the events, so
// that forgetting old ones shifts nothing.
import type { eventWithTime } from '@rrweb/types';
import { Arrival } from './arrival.ts';
import { Concealment } from './conceal.ts';
import { type FromPlayer, type PlayState, SPEED_MAX, SPEED_MIN } from './messages.ts';
import { changesPicture, Picture } from './picture.ts';
import { Timeline } from './timeline.ts';

const TELL_EVERY_MS = 100;
/** A tab that was hidden, or a machine that slept, goes on where it was. */
const FRAME_MAX_MS = 1_000;
/** Work for one frame while playing; what is left comes in the next. */
const FRAME_WORK_MS = 80;
/** Work at a stretch while seeking, after which the browser may breathe. */
const SEEK_WORK_MS = 300;
/** More events than these are not shown one by one. */
const SHOWN_MAX = 60;
/** A keyframe nearer than so by events is worth a new picture. */
const WORTH_BUILDING = 1_000;

export type Settings = { start_ms: number; speed: number; skip_inactive: boolean };

/** Where a seek, step or open wants to go. */
type Wanted = { readonly at: number; readonly opens: boolean };

export class Stage {
  readonly #send: (message: FromPlayer) => void;
  readonly #start: number;
  readonly #picture: Picture;
  readonly #concealment: Concealment;
  readonly #breath = new MessageChannel();
  #arrival = new Arrival();
  #timeline = new Timeline();
  #at: number;
  #wanted: Wanted | null = null;
  #playing = false;
  #state: PlayState = 'paused';
  #speed = 1;
  #skipInactive: boolean;
  #frame: number | null = null;
  #frameAt = 0;
  #toldAt = 0;
  #absent = '';
  #stumbled = false;

  constructor(root: HTMLElement, settings: Settings, send: (message: FromPlayer) => void) {
    this.#send = send;
    this.#start = settings.start_ms;
    this.#at = settings.start_ms;
    this.#skipInactive = settings.skip_inactive;
    this.#picture = new Picture(root, {
      resized: ({ width, height }) => send({ type: 'size', width, height }),
      stumbled: (event) => this.#stumble(event),
      textOf: (node) => this.#concealment.textOf(node),
    });
    this.#concealment = new Concealment((counts) => send({ type: 'concealed', ...counts }));
    this.#breath.port1.onmessage = () => this.#seekOn();
    this.setSpeed(settings.speed);
  }

  open(at: number): void {
    this.#timeline = new Timeline();
    this.#arrival = new Arrival();
    this.#picture.forget();
    this.#stumbled = false;
    this.#want({ at: this.#start + at, opens: true });
  }

  take(part: readonly unknown[], until: number, last: boolean, seam: boolean): void {
    const { events, damaged } = this.#arrival.take(part);
    this.#timeline.add(events, this.#start + until, last, seam);
    if (damaged > 0) this.#tellDamaged(damaged, until);
    this.#tellAbsent();
    if (this.#wanted === null) this.#settleState();
    // Half of the way would be laid out for nothing.
    else if (this.#hasCome(this.#wanted.at)) this.#seekOn();
  }

  trim(before: number): void {
    this.#timeline.trim(this.#start + before);
  }

  /** Goes on from where it stands. */
  play(): void {
    if (this.#isAtEnd()) return;
    this.#playing = true;
    this.#settleState();
  }

  pause(): void {
    this.#playing = false;
    this.#settleState();
    this.#tellTime();
  }

  seek(at: number): void {
    this.#want({ at: this.#start + at, opens: this.#wanted?.opens ?? false });
  }

  step(direction: 1 | -1): void {
    this.#playing = false;
    const from = this.#wanted?.at ?? this.#at;
    this.#want({
      at: this.#changeFrom(from, direction) ?? from,
      opens: this.#wanted?.opens ?? false,
    });
  }

  setSpeed(speed: number): void {
    this.#speed = Math.min(SPEED_MAX, Math.max(SPEED_MIN, speed));
    this.#picture.setSpeed(this.#speed);
  }

  setSkipInactive(on: boolean): void {
    this.#skipInactive = on;
  }

  conceal(mask: readonly string[], block: readonly string[]): void {
    this.#concealment.choose(mask, block);
    this.#concealment.apply(this.#picture.page, true);
  }

  // --- seeking -----------------------------------------------------------------------------------

  #want(wanted: Wanted): void {
    this.#wanted = wanted;
    const start = this.#timeline.start;
    if (start !== null) this.#jump(this.#reach(wanted.at));
    this.#seekOn();
  }

  /** Where a seek can go with what has come. */
  #reach(at: number): number {
    const { start, until } = this.#timeline;
    return Math.max(Math.min(at, until), start ?? at);
  }

  /** Whether nothing that comes later belongs before a moment. */
  #hasCome(at: number): boolean {
    return at <= this.#timeline.until || this.#timeline.last;
  }

  /** Goes back, or on to a keyframe, where the events in between need not be applied. */
  #jump(at: number): void {
    const timeline = this.#timeline;
    const count = timeline.countUpTo(at);
    const keyframe = timeline.keyframeAmong(count);
    if (keyframe === null) return;
    const { index } = keyframe;
    const { shown } = timeline;
    const isBehind = count < shown;
    const isFar =
      index > shown && (index - shown > WORTH_BUILDING || timeline.isBroken(shown, index + 1));
    if (!isBehind && !isFar) return;
    timeline.shown = index;
    this.#picture.forget();
    const move = timeline.moveBefore(index);
    if (move !== undefined) this.#picture.pass(move, false);
  }

  /** One stretch of work towards the wanted moment; lands there when that is done. */
  #seekOn(): void {
    const wanted = this.#wanted;
    const timeline = this.#timeline;
    if (wanted === null) return;
    if (timeline.start === null) {
      if (timeline.last) this.#landWithout(wanted);
      return;
    }
    const at = this.#reach(wanted.at);
    const count = timeline.countUpTo(at);
    const done = this.#pass(count, SEEK_WORK_MS);
    if (!done) {
      this.#send({ type: 'seeking', done: timeline.shown, all: count });
      this.#breath.port2.postMessage(null);
      return;
    }
    this.#at = at;
    if (this.#hasCome(wanted.at)) this.#land(wanted);
    this.#settleState();
  }

  #land({ opens }: Wanted): void {
    this.#wanted = null;
    const at_ms = this.#now();
    if (opens) this.#send({ type: 'loaded', at_ms });
    this.#send({ type: 'landed', at_ms });
  }

  #landWithout({ at }: Wanted): void {
    this.#wanted = null;
    this.#at = at;
    this.#playing = false;
    const text = 'No picture of a page has arrived here.';
    this.#send({ type: 'problem', text, at_ms: this.#now() });
    this.#send({ type: 'landed', at_ms: this.#now() });
    this.#settleState();
  }

  /** Takes events up to a number of them, as far as time allows; whether all are in the picture. */
  #pass(count: number, work_ms: number): boolean {
    const timeline = this.#timeline;
    if (timeline.shown >= count) return true;
    const until = performance.now() + work_ms;
    while (timeline.shown < count && performance.now() < until) {
      const event = this.#next();
      if (event !== undefined) this.#picture.pass(event, timeline.isFresh(event));
    }
    // Laying out a page costs more than the events do: once, at the end.
    if (timeline.shown < count) return false;
    this.#picture.settle();
    this.#concealment.apply(this.#picture.page, false);
    return true;
  }

  #next(): eventWithTime | undefined {
    const event = this.#timeline.events[this.#timeline.shown];
    this.#timeline.shown += 1;
    return event;
  }

  #changeFrom(at: number, direction: 1 | -1): number | null {
    const { events } = this.#timeline;
    const count = this.#timeline.countUpTo(at);
    const isThere = (event: eventWithTime) =>
      (event.timestamp - at) * direction > 0 && changesPicture(event);
    if (direction === -1) {
      for (let index = count - 1; index >= 0; index -= 1) {
        const event = events[index];
        if (event !== undefined && isThere(event)) return event.timestamp;
      }
      return null;
    }
    for (let index = count; index < events.length; index += 1) {
      const event = events[index];
      if (event !== undefined && isThere(event)) return event.timestamp;
    }
    return null;
  }

  // --- playing -----------------------------------------------------------------------------------

  #run(now: number): void {
    this.#frame = null;
    if (this.#state !== 'playing') return;
    const passed = Math.min(FRAME_MAX_MS, Math.max(0, now - this.#frameAt));
    this.#frameAt = now;
    if (this.#wanted === null) this.#advance(passed * this.#speed);
    if (now - this.#toldAt >= TELL_EVERY_MS) {
      this.#toldAt = now;
      this.#tellTime();
    }
    this.#settleState();
  }

  #advance(by_ms: number): void {
    const timeline = this.#timeline;
    const quiet = this.#skipInactive ? timeline.acts.endOfQuiet(this.#at, timeline.until) : null;
    const to = Math.min(quiet ?? this.#at + by_ms, timeline.until);
    if (quiet !== null) this.#jump(to);
    const count = timeline.countUpTo(to);
    if (quiet === null && count - timeline.shown <= SHOWN_MAX) this.#show(count);
    else if (!this.#pass(count, FRAME_WORK_MS)) {
      // The clock waits for the picture.
      this.#at = Math.max(this.#at, timeline.events[timeline.shown - 1]?.timestamp ?? this.#at);
      return;
    }
    this.#at = Math.max(to, this.#at);
  }

  /** Shows events one by one, as they happened. */
  #show(count: number): void {
    const timeline = this.#timeline;
    if (timeline.shown >= count) return;
    while (timeline.shown < count) {
      const event = this.#next();
      if (event !== undefined) this.#picture.show(event, timeline.isFresh(event));
    }
    this.#concealment.apply(this.#picture.page, false);
  }

  #isAtEnd(): boolean {
    const { last, until } = this.#timeline;
    return last && this.#wanted === null && this.#at >= until;
  }

  /** What it does follows from what it was told and what there is. */
  #settleState(): void {
    if (this.#isAtEnd()) this.#playing = false;
    const lacks = this.#timeline.start === null || this.#at >= this.#timeline.until;
    const state = this.#playing
      ? lacks
        ? 'waiting'
        : 'playing'
      : this.#isAtEnd()
        ? 'finished'
        : 'paused';
    if (state === 'playing' && this.#frame === null) {
      if (this.#state !== 'playing') this.#frameAt = performance.now();
      this.#frame = requestAnimationFrame((now) => this.#run(now));
    }
    if (state === this.#state) return;
    this.#state = state;
    this.#picture.setMoving(state === 'playing');
    if (state === 'finished' || state === 'waiting') this.#tellTime();
    this.#send({ type: 'state', state });
  }

  // --- telling -----------------------------------------------------------------------------------

  #now(): number {
    return this.#at - this.#start;
  }

  #tellTime(): void {
    this.#send({ type: 'time', at_ms: this.#now() });
  }

  #tellDamaged(count: number, until: number): void {
    const text = `Damaged events were left out: ${count}.`;
    this.#send({ type: 'problem', text, at_ms: until });
  }

  #tellAbsent(): void {
    const absent = this.#arrival.absent;
    const told = JSON.stringify(absent);
    if (told === this.#absent) return;
    this.#absent = told;
    this.#send({ type: 'absent', ...absent });
  }

  #stumble(event: eventWithTime): void {
    if (this.#stumbled) return;
    this.#stumbled = true;
    const at_ms = event.timestamp - this.#start;
    this.#send({ type: 'problem', text: 'A damaged event was passed over.', at_ms });
  }
}
