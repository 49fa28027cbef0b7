import { EventType } from '@rrweb/types';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ToPlayer } from '../../player/messages.ts';
import { ApiError } from '../api.ts';
import { Feed, type Loaded } from './feed.ts';
import { FakeServer, type Made, mapOf, START_MS, seconds, sessionOf } from './made.ts';
import { type Hole, timelineOf } from './timeline.ts';

type Events = Extract<ToPlayer, { type: 'events' }>;

/** A screen around a feed: what was sent to the player, and told. */
class Screen {
  readonly sent: ToPlayer[] = [];
  readonly holes: Hole[] = [];
  readonly errors: unknown[] = [];
  loaded: Loaded | null = null;
  readonly server: FakeServer;
  readonly feed: Feed;

  constructor(made: readonly Made[], options: { live?: boolean; budget?: number } = {}) {
    const map = mapOf(made);
    this.server = new FakeServer(map);
    this.feed = new Feed(
      timelineOf(map, sessionOf()),
      options.live ?? false,
      this.server,
      {
        send: (message) => this.sent.push(message),
        loaded: (loaded) => {
          this.loaded = loaded;
        },
        hole: (hole) => this.holes.push(hole),
        retrying: () => undefined,
        failed: (error) => this.errors.push(error),
      },
      options.budget,
    );
  }

  /** Opens, shows and lands, as a player would. */
  async open(at_ms: number): Promise<void> {
    this.feed.want(at_ms);
    await settled();
    this.feed.landed();
    await settled();
  }

  async playTo(at_ms: number): Promise<void> {
    this.feed.playhead(at_ms);
    await settled();
  }

  /** Since the last `open`. */
  get events(): Events[] {
    const opened = this.sent.findLastIndex(({ type }) => type === 'open');
    return this.sent.slice(opened).filter((message) => message.type === 'events');
  }

  get kinds(): string[] {
    return this.sent.map(({ type }) => type);
  }
}

