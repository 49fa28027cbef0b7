// Stands for rrweb and what tames it: a keyframe is a meta event and a snapshot.
import type { CaptureEvents } from '../capture.ts';
import type { Policy } from '../tab.ts';
import { meta, snapshot } from './events.ts';

/** What the last one was told, and its way to say something. */
export const fake = {
  on: null as CaptureEvents | null,
  log: [] as string[],
  policy: null as Policy | null,
  /** Tells of something that happened just now. */
  waiting: null as (() => void) | null,
};

export class Capture {
  constructor(_clock: unknown, on: CaptureEvents) {
    fake.on = on;
  }

  start(policy: Policy): void {
    fake.policy = policy;
    fake.log.push('start');
    this.keyframe();
  }

  stop(): void {
    fake.log.push('stop');
  }

  keyframe(): void {
    fake.log.push('keyframe');
    fake.on?.event(meta());
    fake.on?.event(snapshot());
  }

  settle(): void {
    fake.log.push('settle');
    fake.waiting?.();
    fake.waiting = null;
  }

  slowMouse(ms: number): void {
    fake.log.push(`mouse ${ms}`);
  }
}
