/**
 * Lets one seek at a time go to the player, since a drag asks for more than it can build: of those
 * that come meanwhile only the last is kept.
 */
export class Seeks {
  #busy = false;
  #next: number | null = null;
  readonly #send: (at_ms: number) => void;

  constructor(send: (at_ms: number) => void) {
    this.#send = send;
  }

  /** While this holds, the player's times are of a place that nobody asks for any more. */
  get busy(): boolean {
    return this.#busy;
  }

  want(at_ms: number): void {
    if (this.#busy) {
      this.#next = at_ms;
    } else {
      this.#busy = true;
      this.#send(at_ms);
    }
  }

  /** Something else was sent that the player answers instead of all before. */
  overtaken(): void {
    this.#busy = true;
    this.#next = null;
  }

  /** The player has answered. */
  landed(): void {
    const next = this.#next;
    this.#next = null;
    if (next === null) this.#busy = false;
    else this.#send(next);
  }
}
