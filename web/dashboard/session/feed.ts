// Feeds the player: which stretch of the recording it holds, what is read next, and what is let go.
import { EventType, type eventWithTime } from '@rrweb/types';
import type { ToPlayer } from '../../player/messages.ts';
import { isEvent } from '../../player/shape.ts';
import { EventReader } from '../../shared/stored.ts';
import { counted } from '../format.ts';
import { type Fault, type Piece, Run, type Source } from './run.ts';
import { Seeks } from './seeks.ts';
import { chunkAt, type Hole, keyframeFor, type Timeline } from './timeline.ts';

/** Inflated bytes of the recording that a tab holds. */
export const BUDGET_BYTES = 32 << 20;
/** Inflated bytes asked for at a time. */
const RUN_BYTES = 4 << 20;

/** What the player holds. */
export interface Loaded {
  from_ms: number;
  to_ms: number;
  /** Inflated bytes it holds, and it has to hold to show what was asked for. */
  bytes: number;
  needed_bytes: number;
  /** Whether a keyframe is within. */
  pictured: boolean;
}

export interface Listener {
  send(message: ToPlayer): void;
  loaded(loaded: Loaded): void;
  /** What was found missing on reading. */
  hole(hole: Hole): void;
  /** The server was not reached and is asked again; 0 once it answers. */
  retrying(attempt: number): void;
  /** Nothing more comes before `retry`. */
  failed(error: unknown): void;
}

/** A run of chunks that begins with a keyframe. */
interface Window {
  stop: AbortController;
  events: EventReader;
  /** From which moment on it can show pictures. */
  from_ms: number;
  until_ms: number;
  /** The chunks it holds, from one to before the other. */
  begin: number;
  next: number;
  /** The moments of its keyframes, each with its chunk. */
  keyframes: { index: number; at_ms: number }[];
  /** The last chunk that the moment asked for needs. */
  needed: number;
  reading: boolean;
  failed: boolean;
  /** Since something is missing, only a keyframe leads on. */
  broken: boolean;
  /** Something within the last chunk was left out. */
  damaged: boolean;
}

export class Feed {
  #timeline: Timeline;
  #live: boolean;
  readonly #source: Source;
  readonly #listener: Listener;
  readonly #budget: number;
  readonly #seeks: Seeks;
  readonly #unreadable = new Set<number>();
  #window: Window | null = null;
  #at_ms = 0;

  constructor(
    timeline: Timeline,
    live: boolean,
    source: Source,
    listener: Listener,
    budget_bytes = BUDGET_BYTES,
  ) {
    this.#timeline = timeline;
    this.#live = live;
    this.#source = source;
    this.#listener = listener;
    this.#budget = budget_bytes;
    this.#seeks = new Seeks((at_ms) => listener.send({ type: 'seek', at_ms }));
  }

  /** While this holds, the player's times are of a place that nobody asks for any more. */
  get busy(): boolean {
    return this.#seeks.busy;
  }

  /** Shows a moment. */
  want(at_ms: number): void {
    this.#at_ms = at_ms;
    const window = this.#window;
    const inside = window && window.from_ms <= at_ms && at_ms <= window.until_ms;
    if (!inside) this.#open(at_ms);
    else {
      this.#seeks.want(at_ms);
      void this.#fill(window);
    }
  }

  /** The player answered a seek or an open. */
  landed(): void {
    this.#seeks.landed();
  }

