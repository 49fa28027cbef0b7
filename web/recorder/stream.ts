// One stream: a page load (or a return from the back-forward cache) and its numbered messages.
import type { eventWithTime } from '@rrweb/types';
import type { GapCause, Numbered } from '../shared/wire.ts';
import { encodeRecorderMessage } from '../shared/wire.ts';
import { Batcher, type Draft } from './batcher.ts';
import { deflate } from './deflate.ts';
import { type Clock, guard, randomBytes } from './natives.ts';
import { type Entry, Outbox } from './outbox.ts';

export type StreamEvents = {
  /** Something is ready to be sent. */
  ready(): void;
  /** There is no room left, and no keyframe to drop up to: take one. */
  full(): void;
};

export class Stream {
  readonly id = randomBytes(8);
  /** The stream this tab showed before. */
  readonly navigatedFrom: Uint8Array | null;
  readonly outbox = new Outbox();
  readonly batcher: Batcher;
  private packing: Promise<void> = Promise.resolve();
  private makingRoom = false;
  private readonly clock: Clock;
  private readonly on: StreamEvents;

  constructor(clock: Clock, navigatedFrom: Uint8Array | null, on: StreamEvents) {
    this.clock = clock;
    this.navigatedFrom = navigatedFrom;
    this.on = on;
    this.batcher = new Batcher(clock, {
      batch: (draft, urgent) => this.batch(draft, urgent),
      lost: (cause, events) => this.lost(cause, events),
    });
  }

  event(event: eventWithTime): void {
    this.batcher.push(event);
  }

  /** Says something other than events, in order with them. */
  say(make: (number: number, at_ms: number) => Numbered): void {
    this.batcher.flush();
    this.outbox.add((number) => make(number, this.clock.now()));
    this.on.ready();
  }

  /** Makes everything sendable at once, without waiting for compression. */
  hurry(): void {
    this.batcher.flush(true);
    this.outbox.settleAll();
    this.on.ready();
  }

  /** Begins again at number 1; nothing was sent yet. */
  restart(): void {
    this.batcher.clear();
    this.outbox.restart();
  }

  private lost(cause: GapCause, events: number): void {
    this.outbox.skip(this.clock.now(), cause, events);
    this.on.ready();
  }

  private batch({ opens, ...fields }: Draft, urgent: boolean): void {
    const { payload, part, events } = fields;
    const plain = { kind: 'batch', ...fields, inflated_bytes: payload.length } as const;
    const entry = this.outbox.add(
      (number) => ({ ...plain, number, encoding: 'plain' }),
      { events, part, opens },
      urgent,
    );
    if (urgent) this.on.ready();
    else this.pack(entry, plain);
    this.makeRoom();
  }

  /** Compresses one batch after the other; their numbers are taken already. */
  private pack(
    entry: Entry,
    plain: Omit<Draft, 'opens'> & { kind: 'batch'; inflated_bytes: number },
  ) {
    this.packing = this.packing
      .then(() => (entry.ready ? null : deflate(plain.payload)))
      .then(
        guard((payload) => {
          const { number } = entry;
          this.outbox.settle(
            entry,
            payload &&
              encodeRecorderMessage({ ...plain, number, encoding: 'deflate_raw', payload }),
          );
          this.on.ready();
        }),
      );
  }

  private makeRoom(): void {
    if (!this.outbox.full || this.makingRoom) return;
    this.makingRoom = true;
    try {
      if (this.outbox.dropToKeyframe(this.clock.now())) return;
      this.on.full();
      this.batcher.flush();
      this.outbox.dropToKeyframe(this.clock.now());
    } finally {
      this.makingRoom = false;
    }
  }
}
