// A page with the recorder on it, and the server it speaks to.
import { intervals } from '../../shared/settings.ts';
import type { RecorderMessages, ServerMessages } from '../../shared/wire.ts';
import { Recorder } from '../recorder.ts';
import { fake } from './capture.ts';
import { TestClock } from './clock.ts';
import { TestServer } from './server.ts';

export class TestPage {
  readonly clock: TestClock;
  readonly server = new TestServer();
  readonly recorder: Recorder;

  /** A page load; one of the same tab shares the clock of the page before it. */
  constructor(clock = new TestClock(), consentRequired = false) {
    fake.log = [];
    this.clock = clock;
    const options = { siteKey: 'site', origin: 'https://footage.example', consentRequired };
    this.recorder = new Recorder(options, clock, this.server);
    this.recorder.start();
  }

  hello(): RecorderMessages['hello'] {
    const [first] = this.server.socket.heard;
    if (first?.kind !== 'hello') throw new Error('no hello');
    return first;
  }

  /** Lets the server welcome, and everything go that waited for it. */
  async welcome(change: Partial<ServerMessages['welcome']> = {}): Promise<void> {
    this.server.socket.accept(change);
    await this.clock.pass(200 + intervals.batch_ms);
  }

  async reconnect(): Promise<void> {
    this.server.socket.drop(1006);
    await this.clock.pass(intervals.reconnect_min_ms);
  }
}
