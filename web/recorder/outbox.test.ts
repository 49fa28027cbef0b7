import { beforeEach, describe, expect, it } from 'vitest';
import { decode, ENVELOPE } from '../shared/msgpack.ts';
import { limits } from '../shared/settings.ts';
import { type Numbered, recorderMessageOf } from '../shared/wire.ts';
import { type BatchNote, type Entry, Outbox } from './outbox.ts';

let outbox: Outbox;

function read(bytes: Uint8Array): Numbered {
  return recorderMessageOf(decode(bytes, ENVELOPE)) as Numbered;
}

function add(size = 10, note: Partial<BatchNote> = {}, ready = true): Entry {
  const payload = new Uint8Array(size);
  return outbox.add(
    (number) => ({
      kind: 'batch',
      number,
      first_event_ms: 1,
      last_event_ms: 1,
      events: 1,
      flags: 0,
      part: 0,
      parts: 0,
      clicks: 0,
      inputs: 0,
      errors: 0,
      encoding: 'plain',
      inflated_bytes: size,
      payload,
    }),
    { events: 1, part: 0, opens: false, ...note },
    ready,
  );
}

function tag(): Entry {
  return outbox.add((number) => ({ kind: 'tag', number, at_ms: 1, key: 'k', value: 'v' }));
}

function takeAll(): Numbered[] {
  const taken: Numbered[] = [];
  for (let bytes = outbox.take(); bytes; bytes = outbox.take()) taken.push(read(bytes));
  return taken;
}

function numbers(messages: readonly Numbered[]): number[] {
  return messages.map(({ number }) => number);
}

beforeEach(() => {
  outbox = new Outbox();
});

