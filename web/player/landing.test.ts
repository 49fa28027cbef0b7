import { EventType, type eventWithTime } from '@rrweb/types';
import { describe, expect, it } from 'vitest';
import { landing, openings } from './landing.ts';

function event(type: EventType, timestamp: number): eventWithTime {
  return { type, timestamp, data: {} } as unknown as eventWithTime;
}

const found = openings([
  event(EventType.DomContentLoaded, 1_000),
  event(EventType.Meta, 1_010),
  event(EventType.FullSnapshot, 1_020),
  event(EventType.IncrementalSnapshot, 1_500),
  event(EventType.Meta, 9_000),
  event(EventType.FullSnapshot, 9_030),
  event(EventType.IncrementalSnapshot, 11_000),
]);

describe('a seek', () => {
  it('knows where pages open', () => {
    expect(found).toEqual([
      [10, 20],
      [8_000, 8_030],
    ]);
  });

  it('to the start shows the first picture', () => {
    expect(landing(found, 10_000, 0)).toBe(21);
  });

  it('into the opening of a page shows that page', () => {
    expect(landing(found, 10_000, 8_000)).toBe(8_031);
    expect(landing(found, 10_000, 7_999)).toBe(7_999);
  });

  it('to the end has the last event applied', () => {
    expect(landing(found, 10_000, 10_000)).toBe(10_001);
    expect(landing(found, 10_000, 99_999)).toBe(10_001);
  });
});
