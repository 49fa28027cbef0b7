// The numbered messages of one stream: kept until acknowledged, sent within the credit, in order.
import type { Range } from '../shared/fields.ts';
import { limits } from '../shared/settings.ts';
import { encodeRecorderMessage, type GapCause, type Numbered } from '../shared/wire.ts';
import { rangesOf } from './ranges.ts';

/** What dropping a batch would cost. */
export type BatchNote = {
  readonly events: number;
  /** 0 for a whole batch, else which part of one event it is. */
  readonly part: number;
  /** A replay can begin here. */
  readonly opens: boolean;
};

export type Bytes = Uint8Array<ArrayBuffer>;

export type Entry = {
  readonly number: number;
  /** Null for everything but a batch: such messages are never dropped. */
  readonly note: BatchNote | null;
  bytes: Bytes;
  /** False while the payload is being compressed. */
  ready: boolean;
  /** Some carrier was given it at least once. */
  sent: boolean;
  /** Acknowledged, but something before it was not. */
  durable: boolean;
};

function holds(ranges: readonly Range[], number: number): boolean {
  return ranges.some(([first, last]) => first <= number && number <= last);
}

export class Outbox {
  /** Nothing leaves while this is set (the site's policy is not known yet). */
  held = false;
  /** Whether any number of this stream was ever given to a carrier. */
  used = false;
  private entries: Entry[] = [];
  private next = 1;
  /** The first entry that this connection has not sent yet. */
  private cursor = 0;
  private inFlight = 0;
  private credit = limits.credit_bytes_min;
  private bytes = 0;

  get empty(): boolean {
    return this.entries.length === 0;
  }

  get full(): boolean {
    return this.bytes > limits.recorder_held_bytes_max;
  }

  /** Gives the message its number and keeps it. */
  add(make: (number: number) => Numbered, note: BatchNote | null = null, ready = true): Entry {
    const number = this.next;
    const bytes = encodeRecorderMessage(make(number));
    const entry = { number, note, bytes, ready, sent: false, durable: false };
    this.next += 1;
    this.entries.push(entry);
    this.bytes += bytes.length;
    return entry;
  }

  /** Says that one number will never come, for events that cannot be sent. */
  skip(at_ms: number, cause: GapCause, events: number): void {
    const lost = this.next;
    this.next += 1;
    this.add((number) => ({ kind: 'gap', number, at_ms, first: lost, last: lost, cause, events }));
  }

  /** Ends the wait for compression, with a smaller message or with the one at hand. */
  settle(entry: Entry, smaller: Bytes | null): void {
    if (entry.ready) return;
    entry.ready = true;
    if (!smaller || !this.entries.includes(entry)) return;
    this.bytes += smaller.length - entry.bytes.length;
    entry.bytes = smaller;
  }

  /** Ends every such wait at once: the page is going away. */
  settleAll(): void {
    for (const entry of this.entries) entry.ready = true;
  }

  /** The next message for this connection, if it fits `room` and the credit. */
  take(room = Number.POSITIVE_INFINITY): Bytes | null {
    const entry = this.entries[this.cursor];
    if (this.held || !entry?.ready || entry.bytes.length > room) return null;
    if (this.inFlight > 0 && this.inFlight + entry.bytes.length > this.credit) return null;
    this.cursor += 1;
    this.inFlight += entry.bytes.length;
    entry.sent = true;
    this.used = true;
    return entry.bytes;
  }

  /** As many messages as fit a POST of `room` bytes, whatever the credit. */
  takeLast(room: number): Bytes[] {
    const unsent = this.entries.slice(this.cursor);
    const all = this.bytes <= room ? this.entries : unsent;
    const taken: Bytes[] = [];
    let left = room;
    for (const { bytes } of all.slice(0, limits.post_messages_max - 1)) {
      left -= bytes.length;
      if (left < 0) break;
      taken.push(bytes);
    }
    this.used = true;
    return taken;
  }

  /** Everything still held, for a POST under an old session. */
  takeAll(): Bytes[] {
    return this.entries.map(({ bytes }) => bytes);
  }

  ack(upTo: number, beyond: readonly Range[]): void {
    const isDurable = ({ number }: Entry) => number <= upTo || holds(beyond, number);
    let gone = 0;
    for (let entry = this.entries[0]; entry && isDurable(entry); entry = this.entries[gone]) {
      gone += 1;
      this.bytes -= entry.bytes.length;
      if (gone <= this.cursor && !entry.durable) this.inFlight -= entry.bytes.length;
    }
    this.entries.splice(0, gone);
    this.cursor = Math.max(0, this.cursor - gone);
    for (const entry of this.entries.slice(0, this.cursor)) {
      if (entry.durable || !isDurable(entry)) continue;
      entry.durable = true;
      this.inFlight -= entry.bytes.length;
    }
  }

  /** A new connection: everything the server does not have goes again. */
  resume(durable: readonly Range[]): void {
    this.ack(0, durable);
    this.rewind();
  }

  rewind(): void {
    this.cursor = 0;
    this.inFlight = 0;
    for (const entry of this.entries) entry.durable = false;
  }

  setCredit(bytes: number): void {
    this.credit = Math.min(bytes, limits.credit_bytes_max);
  }

  /** Forgets what was never sent, so that the stream begins again at number 1. */
  restart(): void {
    this.entries = [];
    this.next = 1;
    this.cursor = 0;
    this.inFlight = 0;
    this.bytes = 0;
  }

  /** The numbers it can still send, for the hello. */
  ranges(): Range[] {
    return rangesOf(this.entries.map(({ number }) => number)).slice(0, limits.ranges_max);
  }

  /**
   * Drops the batches before the newest place where a replay can begin, and names them in gaps.
   *
   * A gap takes the last number of its run, so that numbers still ascend without an unnamed hole; a
   * run of one stays. Whatever was sent already stays too. False when there is no such place.
   */
  dropToKeyframe(at_ms: number): boolean {
    const from = this.entries.findIndex(({ sent, note }) => !sent && (note?.part ?? 0) <= 1);
    const to = this.entries.findLastIndex(({ note }) => note?.opens === true);
    if (from < 0 || to <= from) return false;
    const kept = gapped(this.entries.slice(from, to), at_ms);
    this.entries.splice(from, to - from, ...kept);
    this.bytes = this.entries.reduce((sum, { bytes }) => sum + bytes.length, 0);
    return true;
  }
}

function gapped(entries: readonly Entry[], at_ms: number): Entry[] {
  const kept: Entry[] = [];
  let run: Entry[] = [];
  const close = () => {
    const first = run[0];
    const last = run[run.length - 1];
    if (first && last && first !== last) kept.push(gapOf(run, first.number, last.number, at_ms));
    else kept.push(...run);
    run = [];
  };
  for (const entry of entries) {
    if (run.length > 0 && run[run.length - 1]?.number !== entry.number - 1) close();
    if (entry.note) {
      run.push(entry);
    } else {
      close();
      kept.push(entry);
    }
  }
  close();
  return kept;
}

function gapOf(run: readonly Entry[], first: number, number: number, at_ms: number): Entry {
  const events = run.reduce((sum, { note }) => sum + (note?.events ?? 0), 0);
  const bytes = encodeRecorderMessage({
    kind: 'gap',
    number,
    at_ms,
    first,
    last: number - 1,
    cause: 'no_room',
    events,
  });
  return { number, note: null, bytes, ready: true, sent: false, durable: false };
}