describe('outbox', () => {
  it('[R16] numbers from 1 in order and keeps everything until it is acknowledged', () => {
    add();
    tag();
    add();
    expect(numbers(takeAll())).toEqual([1, 2, 3]);
    expect(outbox.ranges()).toEqual([[1, 3]]);
    outbox.ack(2, []);
    expect(outbox.ranges()).toEqual([[3, 3]]);
    outbox.ack(3, []);
    expect(outbox.empty).toBe(true);
  });

  it('[R17] has no more in flight than the credit, unless it is a single message', () => {
    outbox.setCredit(100_000);
    add(150_000);
    add(40_000);
    add(40_000);
    add(40_000);
    expect(numbers(takeAll())).toEqual([1]);
    outbox.ack(1, []);
    expect(numbers(takeAll())).toEqual([2, 3]);
    outbox.ack(2, []);
    expect(numbers(takeAll())).toEqual([4]);
  });

  it('[R17] counts what is durable beyond a hole no more', () => {
    outbox.setCredit(100_000);
    for (let count = 0; count < 4; count += 1) add(40_000);
    expect(numbers(takeAll())).toEqual([1, 2]);
    outbox.ack(0, [[2, 2]]);
    expect(numbers(takeAll())).toEqual([3]);
    outbox.ack(0, [[2, 2]]);
    expect(numbers(takeAll())).toEqual([]);
    outbox.ack(3, []);
    expect(numbers(takeAll())).toEqual([4]);
    outbox.ack(4, []);
    add(90_000);
    expect(numbers(takeAll())).toEqual([5]);
  });

  it('[R18] sends everything that is not durable again, in order and without a hole', () => {
    for (let count = 0; count < 6; count += 1) add();
    takeAll();
    outbox.resume([
      [1, 2],
      [4, 4],
    ]);
    expect(numbers(takeAll())).toEqual([3, 4, 5, 6]);
  });

  it('[R20] keeps the order while a batch is being compressed', () => {
    const first = add(1000, {}, false);
    add(10);
    expect(takeAll()).toEqual([]);
    const smaller = add(20).bytes;
    outbox.settle(first, smaller);
    const [sent] = takeAll();
    expect(sent).toMatchObject({ kind: 'batch', inflated_bytes: 20 });
  });

  it('[R20] waits for no compression when the page is about to go', () => {
    const first = add(1000, {}, false);
    outbox.settleAll();
    expect(numbers(takeAll())).toEqual([1]);
    const bytes = first.bytes;
    outbox.settle(first, new Uint8Array(1));
    expect(first.bytes).toBe(bytes);
  });

  it('[R19] drops the oldest batches up to the newest keyframe and names them in their place', () => {
    for (let count = 0; count < 3; count += 1) add(10, { events: 4 });
    tag();
    add(10, { events: 2 });
    add();
    add(10, { opens: true });
    add();
    expect(outbox.dropToKeyframe(9)).toBe(true);
    const left = takeAll();
    expect(left.map(({ kind, number }) => [kind, number])).toEqual([
      ['gap', 3],
      ['tag', 4],
      ['gap', 6],
      ['batch', 7],
      ['batch', 8],
    ]);
    expect(left[0]).toMatchObject({ first: 1, last: 2, events: 12, cause: 'no_room' });
    expect(left[2]).toMatchObject({ first: 5, last: 5, events: 3 });
  });

  it('[R19] never drops what was sent, nor the rest of an event that was begun', () => {
    outbox.setCredit(0);
    add(10, { part: 1, events: 0 });
    takeAll();
    add(10, { part: 2, events: 0 });
    add(10, { part: 3 });
    add();
    add();
    add(10, { opens: true });
    outbox.rewind();
    expect(outbox.dropToKeyframe(9)).toBe(true);
    outbox.setCredit(1_000_000);
    const left = takeAll();
    expect(left.map(({ kind, number }) => [kind, number])).toEqual([
      ['batch', 1],
      ['batch', 2],
      ['batch', 3],
      ['gap', 5],
      ['batch', 6],
    ]);
  });

  it('[R19] keeps numbers ascending without an unnamed hole, however often it drops', () => {
    for (let round = 0; round < 5; round += 1) {
      for (let count = 0; count < 4; count += 1) add();
      if (round % 2) tag();
      add(10, { opens: true });
      outbox.dropToKeyframe(9);
    }
    outbox.setCredit(1_000_000);
    let expected = 1;
    for (const message of takeAll()) {
      if (message.kind === 'gap') expect(message.first).toBe(expected);
      else expect(message.number).toBe(expected);
      expected = message.number + 1;
    }
  });

  it('[R19] says that it is full, and that there is no keyframe to drop up to', () => {
    for (let size = 0; size <= limits.recorder_held_bytes_max; size += 1_000_000) add(1_000_000);
    expect(outbox.full).toBe(true);
    expect(outbox.dropToKeyframe(9)).toBe(false);
    add(10, { opens: true });
    expect(outbox.dropToKeyframe(9)).toBe(true);
    expect(outbox.full).toBe(false);
  });

  it('[R15] burns a number for what will never come', () => {
    outbox.skip(9, 'too_large', 1);
    tag();
    expect(takeAll()).toMatchObject([{ kind: 'gap', number: 2, first: 1, last: 1 }, { number: 3 }]);
  });

  it('[R25] gives the page what fits, from the first when all of it does', () => {
    add(1000);
    takeAll();
    add(1000);
    expect(outbox.takeLast(10_000).map((bytes) => read(bytes).number)).toEqual([1, 2]);
    add(1000);
    expect(outbox.takeLast(2500).map((bytes) => read(bytes).number)).toEqual([2, 3]);
    expect(outbox.takeLast(1500).map((bytes) => read(bytes).number)).toEqual([2]);
  });

  it('[R8] lets nothing out while it is held', () => {
    outbox.held = true;
    add();
    expect(outbox.take()).toBeNull();
    expect(outbox.used).toBe(false);
    outbox.restart();
    outbox.held = false;
    add();
    expect(numbers(takeAll())).toEqual([1]);
  });
});
