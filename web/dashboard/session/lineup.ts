/**
 * Puts the events of a session on one clock that never runs backwards.
 *
 * They come stream by stream, each in its own order, with times by the visitor's clock, which
 * somebody may have set back meanwhile. A step back of more than a second shifts all that follows;
 * a smaller one is evened out.
 */
export class Lineup {
  #latest = Number.NEGATIVE_INFINITY;
  #shift = 0;

  place(at: number): number {
    const placed = at + this.#shift;
    if (placed < this.#latest - STEP_MS) this.#shift = this.#latest - at;
    this.#latest = Math.max(this.#latest, placed);
    return this.#latest;
  }
}

const STEP_MS = 1_000;
