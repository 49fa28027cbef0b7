// How long to wait before coming back.
import { intervals } from '../shared/settings.ts';
import type { Clock } from './natives.ts';

const AFTER_MAX_MS = 3_600_000;

export class Backoff {
  private losses = 0;
  private readonly clock: Clock;

  constructor(clock: Clock) {
    this.clock = clock;
  }

  /** Something got through. */
  reset(): void {
    this.losses = 0;
  }

  /** Doubles with each loss in a row; half of it is left to chance, so that not all come at once. */
  next(): number {
    const { reconnect_min_ms, reconnect_max_ms } = intervals;
    const ceiling = Math.min(reconnect_max_ms, reconnect_min_ms * 2 ** this.losses);
    this.losses = Math.min(this.losses + 1, 16);
    return ceiling * (0.5 + this.clock.random() / 2);
  }

  /** What the server asked for, spread over a quarter more. */
  after(ms: number | null): number {
    if (ms === null) return this.next();
    return Math.min(ms, AFTER_MAX_MS) * (1 + this.clock.random() / 4);
  }
}
