// Reads a run of chunks whatever happens: what breaks is asked for again, what cannot be read alone
// is passed over.
import type { eventWithTime } from '@rrweb/types';
import type { EventReader } from '../../shared/stored.ts';
import { ApiError } from '../api.ts';
import { eventsOf, type ReadChunk, readChunks, Turns, UnreadableError } from './chunks.ts';
import type { Timeline } from './timeline.ts';

export interface Source {
  /** The chunks from one address to another. */
  fetch(from: string, to: string, signal: AbortSignal): Promise<Response>;
  /** Waits before the next attempt. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** What became of one chunk. */
export interface Piece {
  index: number;
  events: readonly eventWithTime[];
  /** Messages and events within that could not be read. */
  damaged: number;
  /** Why nothing, or not all of it, is here. */
  fault: Fault | null;
}

export type Fault = 'unreadable' | 'gone';

const ATTEMPTS_MAX = 5;
const WAIT_MIN_MS = 500;
/** A chunk whose body breaks this often while it is all that is asked for is itself at fault. */
const BREAKS_MAX = 2;
const GROWTH = 4;

export class Run {
  readonly #timeline: Timeline;
  readonly #source: Source;
  readonly #events: EventReader;
  readonly #signal: AbortSignal;
  readonly #retrying: (attempt: number) => void;
  readonly #turns = new Turns();
  #next: number;
  readonly #end: number;
  /** How many chunks to ask for: after a break one, since it may be what breaks, and then more. */
  #size = Number.POSITIVE_INFINITY;
  /** The last request was for one chunk. */
  #alone = false;
  #attempts = 0;
  #breaks = 0;

  constructor(
    timeline: Timeline,
    [begin, end]: readonly [number, number],
    source: Source,
    events: EventReader,
    signal: AbortSignal,
    retrying: (attempt: number) => void,
  ) {
    this.#timeline = timeline;
    this.#source = source;
    this.#events = events;
    this.#signal = signal;
    this.#retrying = retrying;
    this.#next = begin;
    this.#end = end;
  }

  /** Each chunk of the run, in order. Throws when there is no way on, also when aborted. */
  async *pieces(): AsyncGenerator<Piece> {
    while (this.#next < this.#end) {
      try {
        yield* this.#ask(Math.min(this.#end, this.#next + this.#size));
        this.#size *= GROWTH;
      } catch (error) {
        if (this.#signal.aborted) throw error;
        if (await this.#isToBePassedOver(error)) {
          this.#size = GROWTH;
          yield this.#passOver('unreadable');
        }
      }
    }
  }

  async *#ask(end: number): AsyncGenerator<Piece> {
    const { chunks } = this.#timeline;
    this.#alone = end === this.#next + 1;
    const from = chunks[this.#next]?.address ?? '';
    const answer = await this.#source.fetch(from, chunks[end - 1]?.address ?? '', this.#signal);
    for await (const read of readChunks(answer, this.#turns)) {
      const address = `${read.chunk.stream}.${read.chunk.first_number}`;
      const index = this.#indexOf(address, end);
      // One that came into being after the map.
      if (index === undefined) continue;
      if (!read.whole && !this.#alone) throw new UnreadableError('a chunk ends before its time');
      while (this.#next < index) yield this.#passOver('gone');
      yield await this.#piece(index, read);
    }
    while (this.#next < end) yield this.#passOver('gone');
  }

  #indexOf(address: string, end: number): number | undefined {
    const { chunks } = this.#timeline;
    for (let index = this.#next; index < end; index += 1) {
      if (chunks[index]?.address === address) return index;
    }
    return undefined;
  }

  async #piece(index: number, read: ReadChunk): Promise<Piece> {
    const { chunks, start_ms } = this.#timeline;
    const placed = chunks[index];
    if (placed === undefined) throw new RangeError('no such chunk');
    const before = this.#events.damaged;
    const events = await eventsOf(read, placed, start_ms, this.#events, this.#turns);
    this.#signal.throwIfAborted();
    const damaged = read.chunk.damaged + this.#events.damaged - before;
    this.#goOn(index + 1);
    return { index, events, damaged, fault: read.whole ? null : 'unreadable' };
  }

  #passOver(fault: Fault): Piece {
    const index = this.#next;
    this.#goOn(index + 1);
    return { index, events: [], damaged: 0, fault };
  }

  #goOn(next: number): void {
    this.#next = next;
    this.#attempts = 0;
    this.#breaks = 0;
  }

  /** Otherwise it is asked for again, by itself. Throws what no further attempt would mend. */
  async #isToBePassedOver(error: unknown): Promise<boolean> {
    const alone = this.#alone;
    this.#size = 1;
    if (error instanceof UnreadableError) return alone;
    const isAnswer = error instanceof ApiError && error.status !== 0;
    if (isAnswer && error.code === 'chunk_unreadable') return alone;
    if (isAnswer) throw error;
    if (!(error instanceof ApiError)) {
      // A body that breaks: the server could not read on, or the network is gone.
      if (!alone) return false;
      this.#breaks += 1;
      if (this.#breaks === BREAKS_MAX) return true;
    }
    this.#attempts += 1;
    if (this.#attempts === ATTEMPTS_MAX) throw error;
    if (error instanceof ApiError) this.#retrying(this.#attempts);
    await this.#source.wait(WAIT_MIN_MS * 2 ** (this.#attempts - 1), this.#signal);
    return false;
  }
}
