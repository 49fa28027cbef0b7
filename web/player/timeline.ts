// The events of a window in the order in which they are shown, and how far the picture has come.
//
// The order of arrival is the truth: a clock that jumps never turns two events round. Only positions
// of the mouse, which are delivered in bundles after the fact, become events of their own at their
// own moments.
import { EventType, type eventWithTime, type mousemoveData } from '@rrweb/types';
import { firstThatNot } from '../shared/search.ts';
import { Acts } from './quiet.ts';

/** Where a picture can be built: the meta event (or the snapshot, where there is none) and whether
 * nothing before it can lead here. */
export type Keyframe = { index: number; readonly at: number; readonly fresh: boolean };

/** What rrweb delivers later than so comes from a broken clock. */
const BUNDLED_MAX_MS = 1_000;
/** A position is sorted in among so many events before it, at most. */
const SORTED_MAX = 1_000;

export class Timeline {
  readonly events: eventWithTime[] = [];
  readonly acts = new Acts();
  /** So many events are in the picture. */
  shown = 0;
  /** Up to here all events have come. */
  until = Number.NEGATIVE_INFINITY;
  /** The recording ends at `until`. */
  last = false;
  readonly #keyframes: Keyframe[] = [];
  readonly #fresh = new WeakSet<eventWithTime>();
  #meta: eventWithTime | null = null;
  #href: unknown = null;
  #broken = true;
  #floor = Number.NEGATIVE_INFINITY;

  /** Appends events of the right shape (`shape.ts`). A `seam`: they do not follow on those before. */
  add(part: readonly eventWithTime[], until: number, last: boolean, seam: boolean): void {
    this.#broken ||= seam;
    this.until = Math.max(this.until, until);
    this.last = last;
    for (const event of part) this.#append(event);
  }

  /** The moment of the first picture; null before there is one. */
  get start(): number | null {
    return this.#keyframes[0]?.at ?? null;
  }

  /** How many events there are up to a moment, that moment included. */
  countUpTo(at: number): number {
    return this.#firstAfter(at, 0);
  }

  /** The last keyframe among the first `count` events. */
  keyframeAmong(count: number): Keyframe | null {
    return this.#keyframes.findLast(({ index }) => index < count) ?? null;
  }

  /** Whether only a new picture can follow somewhere between two numbers of events. */
  isBroken(from: number, to: number): boolean {
    return this.#keyframes.some(({ index, fresh }) => fresh && index >= from && index < to);
  }

  /** Whether the snapshot begins a page, or follows on a gap. */
  isFresh(snapshot: eventWithTime): boolean {
    return this.#fresh.has(snapshot);
  }

  /** The last move of the mouse before an event. */
  moveBefore(index: number): eventWithTime | undefined {
    const isMove = ({ type, data }: eventWithTime) =>
      type === EventType.IncrementalSnapshot && 'positions' in data;
    return this.events.slice(0, index).findLast(isMove);
  }

  /** Forgets what stands before the last keyframe at or before a moment and what is shown. */
  trim(before: number): void {
    const keep = this.#keyframes.findLast(({ index, at }) => at <= before && index < this.shown);
    if (keep === undefined || keep.index === 0) return;
    const dropped = keep.index;
    this.events.splice(0, dropped);
    this.shown -= dropped;
    this.#keyframes.splice(0, this.#keyframes.indexOf(keep));
    for (const keyframe of this.#keyframes) keyframe.index -= dropped;
    this.acts.trim(keep.at);
  }

  #append(event: eventWithTime): void {
    const at = this.#momentOf(event);
    event.timestamp = at;
    switch (event.type) {
      case EventType.Meta:
        this.#meta = event;
        this.#floor = at;
        break;
      case EventType.FullSnapshot:
        this.#floor = at;
        this.#keyframe(event);
        break;
      case EventType.IncrementalSnapshot:
        if (this.#keyframes.length === 0) break;
        this.#floor = at;
        this.#resizeOnly();
        if ('positions' in event.data) this.#scatter(event, event.data);
        else {
          this.events.push(event);
          this.acts.note(event);
        }
    }
  }

  /** What says it is later than all that has come has a broken clock, which delays nothing. */
  #momentOf({ timestamp }: eventWithTime): number {
    const at = Math.max(timestamp, this.#floor);
    if (at <= this.until) return at;
    return Number.isFinite(this.#floor) ? this.#floor : this.until;
  }

  /** A page appears with its meta event: what lies between that and the snapshot is no picture. */
  #keyframe(snapshot: eventWithTime): void {
    const meta = this.#meta;
    this.#meta = null;
    if (meta !== null) snapshot.timestamp = meta.timestamp;
    const href = meta === null ? this.#href : (meta.data as { href?: unknown }).href;
    const fresh = this.#broken || href !== this.#href;
    this.#href = href;
    this.#broken = false;
    const at = snapshot.timestamp;
    this.#keyframes.push({ index: this.events.length, at, fresh });
    if (fresh) {
      this.#fresh.add(snapshot);
      this.acts.add(at);
    }
    if (meta !== null) this.events.push(meta);
    this.events.push(snapshot);
  }

  /** A meta event without its snapshot still tells a size. */
  #resizeOnly(): void {
    if (this.#meta !== null) this.events.push(this.#meta);
    this.#meta = null;
  }

  #scatter(event: eventWithTime, data: mousemoveData): void {
    for (const position of data.positions) {
      const offset = Math.min(0, Math.max(-BUNDLED_MAX_MS, position.timeOffset));
      this.#insert({
        ...event,
        timestamp: event.timestamp + offset,
        data: { ...data, positions: [{ ...position, timeOffset: 0 }] },
      } as eventWithTime);
    }
  }

  /** Sorts in, but never before the last keyframe: the nodes it names may not be there. */
  #insert(event: eventWithTime): void {
    const keyframe = this.#keyframes.at(-1)?.index ?? 0;
    const first = Math.min(
      Math.max(keyframe + 1, this.events.length - SORTED_MAX),
      this.events.length - 1,
    );
    event.timestamp = Math.max(event.timestamp, this.events[first]?.timestamp ?? 0);
    const index = this.#firstAfter(event.timestamp, first);
    this.events.splice(index, 0, event);
    if (index < this.shown) this.shown += 1;
    this.acts.add(event.timestamp);
  }

  #firstAfter(at: number, first: number): number {
    const { events } = this;
    return firstThatNot(events.length, (index) => (events[index]?.timestamp ?? 0) <= at, first);
  }
}
