// A recording made up for tests: chunks in their stored form, their map, and a server of them.
import { EventType } from '@rrweb/types';
import type { Value } from '../../shared/msgpack.ts';
import { encode } from '../../shared/pack.ts';
import { ApiError, type Chunk, type ChunkMap, type SessionDetails } from '../api.ts';
import type { Source } from './run.ts';

export const START_MS = 1_700_000_000_000;

export interface Made {
  stream?: number;
  from_ms: number;
  to_ms: number;
  keyframe?: boolean;
  /** What is added to the visitor's clock. */
  clock_ms?: number;
  raw_bytes?: number;
  /** Its number; without it, the next of its stream. */
  first?: number;
}

/** One second each, a keyframe in every fifth. */
export function seconds(count: number, every = 5, raw_bytes = 1_000): Made[] {
  return Array.from({ length: count }, (_, second) => ({
    from_ms: second * 1_000,
    to_ms: second * 1_000 + 900,
    keyframe: second % every === 0,
    raw_bytes,
  }));
}

export function mapOf(made: readonly Made[]): ChunkMap {
  const counts = new Map<number, number>();
  const chunks = made.map((each): Chunk => {
    const stream = each.stream ?? 0;
    const first = each.first ?? (counts.get(stream) ?? 0) + 1;
    counts.set(stream, first);
    const clock = START_MS + (each.clock_ms ?? 0);
    return {
      stream,
      first,
      last: first,
      from_ms: clock + each.from_ms,
      to_ms: clock + each.to_ms,
      events: 2,
      raw_bytes: each.raw_bytes ?? 1_000,
      bytes: 100,
      keyframe: each.keyframe ?? false,
    };
  });
  const streams = [...counts.keys()].map((stream) => idOf(stream));
  return { streams, chunks, cut: false };
}

export function sessionOf(change: Partial<SessionDetails> = {}): SessionDetails {
  return {
    id: 'id',
    site: { id: 1, name: 'Shop' },
    visitor: '00',
    user: null,
    started_at_ms: START_MS,
    last_event_at_ms: START_MS,
    duration_ms: 0,
    live: false,
    ended_as: 'left',
    pages: 1,
    first_url: '',
    last_url: '',
    title: '',
    events: 0,
    clicks: 0,
    inputs: 0,
    errors: 0,
    bytes: 0,
    raw_bytes: 0,
    batches: 0,
    completeness: { received: 0, expected: 0, missing: 0 },
    streams: [],
    pages_visited: [],
    ...change,
  };
}

export function idOf(stream: number): string {
  return String(stream + 1).padStart(16, '0');
}

export function joined(...values: Value[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [...encode(value)]));
}

export function headOf(stream: number, first: number): Value {
  const id = idOf(stream).match(/../g) ?? [];
  return [Uint8Array.from(id, (byte) => Number.parseInt(byte, 16)), first, first];
}

export function batchOf(number: number, ...events: Value[]): Value {
  const payload = joined(...events);
  return [7, [2, number, 0, 0, events.length, 0, 0, 0, 0, 0, 0, 0, payload.length, payload]];
}

/** As much of a snapshot as a player asks for. */
const SNAPSHOT: Value = { node: {}, initialOffset: { left: 0, top: 0 } };
const CHANGE: Value = { source: 0 };

/** The stored form of a chunk: an event at each end, of which a keyframe has a snapshot. Damaged, the
 * snapshot is empty, and another event is none. */
export function storedOf({ chunks }: ChunkMap, index: number, damaged = false): Uint8Array {
  const chunk = chunks[index];
  if (chunk === undefined) throw new RangeError('no such chunk');
  const { keyframe, from_ms, to_ms } = chunk;
  const at = (timestamp: number | null, type: EventType, data: Value): Value => {
    return { type, timestamp: timestamp ?? 0, data };
  };
  const events = keyframe
    ? [
        at(from_ms, EventType.Meta, {}),
        at(from_ms, EventType.FullSnapshot, damaged ? {} : SNAPSHOT),
      ]
    : [
        at(from_ms, EventType.IncrementalSnapshot, CHANGE),
        damaged ? null : at(to_ms, EventType.IncrementalSnapshot, CHANGE),
      ];
  return joined(headOf(chunk.stream, chunk.first), batchOf(chunk.first, ...events));
}

/** A server that can be told to fail. */
export class FakeServer implements Source {
  /** Every request, as places in the map. */
  readonly asked: [from: number, to: number][] = [];
  readonly waits: number[] = [];
  /** Chunks that it cannot read. */
  readonly unreadable = new Set<number>();
  /** Chunks it has not any more. */
  readonly gone = new Set<number>();
  /** Chunks of which a part cannot be read. */
  readonly damaged = new Set<number>();
  /** How many of the next requests meet no server. */
  away = 0;
  /** Requests are not answered while this holds. */
  held = false;
  map: ChunkMap;
  readonly #open: (() => void)[] = [];

  constructor(map: ChunkMap) {
    this.map = map;
  }

  async fetch(from: string, to: string, signal: AbortSignal): Promise<Response> {
    const [begin, end] = [this.#indexOf(from), this.#indexOf(to)];
    this.asked.push([begin, end]);
    if (this.held) await new Promise<void>((resolve) => this.#open.push(resolve));
    signal.throwIfAborted();
    if (this.away > 0) {
      this.away -= 1;
      throw new ApiError(0, { code: 'unreachable' });
    }
    if (begin === end && this.unreadable.has(begin)) {
      throw new ApiError(500, { code: 'chunk_unreadable' });
    }
    return new Response(this.#body(begin, end));
  }

  wait(ms: number): Promise<void> {
    this.waits.push(ms);
    return Promise.resolve();
  }

  release(): void {
    this.held = false;
    for (const go of this.#open.splice(0)) go();
  }

  #body(begin: number, end: number): ReadableStream<Uint8Array> {
    let next = begin;
    return new ReadableStream({
      pull: (controller) => {
        while (this.gone.has(next)) next += 1;
        if (next > end) controller.close();
        else if (this.unreadable.has(next)) controller.error(new TypeError('network error'));
        else controller.enqueue(storedOf(this.map, next, this.damaged.has(next)));
        next += 1;
      },
    });
  }

  #indexOf(address: string): number {
    return this.map.chunks.findIndex(
      ({ stream, first }) => `${this.map.streams[stream]}.${first}` === address,
    );
  }
}
