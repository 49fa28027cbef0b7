import { intervals } from '../../shared/settings.ts';

/**
 * Puts the events of a session on one clock that never runs backwards.
 *
 * They come stream by stream, each in its own order, with times by the visitor's clock, which
 * somebody may have set meanwhile. A step back of more than a second shifts all that follows, and so
 * does one forward over more than a session can last; a smaller step back is evened out.
 */
export class Lineup {
  #latest: number;
  #shift: number;

  /** One that goes on from `latest`, where clocks are off by `shift`. */
  constructor(latest = Number.NEGATIVE_INFINITY, shift = 0) {
    this.#latest = latest;
    this.#shift = shift;
  }

  /** What is to be added to the visitor's clock. */
  get shift(): number {
    return this.#shift;
  }

  place(at: number): number {
    const placed = at + this.#shift;
    const isSet = placed < this.#latest - STEP_MS || placed > this.#latest + LEAP_MS;
    if (isSet && this.#latest > Number.NEGATIVE_INFINITY) this.#shift = this.#latest - at;
    this.#latest = Math.max(this.#latest, at + this.#shift);
    return this.#latest;
  }
}

const STEP_MS = 1_000;
const LEAP_MS = intervals.session_duration_max_ms;
