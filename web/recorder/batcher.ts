// Gathers rrweb events into batches of at most `batch_ms` and `batch_bytes_target`.
import { EventType, type eventWithTime, IncrementalSource, MouseInteractions } from '@rrweb/types';
import { TooLargeError } from '../shared/msgpack.ts';
import { Writer } from '../shared/pack.ts';
import { intervals, limits } from '../shared/settings.ts';
import { type GapCause, KEYFRAME } from '../shared/wire.ts';
import type { Clock } from './natives.ts';
import { split } from './split.ts';

/** A batch without its number, not compressed yet. */
export type Draft = {
  first_event_ms: number;
  last_event_ms: number;
  events: number;
  flags: number;
  part: number;
  parts: number;
  clicks: number;
  inputs: number;
  errors: number;
  payload: Uint8Array<ArrayBuffer>;
  /** It begins with a meta event: a replay can begin here. */
  opens: boolean;
};

export type BatchSink = {
  /** Batches in order. `urgent` says that the page may be gone in a moment. */
  batch(draft: Draft, urgent: boolean): void;
  /** Events that will never come. */
  lost(cause: GapCause, events: number): void;
};

type Head = Omit<Draft, 'payload'>;

const NOTHING: Head = {
  first_event_ms: 0,
  last_event_ms: 0,
  events: 0,
  flags: 0,
  part: 0,
  parts: 0,
  clicks: 0,
  inputs: 0,
  errors: 0,
  opens: false,
};

function isClick({ type, data }: eventWithTime): boolean {
  return (
    type === EventType.IncrementalSnapshot &&
    data.source === IncrementalSource.MouseInteraction &&
    data.type === MouseInteractions.Click
  );
}

function isInput({ type, data }: eventWithTime): boolean {
  return type === EventType.IncrementalSnapshot && data.source === IncrementalSource.Input;
}

function timeOf(event: eventWithTime): number {
  const time = Math.trunc(event.timestamp);
  return Number.isSafeInteger(time) && time > 0 ? time : 0;
}

export class Batcher {
  /** How long an event may wait for others; the server may ask for more. */
  waitMs = intervals.batch_ms;
  private target = limits.batch_bytes_target;
  private eventMax = limits.event_bytes_max;
  private readonly writer = new Writer();
  private head: Head = { ...NOTHING };
  private errors = 0;
  /** No keyframe could be taken: what happens since cannot be replayed. */
  private blind = false;
  private unseen = 0;
  private cancel: (() => void) | null = null;
  private readonly clock: Clock;
  private readonly sink: BatchSink;

  constructor(clock: Clock, sink: BatchSink) {
    this.clock = clock;
    this.sink = sink;
  }

  /** The server's own limits, never above ours. */
  limit(target: number, eventMax: number, waitMs: number): void {
    this.target = Math.max(1, Math.min(target, limits.batch_bytes_target));
    this.eventMax = Math.min(eventMax, limits.event_bytes_max);
    this.waitMs = waitMs;
  }

  /** A script error of the page: counted in the next batch. */
  error(): void {
    this.errors += 1;
  }

  push(event: eventWithTime): void {
    if (this.blind && event.type === EventType.IncrementalSnapshot) {
      this.unseen += 1;
      return;
    }
    if (event.type === EventType.Meta) this.flush();
    const start = this.writer.length;
    try {
      this.writer.value(event);
      if (this.writer.length - start > this.eventMax) throw new TooLargeError('event too large');
    } catch {
      this.writer.length = start;
      this.refuse(event.type === EventType.FullSnapshot);
      return;
    }
    if (event.type === EventType.FullSnapshot) this.seeing();
    if (start > 0 && this.writer.length > this.target) this.cut(start);
    this.note(event);
    if (this.writer.length > this.target || this.head.events >= limits.batch_events_max) {
      this.flush();
    } else {
      this.cancel ??= this.clock.after(this.waitMs, () => this.flush());
    }
  }

  /** An event, maybe a keyframe, could not be recorded. */
  refuse(keyframe: boolean): void {
    // A meta event without its snapshot is no place to begin.
    if (keyframe && this.head.opens) this.clear();
    else this.flush();
    this.blind ||= keyframe;
    this.sink.lost('too_large', 1);
  }

  flush(urgent = false): void {
    this.cut(this.writer.length, urgent);
  }

  /** Forgets what waits. */
  clear(): void {
    this.cancel?.();
    this.cancel = null;
    this.writer.discard(this.writer.length);
    this.head = { ...NOTHING };
  }

  private seeing(): void {
    this.blind = false;
    if (this.unseen === 0) return;
    // The gap comes before the keyframe, whose meta event waits in the buffer.
    this.sink.lost('not_recorded', this.unseen);
    this.unseen = 0;
  }

  /** Sends what was written up to `end`; the rest stays for the next batch. */
  private cut(end: number, urgent = false): void {
    const { head } = this;
    if (head.events === 0) return;
    const payload = this.writer.slice(0, end);
    this.writer.discard(end);
    this.cancel?.();
    this.cancel = null;
    this.head = { ...NOTHING };
    this.send({ ...head, errors: this.errors, payload }, urgent);
    this.errors = 0;
  }

  private note(event: eventWithTime): void {
    const { head } = this;
    const time = timeOf(event);
    head.first_event_ms = head.events === 0 ? time : Math.min(head.first_event_ms, time);
    head.last_event_ms = Math.max(head.last_event_ms, time);
    head.events += 1;
    if (event.type === EventType.Meta) head.opens = true;
    if (event.type === EventType.FullSnapshot) head.flags = KEYFRAME;
    if (isClick(event)) head.clicks += 1;
    if (isInput(event)) head.inputs += 1;
  }

  /** Only a batch of one event can be above the target: it goes in parts. */
  private send(draft: Draft, urgent: boolean): void {
    if (draft.payload.length <= this.target) {
      this.sink.batch(draft, urgent);
      return;
    }
    const slices = split(draft.payload, this.target);
    for (const [at, payload] of slices.entries()) {
      const part = at + 1;
      const done = part === slices.length;
      const counts = done ? draft : NOTHING;
      const { events, clicks, inputs, errors } = counts;
      const opens = false;
      const parts = slices.length;
      this.sink.batch(
        { ...draft, payload, part, parts, events, clicks, inputs, errors, opens },
        urgent,
      );
    }
  }
}