/** Everything that can go on without the player or the server has gone on. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

function times({ events }: Events): number[] {
  return events.map((event) => (event as { timestamp: number }).timestamp - START_MS);
}

let screen: Screen;

// However slow the machine is: no work is long enough to be interrupted.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

describe('a recording opens', () => {
  beforeEach(() => {
    screen = new Screen(seconds(30));
  });

  it('with as much as the first picture needs, and then the rest', async () => {
    screen.server.held = true;
    screen.feed.want(0);
    expect(screen.server.asked).toEqual([[0, 0]]);
    expect(screen.sent).toEqual([{ type: 'open', at_ms: 0 }]);
    screen.server.release();
    await settled();
    expect(screen.server.asked).toEqual([
      [0, 0],
      [1, 29],
    ]);
    expect(screen.events.map(({ until_ms }) => until_ms).slice(0, 3)).toEqual([
      1_000, 2_000, 3_000,
    ]);
    expect(screen.events.at(-1)).toMatchObject({ until_ms: 29_900, last: true });
    expect(screen.events.filter(({ last }) => last)).toHaveLength(1);
    expect(screen.loaded).toMatchObject({ from_ms: 0, to_ms: 29_900 });
  });

  it('at a moment, with the keyframe before it', async () => {
    await screen.open(12_345);
    expect(screen.server.asked[0]).toEqual([10, 12]);
    expect(screen.events.flatMap(times)[0]).toBe(10_000);
  });

  it('not at all without a keyframe', async () => {
    screen = new Screen([{ from_ms: 0, to_ms: 900 }]);
    await screen.open(0);
    expect(screen.server.asked).toEqual([]);
  });
});

describe('a seek', () => {
  const small = { budget: 10_000 };

  it('inside what is loaded asks for nothing, and one at a time', async () => {
    screen = new Screen(seconds(30));
    await screen.open(0);
    const { length } = screen.server.asked;
    for (const at of [9_000, 8_000, 7_000]) screen.feed.want(at);
    expect(screen.feed.busy).toBe(true);
    screen.feed.landed();
    screen.feed.landed();
    expect(screen.feed.busy).toBe(false);
    expect(screen.sent.slice(-2)).toEqual([
      { type: 'seek', at_ms: 9_000 },
      { type: 'seek', at_ms: 7_000 },
    ]);
    expect(screen.server.asked).toHaveLength(length);
  });

  it('far ahead, and back again, opens what is needed there', async () => {
    screen = new Screen(seconds(100), small);
    await screen.open(0);
    expect(screen.loaded?.to_ms).toBeLessThan(15_000);
    await screen.open(72_500);
    expect(screen.sent.filter(({ type }) => type === 'open')).toHaveLength(2);
    expect(screen.events.flatMap(times)[0]).toBe(70_000);
    await screen.open(3_000);
    expect(screen.events.flatMap(times)[0]).toBe(0);
  });

  it('to elsewhere gives up what is on its way, and the latest wish wins', async () => {
    screen = new Screen(seconds(100), small);
    screen.server.held = true;
    for (const at of [0, 30_500, 61_500]) screen.feed.want(at);
    screen.server.release();
    await settled();
    expect(screen.events.flatMap(times)[0]).toBe(60_000);
    expect(screen.sent.filter(({ type }) => type === 'events')).toHaveLength(screen.events.length);
    expect(screen.errors).toEqual([]);
  });
});

describe('memory', () => {
  it('holds no more than the budget however long it plays', async () => {
    screen = new Screen(seconds(1_000), { budget: 40_000 });
    await screen.open(0);
    let most = 0;
    for (let at = 0; at < 1_000_000; at += 500) {
      await screen.playTo(at);
      most = Math.max(most, screen.loaded?.bytes ?? 0);
      expect(screen.loaded?.to_ms).toBeGreaterThan(Math.min(at, 999_900));
    }
    expect(most).toBeLessThanOrEqual(40_000);
    expect(screen.loaded?.to_ms).toBe(999_900);
    // Much at a time.
    expect(screen.server.asked.length).toBeLessThan(120);
    const trims = screen.sent.filter((message) => message.type === 'trim');
    expect(trims.map(({ before_ms }) => before_ms % 5_000)).toEqual(trims.map(() => 0));
  });

  it('keeps the way back to the keyframe that the playhead needs', async () => {
    screen = new Screen(seconds(100, 50), { budget: 20_000 });
    await screen.open(0);
    for (let at = 0; at < 49_000; at += 500) await screen.playTo(at);
    expect(screen.kinds).not.toContain('trim');
    expect(screen.loaded?.to_ms).toBeGreaterThan(49_000);
    for (let at = 49_000; at < 60_000; at += 500) await screen.playTo(at);
    expect(screen.sent).toContainEqual({ type: 'trim', before_ms: 50_000 });
    expect(screen.loaded?.from_ms).toBe(50_000);
  });

  it('is not used beyond the first picture when there is no budget', async () => {
    screen = new Screen(seconds(100), { budget: 0 });
    screen.feed.want(7_000);
    await settled();
    const { length } = screen.server.asked;
    await screen.playTo(7_000);
    expect(screen.server.asked).toHaveLength(length);
    expect(screen.loaded?.to_ms).toBeLessThan(100_000);
  });
});

describe('what is missing', () => {
  it('is passed over up to the next keyframe, and told with its place', async () => {
    screen = new Screen(seconds(20));
    screen.server.unreadable.add(7);
    await screen.open(0);
    expect(screen.holes).toEqual([
      {
        from_ms: 7_000,
        to_ms: 10_000,
        text: 'A stored piece cannot be read. The picture goes on at the next keyframe.',
      },
    ]);
    const at = screen.events.flatMap(times);
    expect(at.filter((ms) => ms >= 7_000 && ms < 10_000)).toEqual([]);
    expect(screen.events.find(({ seam }) => seam)).toMatchObject({ until_ms: 11_000 });
    expect(screen.events.at(-1)).toMatchObject({ last: true });
  });

  it('may be the keyframe asked for: then the one before serves', async () => {
    screen = new Screen(seconds(20));
    screen.server.unreadable.add(10);
    await screen.open(12_000);
    expect(screen.sent.filter(({ type }) => type === 'open')).toHaveLength(2);
    expect(screen.events.flatMap(times)[0]).toBe(5_000);
    expect(screen.holes[0]).toMatchObject({ from_ms: 10_000, to_ms: 15_000 });
  });

  it('may be the picture of the keyframe asked for: what comes is read until there is one', async () => {
    screen = new Screen(seconds(100), { budget: 4_000 });
    screen.server.damaged.add(10).add(15).add(20);
    await screen.open(10_950);
    expect(screen.loaded).toMatchObject({ pictured: true, from_ms: 25_000 });
    expect(screen.loaded?.to_ms).toBeLessThan(100_000);
  });

  it('has the next keyframe built anew, also where numbers or a damaged piece are missing', async () => {
    screen = new Screen([
      ...seconds(5),
      { from_ms: 5_000, to_ms: 5_900, first: 9, keyframe: true },
    ]);
    screen.server.damaged.add(2);
    await screen.open(0);
    expect(screen.events.map(({ seam }) => seam)).toEqual([false, false, true, true, false, true]);
  });

  it('may have been there once: the picture goes on at the next keyframe', async () => {
    const rest = seconds(12).slice(7);
    screen = new Screen([
      ...seconds(5),
      { ...rest[0], from_ms: 7_000, to_ms: 7_900, first: 8 },
      ...rest.slice(1),
    ]);
    await screen.open(0);
    expect(screen.events.flatMap(times).filter((ms) => ms > 4_900 && ms < 10_000)).toEqual([]);
    const text = 'A stored piece is not there any more. The picture goes on at the next keyframe.';
    expect(screen.holes).toEqual([{ from_ms: 4_900, to_ms: 10_000, text }]);
  });

  it('may be every keyframe', async () => {
    screen = new Screen(seconds(4));
    screen.server.unreadable.add(0);
    await screen.open(0);
    expect(screen.events.flatMap(times)).toEqual([]);
    expect(screen.events.at(-1)).toMatchObject({ last: true });
    expect(screen.loaded).toMatchObject({ pictured: false, to_ms: 3_900 });
  });

  it('may be the server: it is asked again when somebody wants to', async () => {
    screen = new Screen(seconds(20));
    screen.server.away = 99;
    await screen.open(0);
    expect(screen.errors).toEqual([expect.any(ApiError)]);
    const { length } = screen.server.asked;
    await screen.playTo(0);
    expect(screen.server.asked).toHaveLength(length);
    screen.server.away = 0;
    screen.feed.retry();
    await settled();
    expect(screen.events.at(-1)).toMatchObject({ last: true });
  });
});

it('another stream begins with a seam', async () => {
  const second = seconds(2).map((made) => ({ ...made, stream: 1, from_ms: made.from_ms + 3_000 }));
  const moved = second.map((made) => ({ ...made, to_ms: made.from_ms + 900 }));
  screen = new Screen([...seconds(3), ...moved]);
  await screen.open(0);
  expect(screen.events.map(({ seam }) => seam)).toEqual([false, false, false, true, false]);
  expect(screen.events[3]?.events[0]).toMatchObject({ type: EventType.Meta });
});

describe('a live session', () => {
  beforeEach(async () => {
    screen = new Screen(seconds(3), { live: true });
    await screen.open(0);
  });

  it('goes on as it grows, and ends when it does', async () => {
    expect(screen.events.at(-1)).toMatchObject({ until_ms: 2_900, last: false });
    screen.server.map = mapOf(seconds(5));
    expect(screen.feed.grow(timelineOf(screen.server.map, sessionOf()), true)).toBe(true);
    await settled();
    expect(screen.server.asked.at(-1)).toEqual([3, 4]);
    expect(screen.events.at(-1)).toMatchObject({ until_ms: 4_900, last: false });
    expect(screen.feed.grow(timelineOf(screen.server.map, sessionOf()), false)).toBe(true);
    expect(screen.events.at(-1)).toMatchObject({ until_ms: 4_900, last: true, events: [] });
  });

  it('opens with its first picture, whenever that comes', async () => {
    screen = new Screen([{ from_ms: 0, to_ms: 900 }], { live: true });
    await screen.open(0);
    screen.server.map = mapOf([{ from_ms: 0, to_ms: 900 }, ...seconds(7).slice(5)]);
    expect(screen.feed.grow(timelineOf(screen.server.map, sessionOf()), true)).toBe(true);
    await settled();
    expect(screen.kinds[0]).toBe('open');
    expect(screen.events.flatMap(times)[0]).toBe(5_000);
  });

  it('is another recording when something came in before what is loaded', () => {
    const late = mapOf([{ stream: 1, from_ms: 0, to_ms: 500, keyframe: true }, ...seconds(3)]);
    expect(screen.feed.grow(timelineOf(late, sessionOf()), true)).toBe(false);
  });
});
