// Reads a recording from the server, piece by piece, for the player and the seek bar.
import { EventType, type eventWithTime } from '@rrweb/types';
import { MalformedError, TooLargeError } from '../../shared/msgpack.ts';
import { EventReader, type Stored, StoredReader } from '../../shared/stored.ts';
import { fetchEvents } from '../api.ts';
import { Lineup } from './lineup.ts';
import type { PageMark } from './timeline.ts';

export interface Listener {
  /** Events in their order, on one clock. */
  events(events: readonly eventWithTime[]): void;
  /** How much has arrived, decompressed. */
  progress(bytes: number): void;
}

export interface Recording {
  pages: readonly PageMark[];
  /** Batches that could not be read. */
  damaged: number;
}

export async function readRecording(
  id: string,
  listener: Listener,
  signal: AbortSignal,
): Promise<Recording> {
  const answer = await fetchEvents(id, signal);
  const reader = new RecordingReader();
  let bytes = 0;
  for await (const piece of pieces(answer)) {
    const events = reader.push(piece);
    bytes += piece.length;
    listener.progress(bytes);
    if (events.length > 0) listener.events(events);
  }
  return { pages: reader.pages, damaged: reader.damaged };
}

async function* pieces(answer: Response): AsyncGenerator<Uint8Array> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return;
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

/** From pieces of the stored form to events and pages. */
export class RecordingReader {
  readonly pages: PageMark[] = [];
  damaged = 0;
  readonly #stored = new StoredReader();
  readonly #events = new EventReader();
  readonly #lineup = new Lineup();

  push(piece: Uint8Array): eventWithTime[] {
    const events: eventWithTime[] = [];
    for (const stored of this.#stored.push(piece)) {
      const { message } = stored;
      if (message.kind === 'page') {
        const { url, title } = message.page;
        this.pages.push({ at_ms: this.#lineup.place(message.at_ms), url, title });
      }
      for (const event of this.#read(stored)) events.push(this.#placed(event));
    }
    return events;
  }

  #read(stored: Stored): eventWithTime[] {
    try {
      return this.#events
        .events(stored)
        .map(({ event }) => event)
        .filter(hasTime);
    } catch (error) {
      if (!(error instanceof MalformedError || error instanceof TooLargeError)) throw error;
      this.damaged += 1;
      return [];
    }
  }

  #placed(event: eventWithTime): eventWithTime {
    const timestamp = this.#lineup.place(event.timestamp);
    if (event.type === EventType.Meta) {
      this.pages.push({ at_ms: timestamp, url: String(event.data?.href), title: '' });
    }
    return { ...event, timestamp };
  }
}

/** What a stranger sent as an event may be any value. */
function hasTime(event: unknown): event is eventWithTime {
  return (
    typeof event === 'object' &&
    event !== null &&
    'timestamp' in event &&
    Number.isFinite(event.timestamp)
  );
}
