// The stored form of a session (`GET /api/v1/sessions/{id}/events`), and rrweb events out of it.
import type { eventWithTime } from '@rrweb/types';
import { bin, uint } from './fields.ts';
import { hex } from './hex.ts';
import { ENVELOPE, EVENT, MalformedError, Reader, TruncatedError, type Value } from './msgpack.ts';
import { type Numbered, recorderMessageOf } from './wire.ts';

/** A chunk as its head names it; the stream in 16 hex digits. */
export type StoredChunk = {
  readonly stream: string;
  /** The numbers of its messages, both included. */
  readonly first_number: number;
  readonly last_number: number;
  /** Messages of it that could not be read. */
  damaged: number;
};

/** A message as it was kept, with the chunk and the stream (16 hex digits) it belongs to. */
export type Stored = {
  readonly chunk: StoredChunk;
  readonly stream: string;
  readonly received_at_ms: number;
  readonly message: Numbered;
};

/** One rrweb event with where it came from. Its content is a stranger's: treat it as hostile. */
export type StoredEvent = {
  readonly stream: string;
  readonly number: number;
  readonly received_at_ms: number;
  readonly event: eventWithTime;
};

const streamId = bin(8);

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/**
 * Reads the inflated stored form, in pieces as they arrive from the network.
 *
 * A message that cannot be read is left out and counted.
 */
export class StoredReader {
  damaged = 0;
  /** The chunks that have begun so far: all but the last are over. */
  readonly chunks: StoredChunk[] = [];
  private rest = new Uint8Array(0) as Uint8Array;
  private chunk: StoredChunk | null = null;
  /** Where the next message begins is not known any more. */
  private lost = false;

  /** The messages that are complete after `piece`. */
  push(piece: Uint8Array): Stored[] {
    if (this.lost) return [];
    this.rest = this.rest.length === 0 ? piece : join([this.rest, piece]);
    const input = new Reader(this.rest, ENVELOPE);
    const found: Stored[] = [];
    let read = 0;
    try {
      while (!input.done) {
        const stored = this.item(input.value());
        if (stored) found.push(stored);
        read = input.offset;
      }
    } catch (error) {
      if (!(error instanceof TruncatedError)) this.lose(error);
    }
    this.rest = this.rest.slice(read);
    return found;
  }

  private lose(error: unknown): void {
    if (!(error instanceof MalformedError)) throw error;
    this.lost = true;
    this.damage();
  }

  /** False where the last piece ended inside a value, and once nothing more can be read. */
  get complete(): boolean {
    return this.rest.length === 0 && !this.lost;
  }

  /** Throws where the last piece ended inside a value. */
  finish(): void {
    if (!this.complete) throw new TruncatedError('ends inside a message');
  }

  private item(value: Value): Stored | null {
    try {
      return this.message(value);
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.damage();
      return null;
    }
  }

  private damage(): void {
    this.damaged += 1;
    if (this.chunk) this.chunk.damaged += 1;
  }

  private message(value: Value): Stored | null {
    if (!Array.isArray(value)) throw new MalformedError('expected a chunk head or a message');
    const fields = value as readonly Value[];
    if (fields.length === 3) {
      this.chunk = null;
      this.chunk = {
        stream: hex(streamId.read(fields[0])),
        first_number: uint.read(fields[1]),
        last_number: uint.read(fields[2]),
        damaged: 0,
      };
      this.chunks.push(this.chunk);
      return null;
    }
    const { chunk } = this;
    if (fields.length !== 2 || chunk === null) throw new MalformedError('expected a chunk');
    const message = recorderMessageOf(fields[1] ?? null);
    if (message && !('number' in message)) throw new MalformedError('not a kept message');
    if (message?.kind === 'batch' && message.encoding !== 'plain') {
      throw new MalformedError('stored batches are plain');
    }
    const received_at_ms = uint.read(fields[0]);
    return message && { chunk, stream: chunk.stream, received_at_ms, message };
  }
}

/** The latest moment that a `Date` can hold. */
const TIME_MAX = 8.64e15;

/** What a stranger sent as an event may be any value. The player looks further into it. */
function isEvent(value: unknown): value is eventWithTime {
  if (typeof value !== 'object' || value === null) return false;
  const { type, timestamp } = value as { type?: unknown; timestamp?: unknown };
  return (
    typeof type === 'number' &&
    typeof timestamp === 'number' &&
    timestamp >= 0 &&
    timestamp <= TIME_MAX
  );
}

type Pending = { stream: string; next: number; parts: Uint8Array[] };

/**
 * Turns stored messages, in order, into rrweb events, joining events that travelled in parts.
 *
 * An event of which a part is missing is left out: a gap, which the session's completeness shows.
 * One that cannot be read is left out and counted, with what follows it in its batch.
 */
export class EventReader {
  damaged = 0;
  private pending: Pending | null = null;

  events({ stream, received_at_ms, message }: Stored): StoredEvent[] {
    if (message.kind !== 'batch') return [];
    const { number, part, parts, payload } = message;
    const bytes = parts === 0 ? payload : this.joined(stream, number, part, parts, payload);
    if (!bytes) return [];
    const input = new Reader(bytes, EVENT);
    const events: StoredEvent[] = [];
    try {
      while (!input.done) {
        const event: unknown = input.value();
        if (isEvent(event)) events.push({ stream, number, received_at_ms, event });
        else this.damaged += 1;
      }
    } catch (error) {
      if (!(error instanceof MalformedError)) throw error;
      this.damaged += 1;
    }
    return events;
  }

  private joined(
    stream: string,
    number: number,
    part: number,
    parts: number,
    payload: Uint8Array,
  ): Uint8Array | null {
    if (part === 1) this.pending = { stream, next: number, parts: [] };
    const pending = this.pending;
    if (!pending || pending.stream !== stream || pending.next !== number) {
      this.pending = null;
      return null;
    }
    pending.parts.push(payload);
    pending.next += 1;
    if (pending.parts.length !== part) this.pending = null;
    if (part !== parts || pending.parts.length !== parts) return null;
    this.pending = null;
    return join(pending.parts);
  }
}
