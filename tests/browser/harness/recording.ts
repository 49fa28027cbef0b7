// A recording as the server keeps it, read as the dashboard reads it.

import { Lineup } from '../../../web/dashboard/session/lineup.ts';
import {
  EventReader,
  type Stored,
  type StoredEvent,
  StoredReader,
} from '../../../web/shared/stored.ts';

/** One rrweb event. */
export type Event = StoredEvent['event'];

export const FULL_SNAPSHOT = 2;
export const INCREMENTAL = 3;
export const META = 4;

/** One page load. */
export type Page = {
  readonly stream: string;
  readonly events: readonly Event[];
  /** Milliseconds from the first event of the recording. */
  readonly from: number;
  readonly to: number;
};

export type Recording = {
  readonly stored: readonly Stored[];
  readonly pages: readonly Page[];
  readonly duration: number;
};

export function recordingOf(bytes: Uint8Array): Recording {
  const reader = new StoredReader();
  const stored = reader.push(bytes);
  reader.finish();
  const events = new EventReader();
  const lineup = new Lineup();
  const byStream = new Map<string, Event[]>();
  for (const each of stored) {
    // As the dashboard does: pages count for the clock, too.
    if (each.message.kind === 'page') lineup.place(each.message.at_ms);
    for (const { stream, event } of events.events(each)) {
      const placed = { ...event, timestamp: lineup.place(event.timestamp) };
      byStream.set(stream, [...(byStream.get(stream) ?? []), placed]);
    }
  }
  const all = [...byStream.values()].flat();
  const start = all[0]?.timestamp ?? 0;
  const pages = [...byStream].map(([stream, own]) => ({
    stream,
    events: own,
    from: (own[0]?.timestamp ?? start) - start,
    to: (own.at(-1)?.timestamp ?? start) - start,
  }));
  return { stored, pages, duration: (all.at(-1)?.timestamp ?? start) - start };
}
