// Time that moves only when a test says so.
import type { Clock } from '../natives.ts';

type Timer = { at: number; run: () => void };

export class TestClock implements Clock {
  time = 1_700_000_000_000;
  chance = 0.5;
  private timers: Timer[] = [];

  now(): number {
    return this.time;
  }

  random(): number {
    return this.chance;
  }

  /** The page of a test is idle. */
  whenIdle(_ms: number, run: () => void): void {
    run();
  }

  after(ms: number, run: () => void): () => void {
    const timer = { at: this.time + ms, run };
    this.timers.push(timer);
    return () => {
      this.timers = this.timers.filter((each) => each !== timer);
    };
  }

  /** Lets `ms` pass, with everything that falls due, and what was promised meanwhile. */
  async pass(ms: number): Promise<void> {
    const end = this.time + ms;
    for (;;) {
      await settle();
      const next = this.timers.reduce<Timer | null>(
        (first, timer) => (timer.at <= end && (!first || timer.at < first.at) ? timer : first),
        null,
      );
      if (!next) break;
      this.time = Math.max(this.time, next.at);
      this.timers = this.timers.filter((each) => each !== next);
      next.run();
    }
    this.time = end;
  }

  get waiting(): number {
    return this.timers.length;
  }
}

/** Lets promises run, among them those of the compression. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) {
    await new Promise((done) => setImmediate(done));
  }
}
