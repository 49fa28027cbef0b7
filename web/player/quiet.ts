// When the visitor did something, so that the player may jump over the times between.
import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';
import { firstThatNot } from '../shared/search.ts';

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

/** The moments of the visitor's acts in a window. */
export class Acts {
  #moments: number[] = [];

  note(event: eventWithTime): void {
    if (event.type === EventType.IncrementalSnapshot && VISITOR_ACTS.has(event.data.source)) {
      this.add(event.timestamp);
    }
  }

  add(at: number): void {
    const last = this.#moments.at(-1);
    if (last === undefined || at > last) this.#moments.push(at);
  }

  trim(before: number): void {
    const kept = this.#moments.findLastIndex((at) => at <= before);
    if (kept > 0) this.#moments.splice(0, kept);
  }

  /**
   * Where to go on when playback stands at `at`: the end of the quiet stretch around it, or null.
   * What happens just before and just after such a stretch stays watchable; nothing is kept of a
   * stretch that nothing ends before `until`.
   */
  endOfQuiet(at: number, until: number): number | null {
    const moments = this.#moments;
    const next = firstThatNot(moments.length, (index) => (moments[index] ?? 0) <= at);
    const before = moments[next - 1];
    const after = moments[next];
    if (before === undefined) return null;
    const end = after ?? until;
    if (end - before <= QUIET_MIN_MS) return null;
    const to = after === undefined ? until : after - KEPT_AFTER_MS;
    return before + KEPT_BEFORE_MS <= at && at < to ? to : null;
  }
}
