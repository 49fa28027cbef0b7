import { inflateRawSync } from 'node:zlib';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { decode, ENVELOPE } from '../shared/msgpack.ts';
import { intervals, limits } from '../shared/settings.ts';
import { type Numbered, recorderMessageOf } from '../shared/wire.ts';
import { Stream } from './stream.ts';
import { TestClock } from './testing/clock.ts';
import { change, meta, snapshot } from './testing/events.ts';
import { eventsOf } from './testing/server.ts';

let clock: TestClock;
let stream: Stream;
let sent: Numbered[];

function begin(full: () => void = () => undefined): void {
  clock = new TestClock();
  sent = [];
  const ready = () => {
    for (let bytes = stream.outbox.take(); bytes; bytes = stream.outbox.take()) {
      sent.push(recorderMessageOf(decode(bytes, ENVELOPE)) as Numbered);
    }
  };
  stream = new Stream(clock, null, { ready, full });
  stream.outbox.setCredit(limits.credit_bytes_max);
}

beforeEach(() => begin());

function say(): void {
  stream.say((number, at_ms) => ({ kind: 'tag', number, at_ms, key: 'k', value: 'v' }));
}

describe('stream', () => {
  it('[R16] keeps events and other messages in the order in which they happened', async () => {
    say();
    stream.event(change());
    say();
    stream.event(change({ text: 'x'.repeat(5000) }));
    say();
    await clock.pass(intervals.batch_ms);
    await vi.waitFor(() => expect(sent).toHaveLength(5));
    expect(sent.map(({ kind }) => kind)).toEqual(['tag', 'batch', 'tag', 'batch', 'tag']);
    expect(sent.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  });

  it('[R20] compresses where that gains, and only there', async () => {
    stream.event(change({ text: 'short' }));
    stream.batcher.flush();
    stream.event(change({ text: 'x'.repeat(5000) }));
    stream.batcher.flush();
    stream.event(change({ noise: crypto.getRandomValues(new Uint8Array(20_000)) }));
    stream.batcher.flush();
    await vi.waitFor(() => expect(sent).toHaveLength(3));
    expect(sent).toMatchObject([
      { encoding: 'plain' },
      { encoding: 'deflate_raw' },
      { encoding: 'plain' },
    ]);
    for (const message of sent) {
      if (message.kind !== 'batch') continue;
      const { payload, encoding, inflated_bytes } = message;
      const plain = encoding === 'plain' ? payload : new Uint8Array(inflateRawSync(payload));
      expect(plain).toHaveLength(inflated_bytes);
      expect(eventsOf(plain)).toHaveLength(1);
    }
  });

  it('[R20] waits for no compression when the page is about to go', () => {
    stream.event(change({ text: 'x'.repeat(5000) }));
    stream.batcher.flush();
    stream.event(change({ text: 'y'.repeat(5000) }));
    stream.hurry();
    expect(sent).toMatchObject([{ encoding: 'plain' }, { encoding: 'plain' }]);
  });

  it('[R15] says in its place what could not be recorded', () => {
    stream.event(change());
    stream.batcher.refuse(false);
    stream.hurry();
    expect(sent.map(({ kind, number }) => [kind, number])).toEqual([
      ['batch', 1],
      ['gap', 3],
    ]);
  });

  it('[R19] asks for a keyframe when there is no room and none to drop up to', async () => {
    begin(() => {
      stream.event(meta());
      stream.event(snapshot());
    });
    stream.outbox.held = true;
    const text = 'x'.repeat(limits.batch_bytes_target);
    const events = limits.recorder_held_bytes_max / text.length + 1;
    for (let count = 0; count < events; count += 1) stream.event(change({ text }));
    stream.outbox.held = false;
    stream.hurry();
    expect(sent[0]).toMatchObject({ kind: 'gap', first: 1, cause: 'no_room' });
    expect(sent[1]).toMatchObject({ kind: 'batch', flags: 1, events: 2 });
  });

  it('[R8] begins again at number 1 while nothing was sent', () => {
    stream.outbox.held = true;
    say();
    stream.event(change());
    stream.restart();
    stream.outbox.held = false;
    say();
    stream.hurry();
    expect(sent).toMatchObject([{ kind: 'tag', number: 1 }]);
  });
});