  /** The recording plays, and stands at a moment. */
  playhead(at_ms: number): void {
    this.#at_ms = at_ms;
    if (this.#window) void this.#fill(this.#window);
  }

  /** Goes on after a failure. */
  retry(): void {
    if (this.#window === null) return;
    this.#window.failed = false;
    void this.#fill(this.#window);
  }

  /** A live session went on. False where what is loaded is not the beginning of it any more. */
  grow(timeline: Timeline, live: boolean): boolean {
    const window = this.#window;
    const loaded = window?.next ?? 0;
    const isSame = ({ start_ms, chunks }: Timeline) =>
      start_ms === this.#timeline.start_ms &&
      this.#timeline.chunks
        .slice(0, loaded)
        .every(({ address, from_ms }, at) => same(chunks[at], address, from_ms));
    if (!isSame(timeline)) return false;
    const ended = this.#live && !live;
    this.#timeline = timeline;
    this.#live = live;
    if (window === null) {
      // There was no picture before.
      this.#open(this.#at_ms);
      return true;
    }
    if (ended && loaded === timeline.chunks.length) this.#send(window, [], false);
    void this.#fill(window);
    return true;
  }

  close(): void {
    this.#window?.stop.abort();
    this.#window = null;
  }

  #open(at_ms: number): void {
    this.close();
    const begin = keyframeFor(this.#timeline, at_ms, this.#unreadable);
    if (begin === undefined) return;
    const window: Window = {
      stop: new AbortController(),
      events: new EventReader(),
      from_ms: Number.POSITIVE_INFINITY,
      until_ms: Number.NEGATIVE_INFINITY,
      begin,
      next: begin,
      keyframes: [],
      needed: Math.max(begin, chunkAt(this.#timeline, at_ms)),
      reading: false,
      failed: false,
      broken: false,
      damaged: false,
    };
    this.#window = window;
    this.#seeks.overtaken();
    this.#listener.send({ type: 'open', at_ms });
    void this.#fill(window);
  }

  async #fill(window: Window): Promise<void> {
    if (window.reading) return;
    window.reading = true;
    try {
      for (let next = this.#nextRun(window); next; next = this.#nextRun(window)) {
        const { signal } = window.stop;
        const retrying = (attempt: number) => this.#listener.retrying(attempt);
        const run = new Run(this.#timeline, next, this.#source, window.events, signal, retrying);
        for await (const piece of run.pieces()) {
          signal.throwIfAborted();
          retrying(0);
          this.#take(window, piece);
        }
      }
    } catch (error) {
      window.failed = true;
      if (!window.stop.signal.aborted) this.#listener.failed(error);
    } finally {
      window.reading = false;
    }
  }

  /** The chunks to ask for next; null while there are enough. */
  #nextRun(window: Window): [begin: number, end: number] | null {
    const { chunks } = this.#timeline;
    const begin = window.next;
    if (window.failed || window.stop.signal.aborted || begin >= chunks.length) return null;
    if (begin <= window.needed) return [begin, this.#endOfRun(begin, window.needed + 1, RUN_BYTES)];
    // The player keeps nothing before it can build a picture.
    if (window.keyframes.length === 0) {
      return [begin, this.#endOfRun(begin, chunks.length, RUN_BYTES)];
    }
    const head = Math.max(window.begin, chunkAt(this.#timeline, this.#at_ms));
    if (this.#left(window, begin) <= 0) {
      // Much at a time, not a little all the time.
      if (this.#bytes(head, begin) > this.#budget / 2) return null;
      this.#trim(window, head);
    }
    const left = this.#left(window, begin);
    // With little ahead, more is read even where nothing behind can be let go.
    const isShort = this.#bytes(head, begin) < this.#budget / 8;
    if (left <= 0 && !isShort) return null;
    const most = left > 0 ? Math.min(left, RUN_BYTES) : 0;
    return [begin, this.#endOfRun(begin, chunks.length, most)];
  }

  /** What the budget leaves once the next chunk is there. */
  #left(window: Window, next: number): number {
    return this.#budget - this.#bytes(window.begin, next + 1);
  }

  #endOfRun(begin: number, most: number, bytes: number): number {
    let end = begin + 1;
    while (end < most && this.#bytes(begin, end + 1) <= bytes) end += 1;
    return end;
  }

  #bytes(begin: number, end: number): number {
    const { raw_bytes } = this.#timeline;
    return (raw_bytes[end] ?? 0) - (raw_bytes[begin] ?? 0);
  }

  /** Lets go of what lies behind the playhead, but for a quarter of the budget. */
  #trim(window: Window, head: number): void {
    const behind = window.keyframes.filter(
      ({ index, at_ms }) => index > window.begin && at_ms <= this.#at_ms,
    );
    const to =
      behind.find(({ index }) => this.#bytes(index, head) <= this.#budget / 4) ?? behind.at(-1);
    if (to === undefined) return;
    window.begin = to.index;
    window.from_ms = to.at_ms;
    window.keyframes = window.keyframes.filter(({ at_ms }) => at_ms >= to.at_ms);
    this.#listener.send({ type: 'trim', before_ms: to.at_ms });
    this.#tell(window);
  }

  #take(window: Window, { index, events, damaged, fault }: Piece): void {
    const isNext = index === window.begin || this.#follows(index);
    let seam = !isNext || damaged > 0 || window.damaged;
    window.damaged = damaged > 0;
    if (!isNext) window.broken ||= this.#isGone(index);
    let kept = events;
    if (window.broken) {
      const found = events.findIndex(({ type }) => type === EventType.Meta);
      kept = found === -1 ? [] : events.slice(found);
      seam = found !== -1;
      window.broken = found === -1;
    }
    window.next = index + 1;
    this.#note(index, damaged, fault);
    window.broken ||= fault !== null;
    if (fault !== null && window.keyframes.length === 0 && this.#isElsewhere(index)) {
      this.#open(this.#at_ms);
    } else {
      this.#mark(window, index, kept);
      this.#send(window, kept, seam);
    }
  }

  /** Whether nothing is missing between a chunk and the one before it. */
  #follows(index: number): boolean {
    const { chunks } = this.#timeline;
    const [before, own] = [chunks[index - 1], chunks[index]];
    return before?.stream === own?.stream && before?.last === (own?.first ?? 0) - 1;
  }

  /** A window whose keyframe cannot be read begins with another, where there is one. */
  #isElsewhere(index: number): boolean {
    if (!this.#timeline.chunks[index]?.keyframe) return false;
    this.#unreadable.add(index);
    return keyframeFor(this.#timeline, this.#at_ms, this.#unreadable) !== undefined;
  }

  #mark(window: Window, index: number, events: readonly eventWithTime[]): void {
    for (const event of events) {
      if (event.type !== EventType.FullSnapshot || !isEvent(event)) continue;
      const at_ms = event.timestamp - this.#timeline.start_ms;
      // The very first is shown for all before it.
      const isFirst = index === this.#timeline.keyframes[0];
      if (window.keyframes.length === 0) window.from_ms = isFirst ? 0 : at_ms;
      window.keyframes.push({ index, at_ms });
    }
  }

  #send(window: Window, events: readonly eventWithTime[], seam: boolean): void {
    const { chunks, duration_ms } = this.#timeline;
    const following = chunks[window.next];
    const until_ms = following?.from_ms ?? duration_ms;
    const last = following === undefined && !this.#live;
    window.until_ms = until_ms;
    this.#listener.send({ type: 'events', events, until_ms, last, seam });
    this.#tell(window);
  }

  #tell({ from_ms, until_ms, begin, next, needed, keyframes }: Window): void {
    this.#listener.loaded({
      from_ms: Math.min(from_ms, until_ms),
      to_ms: until_ms,
      bytes: this.#bytes(begin, next),
      needed_bytes: this.#bytes(begin, needed + 1),
      pictured: keyframes.length > 0,
    });
  }

  /** Whether chunks before this one were there once: nobody else knows that they are missing. */
  #isGone(index: number): boolean {
    const { chunks, holes } = this.#timeline;
    const [before, own] = [chunks[index - 1], chunks[index]];
    if (before === undefined || own === undefined) return false;
    const isSame = before.stream === own.stream;
    const isWhole = own.first === (isSame ? before.last + 1 : 1);
    const isKnown = holes.some((hole) => hole.from_ms <= own.from_ms && hole.to_ms >= before.to_ms);
    if (isWhole || isKnown) return false;
    this.#tellHole(isSame ? before.to_ms : own.from_ms, index, FAULTS.gone);
    return true;
  }

  #tellHole(from_ms: number, before: number, what: string): void {
    const { chunks, keyframes, duration_ms } = this.#timeline;
    const next = chunks[keyframes.find((each) => each >= before) ?? chunks.length];
    const text = `${what} The picture goes on at the next keyframe.`;
    this.#listener.hole({ from_ms, to_ms: next?.from_ms ?? duration_ms, text });
  }

  #note(index: number, damaged: number, fault: Fault | null): void {
    const own = this.#timeline.chunks[index];
    if (own === undefined) return;
    const { from_ms, to_ms } = own;
    if (fault !== null) this.#tellHole(from_ms, index + 1, FAULTS[fault]);
    else if (damaged > 0) {
      const text = `${counted(damaged, 'damaged piece')} left out here.`;
      this.#listener.hole({ from_ms, to_ms, text });
    }
  }
}

const FAULTS: Record<Fault, string> = {
  unreadable: 'A stored piece cannot be read.',
  gone: 'A stored piece is not there any more.',
};

function same(
  chunk: { address: string; from_ms: number } | undefined,
  address: string,
  from_ms: number,
): boolean {
  return chunk?.address === address && chunk.from_ms === from_ms;
}
