// Where a seek may end. rrweb shows what lies strictly before a moment, beginning with the last
// meta event before it: a seek to the very start, to the moment between a page's meta event and its
// snapshot, or to the very end would leave the picture of somewhere else.
import { EventType, type eventWithTime } from '@rrweb/types';

/** A page's meta event and its snapshot, in milliseconds from the first event. */
export type Opening = readonly [meta: number, snapshot: number];

export function openings(events: readonly eventWithTime[]): Opening[] {
  const start = events[0]?.timestamp ?? 0;
  const found: Opening[] = [];
  let meta: number | null = null;
  for (const event of events) {
    const at = event.timestamp - start;
    if (event.type === EventType.Meta) meta = at;
    if (event.type === EventType.FullSnapshot) {
      found.push([meta ?? at, at]);
      meta = null;
    }
  }
  return found;
}

/** The moment to ask rrweb for when `at` is wanted. */
export function landing(found: readonly Opening[], duration: number, at: number): number {
  if (at >= duration) return duration + 1;
  const first = found[0];
  if (first !== undefined && at <= first[1]) return first[1] + 1;
  const inside = found.find(([meta, snapshot]) => meta <= at && at <= snapshot);
  return inside === undefined ? at : inside[1] + 1;
}
