import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';
import { describe, expect, it } from 'vitest';
import { Timeline } from './timeline.ts';

function event(type: EventType, timestamp: number, data: object = {}): eventWithTime {
  return { type, timestamp, data } as unknown as eventWithTime;
}

function keyframe(at: number, href = 'a'): eventWithTime[] {
  return [
    event(EventType.Meta, at, { href, width: 1, height: 1 }),
    event(EventType.FullSnapshot, at + 4),
  ];
}

function change(at: number): eventWithTime {
  return event(EventType.IncrementalSnapshot, at, { source: IncrementalSource.Mutation });
}

function moves(at: number, ...offsets: number[]): eventWithTime {
  const positions = offsets.map((timeOffset) => ({ x: 1, y: 1, id: 1, timeOffset }));
  return event(EventType.IncrementalSnapshot, at, {
    source: IncrementalSource.MouseMove,
    positions,
  });
}

function timelineOf(...events: eventWithTime[]): Timeline {
  const timeline = new Timeline();
  timeline.add(events, 100_000, true, false);
  return timeline;
}

function moments(timeline: Timeline): number[] {
  return timeline.events.map(({ timestamp }) => timestamp);
}

describe('a timeline', () => {
  it('begins with its first keyframe, which appears with its meta event', () => {
    const timeline = timelineOf(change(50), moves(60, 0), ...keyframe(100), change(200));
    expect(timeline.start).toBe(100);
    expect(moments(timeline)).toEqual([100, 100, 200]);
    expect(timeline.countUpTo(99)).toBe(0);
    expect(timeline.countUpTo(100)).toBe(2);
  });

  it('takes a snapshot without a meta event for a keyframe', () => {
    const timeline = timelineOf(event(EventType.FullSnapshot, 100), change(150));
    expect(timeline.keyframeAmong(2)).toEqual({ index: 0, at: 100, fresh: true });
  });

  it('keeps the order of arrival when clocks jump, within what has come', () => {
    const timeline = new Timeline();
    timeline.add([...keyframe(100), change(300), change(200)], 1_000, false, false);
    timeline.add([moves(400, 0), change(350), change(9e15), change(450)], 1_000, false, false);
    timeline.add([change(1_500)], 2_000, true, false);
    expect(moments(timeline)).toEqual([100, 100, 300, 300, 400, 400, 400, 450, 1_500]);
  });

  it('gives each position of the mouse its moment, not before the page it is on', () => {
    const timeline = timelineOf(
      ...keyframe(100),
      change(150),
      moves(300, -200, -60, 0, 50),
      ...keyframe(400),
      moves(500, -300, -10),
      moves(9_000, -8_500),
    );
    expect(moments(timeline)).toEqual([
      100, 100, 100, 150, 240, 300, 300, 400, 400, 400, 490, 8_000,
    ]);
  });

  it('tells where the mouse was when a page came up', () => {
    const timeline = timelineOf(
      ...keyframe(100),
      moves(300, -50, 0),
      change(350),
      ...keyframe(400),
    );
    expect(timeline.moveBefore(5)?.timestamp).toBe(300);
    expect(timeline.moveBefore(2)).toBeUndefined();
  });

  it('counts what arrives behind the picture as shown', () => {
    const timeline = timelineOf(...keyframe(100), change(500));
    timeline.shown = 3;
    timeline.add([moves(600, -300, 0)], 100_000, true, false);
    expect(timeline.shown).toBe(4);
    expect(moments(timeline)).toEqual([100, 100, 300, 500, 600]);
  });

  it('knows which keyframes only a new picture can show', () => {
    const timeline = timelineOf(...keyframe(100), ...keyframe(200), ...keyframe(300, 'b'));
    timeline.add(keyframe(400, 'b'), 100_000, true, true);
    const fresh = timeline.events
      .filter(({ type }) => type === EventType.FullSnapshot)
      .map((snapshot) => timeline.isFresh(snapshot));
    expect(fresh).toEqual([true, false, true, true]);
    expect(timeline.isBroken(2, 4)).toBe(false);
    expect(timeline.isBroken(2, 5)).toBe(true);
  });

  it('joins a meta event and its snapshot from two parts', () => {
    const [meta, snapshot] = keyframe(100) as [eventWithTime, eventWithTime];
    const timeline = timelineOf(meta);
    expect(timeline.start).toBeNull();
    timeline.add([snapshot], 100_000, true, false);
    expect(timeline.keyframeAmong(9)?.index).toBe(0);
  });

  it('forgets up to a keyframe, and never what is shown', () => {
    const timeline = timelineOf(...keyframe(100), change(150), ...keyframe(200), change(250));
    timeline.shown = 3;
    timeline.trim(999);
    expect(timeline.start).toBe(100);
    timeline.shown = 6;
    timeline.trim(199);
    expect(timeline.start).toBe(100);
    timeline.trim(240);
    expect([timeline.start, timeline.shown]).toEqual([200, 3]);
    expect(timeline.keyframeAmong(9)).toEqual({ index: 0, at: 200, fresh: false });
    expect(moments(timeline)).toEqual([200, 200, 250]);
  });

  it('sorts thirty thousand positions of a broken clock in a moment', () => {
    const timeline = timelineOf(...keyframe(0));
    const many = Array.from({ length: 30_000 }, (_, index) => moves(500, -(index % 400)));
    timeline.add(many, 100_000, true, false);
    expect(timeline.events).toHaveLength(30_002);
    const sorted = moments(timeline).every((at, index, all) => at >= (all[index - 1] ?? 0));
    expect(sorted).toBe(true);
  });
});
