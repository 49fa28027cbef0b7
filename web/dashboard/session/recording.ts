// Reads a recording from the server, piece by piece, for the player and the seek bar.
import { EventType, type eventWithTime } from '@rrweb/types';
import { EventReader, StoredReader } from '../../shared/stored.ts';
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
  /** Messages and events that could not be read. */
  damaged: number;
  /** Its end could not be read. */
  cut: boolean;
}

export async function readRecording(
  id: string,
  listener: Listener,
  signal: AbortSignal,
): Promise<Recording> {
  const answer = await fetchEvents(id, {}, signal);
  const reader = new RecordingReader();
  let bytes = 0;
  let broke = false;
  try {
    for await (const piece of pieces(answer)) {
      const events = reader.push(piece);
      bytes += piece.length;
      listener.progress(bytes);
      if (events.length > 0) listener.events(events);
    }
  } catch (error) {
    // A beginning is worth more than nothing.
    if (signal.aborted || bytes === 0) throw error;
    broke = true;
  }
  return { pages: reader.pages, damaged: reader.damaged, cut: broke || !reader.complete };
}

async function* pieces(answer: Response): AsyncGenerator<Uint8Array> {
  const reader = answer.body?.getReader();
  if (reader === undefined) return;
  for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
}

/** From pieces of the stored form to events and pages. */
export class RecordingReader {
  readonly pages: PageMark[] = [];
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
      for (const { event } of this.#events.events(stored)) events.push(this.#placed(event));
    }
    return events;
  }

  get damaged(): number {
    return this.#stored.damaged + this.#events.damaged;
  }

  /** False while what was read so far ends inside a message. */
  get complete(): boolean {
    return this.#stored.complete;
  }

  #placed(event: eventWithTime): eventWithTime {
    const timestamp = this.#lineup.place(event.timestamp);
    if (event.type === EventType.Meta) {
      this.pages.push({ at_ms: timestamp, url: hrefOf(event.data), title: '' });
    }
    return { ...event, timestamp };
  }
}

/** A stranger's, so that it may be missing or anything else. */
function hrefOf(data: unknown): string {
  const href = (data as { href?: unknown } | null | undefined)?.href;
  return typeof href === 'string' ? href : '';
}
