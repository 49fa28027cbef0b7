// Where in a recording the visitor did nothing, so that the player may jump over it.
import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';

/** From and to, in milliseconds from the first event. */
export type Stretch = readonly [from: number, to: number];

const QUIET_MIN_MS = 5_000;
const KEPT_BEFORE_MS = 1_000;
const KEPT_AFTER_MS = 500;

const VISITOR_ACTS: ReadonlySet<IncrementalSource> = new Set([
  IncrementalSource.MouseMove,
  IncrementalSource.MouseInteraction,
  IncrementalSource.Scroll,
  IncrementalSource.ViewportResize,
  IncrementalSource.Input,
  IncrementalSource.TouchMove,
  IncrementalSource.MediaInteraction,
  IncrementalSource.Drag,
  IncrementalSource.Selection,
]);

/**
 * Finds the stretches without an act of the visitor, in order. What happens just before and just
 * after such a stretch stays watchable; nothing is kept of a quiet end.
 */
export function quietStretches(events: readonly eventWithTime[]): Stretch[] {
  const first = events[0];
  const last = events.at(-1);
  if (first === undefined || last === undefined) return [];
  const stretches: Stretch[] = [];
  let acted = 0;
  for (const event of events) {
    const began = actedAt(event);
    if (began === null) continue;
    const at = began - first.timestamp;
    if (at - acted > QUIET_MIN_MS) stretches.push([acted + KEPT_BEFORE_MS, at - KEPT_AFTER_MS]);
    acted = Math.max(acted, event.timestamp - first.timestamp);
  }
  const end = last.timestamp - first.timestamp;
  if (end - acted > QUIET_MIN_MS) stretches.push([acted + KEPT_BEFORE_MS, end]);
  return stretches;
}

/** When the visitor's act that the event tells of began; null when it tells of none. */
function actedAt(event: eventWithTime): number | null {
  if (event.type === EventType.Meta) return event.timestamp;
  if (event.type !== EventType.IncrementalSnapshot || !VISITOR_ACTS.has(event.data.source))
    return null;
  const earliest = 'positions' in event.data ? event.data.positions[0]?.timeOffset : undefined;
  return event.timestamp + (earliest ?? 0);
}

/** Where to go on when playback stands at `at`: the end of the quiet stretch around it, or null. */
export function endOfQuiet(stretches: readonly Stretch[], at: number): number | null {
  const around = stretches.find(([from, to]) => from <= at && at < to);
  return around === undefined ? null : around[1];
}
