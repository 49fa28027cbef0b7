import { describe, expect, it } from 'vitest';
import type { Visit } from '../api.ts';
import { idOf, type Made, mapOf, START_MS, seconds, sessionOf } from './made.ts';
import { chunkAt, keyframeFor, segmentAt, type Timeline, timelineOf } from './timeline.ts';

const HOUR_MS = 3_600_000;

function timeline(made: readonly Made[], visits: readonly Visit[] = []): Timeline {
  return timelineOf(mapOf(made), sessionOf({ pages_visited: [...visits] }));
}

function stretches(made: readonly Made[]): [number, number][] {
  return timeline(made).chunks.map(({ from_ms, to_ms }) => [from_ms, to_ms]);
}

function visit(at_ms: number, url: string, title = '', stream = 0): Visit {
  return { at_ms: START_MS + at_ms, url, title, cause: 'push', stream: idOf(stream) };
}

describe('chunks stand on one clock that never runs backwards', () => {
  it('as they are, when the clock was left alone', () => {
    const { start_ms, duration_ms, raw_bytes } = timeline(seconds(3));
    expect(start_ms).toBe(START_MS);
    expect(duration_ms).toBe(2_900);
    expect(raw_bytes).toEqual([0, 1_000, 2_000, 3_000]);
    expect(stretches(seconds(2))).toEqual([
      [0, 900],
      [1_000, 1_900],
    ]);
  });

  it('when the clock is set back or forward', () => {
    expect(
      stretches([
        { from_ms: 0, to_ms: 900 },
        { from_ms: 1_000, to_ms: 1_900, clock_ms: -HOUR_MS },
        { from_ms: 2_000, to_ms: 2_900, clock_ms: -HOUR_MS },
        { from_ms: 3_000, to_ms: 3_900, clock_ms: 9 * HOUR_MS },
      ]),
    ).toEqual([
      [0, 900],
      [900, 1_800],
      [1_900, 2_800],
      [2_800, 3_700],
    ]);
  });

  it('when streams overlap', () => {
    expect(
      stretches([
        { from_ms: 0, to_ms: 2_000 },
        { stream: 1, from_ms: 1_500, to_ms: 4_000 },
      ]),
    ).toEqual([
      [0, 2_000],
      [2_000, 4_000],
    ]);
  });

  it('where there are no times, or absurd ones', () => {
    const map = mapOf([...seconds(1), ...seconds(1), { from_ms: 1_000, to_ms: 1_900 }]);
    const [first, second, third] = map.chunks;
    if (!first || !second || !third) throw new Error('three chunks');
    map.chunks = [
      { ...first, from_ms: null, to_ms: null },
      first,
      { ...second, from_ms: START_MS + 950, to_ms: Number.MAX_SAFE_INTEGER },
      third,
    ];
    expect(
      timelineOf(map, sessionOf()).chunks.map(({ from_ms, to_ms }) => [from_ms, to_ms]),
    ).toEqual([
      [0, 0],
      [0, 900],
      [950, 950],
      [950, 1_850],
    ]);
  });

  it('when there are none', () => {
    const empty = timeline([]);
    expect([empty.duration_ms, empty.pages, empty.keyframes]).toEqual([0, [], []]);
  });
});

