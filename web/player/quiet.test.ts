import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';
import { describe, expect, it } from 'vitest';
import { Acts } from './quiet.ts';

function actsAt(...moments: number[]): Acts {
  const acts = new Acts();
  for (const at of moments) acts.add(at);
  return acts;
}

describe('the end of the quiet around a moment', () => {
  it('is just before the next act, when acts are more than 5 s apart', () => {
    const acts = actsAt(0, 1_000, 9_000, 14_000);
    expect(acts.endOfQuiet(1_999, 14_000)).toBeNull();
    expect(acts.endOfQuiet(2_000, 14_000)).toBe(8_500);
    expect(acts.endOfQuiet(8_500, 14_000)).toBeNull();
    expect(acts.endOfQuiet(10_500, 14_000)).toBeNull();
  });

  it('is where the events end, as far as they have come', () => {
    const acts = actsAt(0);
    expect(acts.endOfQuiet(2_000, 4_000)).toBeNull();
    expect(acts.endOfQuiet(2_000, 30_000)).toBe(30_000);
  });

  it('is known for hours', () => {
    expect(actsAt(0, 7_200_000).endOfQuiet(1_000, 7_300_000)).toBe(7_199_500);
  });

  it('is nowhere without acts, and before the first', () => {
    expect(actsAt().endOfQuiet(10, 90_000)).toBeNull();
    expect(actsAt(500).endOfQuiet(10, 90_000)).toBeNull();
  });

  it('stays the same when old acts are forgotten', () => {
    const acts = actsAt(0, 1_000, 9_000);
    acts.trim(5_000);
    expect(acts.endOfQuiet(2_000, 9_000)).toBe(8_500);
  });
});

it('what the page does by itself is no act of the visitor', () => {
  const acts = actsAt(0);
  for (const [timestamp, source] of [
    [7_000, IncrementalSource.Mutation],
    [9_000, IncrementalSource.Input],
  ]) {
    acts.note({
      type: EventType.IncrementalSnapshot,
      timestamp,
      data: { source },
    } as eventWithTime);
  }
  expect(acts.endOfQuiet(1_000, 9_000)).toBe(8_500);
});
