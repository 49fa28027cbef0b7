// From the body of an answer to chunks, and from chunks to events.
import type { eventWithTime } from '@rrweb/types';
import {
  type EventReader,
  type Stored,
  type StoredChunk,
  StoredReader,
} from '../../shared/stored.ts';
import { Lineup } from './lineup.ts';
import type { PlacedChunk } from './timeline.ts';

/** A chunk as it came. */
export interface ReadChunk {
  chunk: StoredChunk;
  messages: readonly Stored[];
  /** False where it ends before its time. */
  whole: boolean;
}

/** An answer that came, and is not what it should be. */
export class UnreadableError extends Error {}

/** The chunks of an answer, each as soon as all of it has come. */
export async function* readChunks(answer: Response, turns: Turns): AsyncGenerator<ReadChunk> {
  const reader = new StoredReader();
  let open: Stored[] = [];
  let over = 0;
  const next = (whole: boolean): ReadChunk[] => {
    const chunk = reader.chunks[over];
    if (chunk === undefined) return [];
    over += 1;
    const messages = open.filter((message) => message.chunk === chunk);
    open = open.filter((message) => message.chunk !== chunk);
    return [{ chunk, messages, whole }];
  };
  const isOver = () =>
    over < reader.chunks.length - 1 ||
    (over < reader.chunks.length &&
      open.at(-1)?.message.number === reader.chunks[over]?.last_number);
  for await (const piece of pieces(answer)) {
    open = open.concat(reader.push(piece));
    while (isOver()) yield* next(true);
    await turns.pass();
  }
  if (over < reader.chunks.length) yield* next(reader.complete);
  else if (!reader.complete) throw new UnreadableError('the answer ends inside a chunk');
}

/** More at a time would take too long. */
const PIECE_BYTES = 256 << 10;

async function* pieces(answer: Response): AsyncGenerator<Uint8Array> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return;
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      const { value } = next;
      for (let at = 0; at < value.length; at += PIECE_BYTES) {
        yield value.subarray(at, at + PIECE_BYTES);
      }
    }
  } finally {
    // Nothing more is wanted, whether it ended or not.
    void reader.cancel().catch(() => undefined);
  }
}

/** The events of a chunk, on the one clock of the timeline that begins at `start_ms`. */
export async function eventsOf(
  { messages }: ReadChunk,
  placed: PlacedChunk,
  start_ms: number,
  reader: EventReader,
  turns: Turns,
): Promise<eventWithTime[]> {
  const lineup = new Lineup(start_ms + placed.from_ms, placed.shift_ms);
  const end = start_ms + placed.to_ms;
  const found: eventWithTime[] = [];
  for (const message of messages) {
    for (const { event } of reader.events(message)) {
      found.push({ ...event, timestamp: Math.min(end, lineup.place(event.timestamp)) });
    }
    await turns.pass();
  }
  return found;
}

/** Work at a time, so that the page stays in hand: half of a frame. */
const TURN_MS = 8;

/** Lets the page have its turn between two pieces of long work. */
export class Turns {
  #since = performance.now();

  async pass(): Promise<void> {
    if (performance.now() - this.#since < TURN_MS) return;
    await turn();
    this.#since = performance.now();
  }
}

/** Not by a timer: a page in the background gets one a second. */
function turn(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