describe('pages', () => {
  it('reach from one to the next, cover the whole, and come up once', () => {
    const { pages } = timeline(seconds(10), [
      visit(40, '/'),
      visit(90, '/', 'Shop'),
      visit(3_000, '/?category=brew', 'Brew'),
      visit(9_000, '/checkout', 'Checkout'),
    ]);
    expect(pages).toEqual([
      { from_ms: 0, to_ms: 3_000, url: '/', title: 'Shop' },
      { from_ms: 3_000, to_ms: 9_000, url: '/?category=brew', title: 'Brew' },
      { from_ms: 9_000, to_ms: 9_900, url: '/checkout', title: 'Checkout' },
    ]);
    expect([0, 2_999, 3_000, 99_000].map((at) => segmentAt(pages, at))).toEqual([0, 0, 1, 2]);
    expect(segmentAt([], 5)).toBe(0);
  });

  it('begin with their stream, whatever the server says of its own clock', () => {
    const made = [...seconds(2), { stream: 1, from_ms: 5_000, to_ms: 6_000 }];
    const load = { ...visit(99_000, '/b', '', 1), cause: 'load' as const };
    expect(timeline(made, [visit(0, '/'), load]).pages[1]?.from_ms).toBe(5_000);
  });

  it('follow the clock of their chunk, and stay within their stream', () => {
    const made = [...seconds(2), { from_ms: 2_000, to_ms: 4_000, clock_ms: -HOUR_MS }];
    const { pages } = timeline(made, [
      visit(0, '/'),
      visit(3_000 - HOUR_MS, '/set-back'),
      visit(8.64e15, '/absurd'),
    ]);
    expect(pages.map(({ from_ms }) => from_ms)).toEqual([0, 2_900, 3_900]);
  });
});

it('activity is spread over the stretch of each chunk', () => {
  const { activity } = timeline([
    { from_ms: 0, to_ms: 12_000 },
    { from_ms: 24_000, to_ms: 24_000 },
  ]);
  expect(activity).toHaveLength(240);
  expect(activity.reduce((sum, events) => sum + events, 0)).toBeCloseTo(4);
  expect(activity[0]).toBeCloseTo(2 / 121);
  expect(activity[180]).toBe(0);
  expect(activity[239]).toBe(2);
});

it('what is missing has its place between the chunks around it', () => {
  const map = mapOf(seconds(4));
  const [first, second, , fourth] = map.chunks;
  if (!first || !second || !fourth) throw new Error('four chunks');
  map.chunks = [first, second, { ...fourth, first: 6, last: 9 }];
  const stream = {
    id: idOf(0),
    started_at_ms: 0,
    url: '',
    title: '',
    viewport_width: 1,
    viewport_height: 1,
    ended: true,
    received: [],
    missing: [[3, 4]] as [number, number][],
    gaps: [{ first: 5, last: 5, cause: 'limit' as const }],
  };
  const { holes } = timelineOf(map, sessionOf({ streams: [stream] }));
  expect(holes).toEqual([
    {
      from_ms: 1_900,
      to_ms: 3_000,
      text: 'Message 5 will never come: a limit was reached.',
    },
    { from_ms: 1_900, to_ms: 3_000, text: 'Messages 3 to 4 did not arrive.' },
  ]);
});

describe('the keyframe for a moment', () => {
  const long = timeline(seconds(20));

  it('is the last that is surely not later', () => {
    expect([0, 4_000, 5_400, 5_900, 12_000].map((at) => keyframeFor(long, at))).toEqual([
      0, 0, 0, 5, 10,
    ]);
  });

  it('is the first of its stream, which begins with one', () => {
    const made = [...seconds(5), { stream: 1, from_ms: 5_000, to_ms: 9_000, keyframe: true }];
    expect(keyframeFor(timeline(made), 5_100)).toBe(5);
  });

  it('is another where it cannot be read, and the first where none is before', () => {
    expect(keyframeFor(long, 12_000, new Set([10]))).toBe(5);
    const late = timeline([{ from_ms: 0, to_ms: 900 }, ...seconds(1)]);
    expect(keyframeFor(late, 0)).toBe(1);
    expect(keyframeFor(timeline([{ from_ms: 0, to_ms: 900 }]), 0)).toBeUndefined();
  });
});

it('a moment belongs to one chunk', () => {
  const found = timeline(seconds(3));
  expect([-1, 0, 950, 1_000, 9_999].map((at) => chunkAt(found, at))).toEqual([-1, 0, 0, 1, 2]);
});

it('four hours of chunks and ten thousand pages are laid out well within a second', () => {
  const map = mapOf(seconds(15_000));
  const visits = Array.from({ length: 10_000 }, (_, at) => visit(at * 1_000, `/${at}`));
  const session = sessionOf({ pages_visited: visits });
  const began = performance.now();
  timelineOf(map, session);
  expect(performance.now() - began).toBeLessThan(1_000);
});
