import { EventType, IncrementalSource, MouseInteractions } from '@rrweb/types';
import { beforeEach, describe, expect, it } from 'vitest';
import { intervals, limits } from '../shared/settings.ts';
import type { GapCause } from '../shared/wire.ts';
import { Batcher, type Draft } from './batcher.ts';
import { TestClock } from './testing/clock.ts';
import { change, event, meta, snapshot } from './testing/events.ts';
import { eventsOf } from './testing/server.ts';

let clock: TestClock;
let drafts: (Draft | { cause: GapCause; events: number })[];
let batcher: Batcher;

function batches(): Draft[] {
  return drafts.filter((each): each is Draft => 'payload' in each);
}

function nested(levels: number): unknown {
  let node: unknown = 1;
  for (let level = 0; level < levels; level += 1) node = [node];
  return node;
}

beforeEach(() => {
  clock = new TestClock();
  drafts = [];
  batcher = new Batcher(clock, {
    batch: (draft) => drafts.push(draft),
    lost: (cause, events) => drafts.push({ cause, events }),
  });
});

describe('batcher', () => {
  it('[R11] waits for others at most batch_ms, from the first event on', async () => {
    batcher.push(change());
    await clock.pass(intervals.batch_ms - 1);
    batcher.push(change());
    expect(drafts).toHaveLength(0);
    await clock.pass(1);
    expect(batches().map(({ events }) => events)).toEqual([2]);
    await clock.pass(10 * intervals.batch_ms);
    expect(drafts).toHaveLength(1);
  });

  it('[R11] waits longer when the server asks for it', async () => {
    batcher.waitMs = 1000;
    batcher.push(change());
    await clock.pass(999);
    expect(drafts).toHaveLength(0);
    await clock.pass(1);
    expect(drafts).toHaveLength(1);
  });

  it('[R11] grows to at most batch_bytes_target, and loses nothing at the seam', async () => {
    const texts = Array.from({ length: 40 }, (_, at) => `${at} ${'x'.repeat(6000)}`);
    for (const text of texts) batcher.push(change({ text }));
    await clock.pass(intervals.batch_ms);
    expect(batches().every(({ payload }) => payload.length <= limits.batch_bytes_target)).toBe(
      true,
    );
    expect(batches().every(({ parts }) => parts === 0)).toBe(true);
    const found = batches().flatMap(({ payload }) => eventsOf(payload)) as {
      data: { text: string };
    }[];
    expect(found.map(({ data }) => data.text)).toEqual(texts);
    expect(batches().reduce((sum, { events }) => sum + events, 0)).toBe(texts.length);
  });

  it('[R12] cuts a larger event into parts, after what came before it', () => {
    batcher.push(change());
    batcher.push(change({ text: 'x'.repeat(3 * limits.batch_bytes_target) }));
    const [before, ...parts] = batches();
    expect(before).toMatchObject({ events: 1, part: 0, parts: 0 });
    expect(parts.map(({ part, parts: of, events }) => [part, of, events])).toEqual([
      [1, 4, 0],
      [2, 4, 0],
      [3, 4, 0],
      [4, 4, 1],
    ]);
    expect(parts.every(({ payload }) => payload.length <= limits.batch_bytes_target)).toBe(true);
    const joined = Uint8Array.from(parts.flatMap(({ payload }) => [...payload]));
    expect(eventsOf(joined)).toHaveLength(1);
  });

  it('[R13] begins a batch with a meta event and flags the snapshot beside it', () => {
    batcher.push(change());
    batcher.push(meta());
    batcher.push(snapshot());
    batcher.push(change());
    batcher.flush();
    expect(batches().map(({ flags, opens, events }) => [flags, opens, events])).toEqual([
      [0, false, 1],
      [1, true, 3],
    ]);
  });

  it('[R13] sends the meta event right before the parts of a large snapshot', () => {
    batcher.push(meta());
    batcher.push(snapshot(2 * limits.batch_bytes_target));
    expect(batches().map(({ flags, opens, part }) => [flags, opens, part])).toEqual([
      [0, true, 0],
      [1, false, 1],
      [1, false, 2],
      [1, false, 3],
    ]);
  });

  it('[R14] counts clicks, inputs and errors, and names the first and last time', () => {
    const click = { source: IncrementalSource.MouseInteraction, type: MouseInteractions.Click };
    batcher.error();
    batcher.push(change(click, 1000));
    batcher.push(change({ ...click, type: MouseInteractions.MouseDown }, 1005.5));
    batcher.push(change({ source: IncrementalSource.Input, text: '' }, 990));
    batcher.error();
    batcher.flush();
    batcher.push(change());
    batcher.flush();
    expect(batches()[0]).toMatchObject({
      events: 3,
      clicks: 1,
      inputs: 1,
      errors: 2,
      first_event_ms: 990,
      last_event_ms: 1005,
    });
    expect(batches()[1]).toMatchObject({ clicks: 0, inputs: 0, errors: 0 });
  });

  it('[R12] counts what parts hold once', () => {
    batcher.error();
    const text = 'x'.repeat(2 * limits.batch_bytes_target);
    batcher.push(change({ source: IncrementalSource.Input, text }));
    expect(batches().map(({ inputs, errors }) => [inputs, errors])).toEqual([
      [0, 0],
      [0, 0],
      [1, 1],
    ]);
  });

  it('[R15] names an event that is too deep, and goes on', () => {
    batcher.push(change());
    batcher.push(change({ deep: nested(limits.nesting_max) }));
    batcher.push(change());
    batcher.flush();
    expect(drafts.map((each) => ('payload' in each ? each.events : each.cause))).toEqual([
      1,
      'too_large',
      1,
    ]);
  });

  it('[R15] names an event above the limit of the server', () => {
    batcher.limit(limits.batch_bytes_target, 1000, intervals.batch_ms);
    batcher.push(change({ text: 'x'.repeat(1000) }));
    expect(drafts).toEqual([{ cause: 'too_large', events: 1 }]);
  });

  it('[R15] sends nothing without a keyframe, and says how much that was', () => {
    batcher.push(meta());
    batcher.push(event(EventType.FullSnapshot, { node: nested(limits.nesting_max) }));
    batcher.push(change());
    batcher.push(change());
    batcher.flush();
    expect(drafts).toEqual([{ cause: 'too_large', events: 1 }]);
    batcher.push(meta());
    batcher.push(snapshot());
    batcher.push(change());
    batcher.flush();
    expect(drafts[1]).toEqual({ cause: 'not_recorded', events: 2 });
    expect(drafts[2]).toMatchObject({ events: 3, flags: 1, opens: true });
  });

  it('[R26] never takes a target above our own', () => {
    batcher.limit(10 * limits.batch_bytes_target, 10 * limits.event_bytes_max, 250);
    batcher.push(change({ text: 'x'.repeat(limits.batch_bytes_target) }));
    expect(batches()).toHaveLength(2);
  });

  it('makes a time of a number no clock should show', () => {
    for (const time of [Number.NaN, -5, Number.POSITIVE_INFINITY]) batcher.push(change({}, time));
    batcher.flush();
    expect(batches()[0]).toMatchObject({ first_event_ms: 0, last_event_ms: 0, events: 3 });
  });
});
