// The way of an event from the outside to the picture: looked at, mended, given
// placeholders, disarmed. In this order, so that what leads somewhere is counted before it is taken out.
import type { eventWithTime } from '@rrweb/types';
import { Mender } from './mend.ts';
import { type Absent, Placeholders } from './placeholders.ts';
import { Sanitizer } from './sanitize.ts';
import { isEvent } from './shape.ts';

export class Arrival {
  readonly #placeholders = new Placeholders();
  readonly #mender = new Mender();
  readonly #sanitizer = new Sanitizer();

  get absent(): Absent {
    return this.#placeholders.absent;
  }

  /** The events that can be shown, and how many were none. */
  take(part: readonly unknown[]): { events: eventWithTime[]; damaged: number } {
    const events: eventWithTime[] = [];
    let damaged = 0;
    for (const each of part) {
      if (!isEvent(each)) {
        damaged += 1;
        continue;
      }
      this.#mender.mend(each);
      const event = this.#placeholders.place(each);
      if (event === null) continue;
      this.#sanitizer.disarm(event);
      events.push(event);
    }
    damaged += this.#mender.lost;
    this.#mender.lost = 0;
    return { events, damaged };
  }
}
