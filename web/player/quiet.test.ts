import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';
import { describe, expect, it } from 'vitest';
import { endOfQuiet, quietStretches } from './quiet.ts';

const START = 1_700_000_000_000;

function at(ms: number, source: IncrementalSource, more: object = {}): eventWithTime {
  const data = { source, ...more };
  return {
    type: EventType.IncrementalSnapshot,
    timestamp: START + ms,
    data,
  } as unknown as eventWithTime;
}

function meta(ms: number): eventWithTime {
  const data = { href: '', width: 1, height: 1 };
  return { type: EventType.Meta, timestamp: START + ms, data };
}

describe('quiet stretches', () => {
  it('lie between acts of the visitor more than 5 s apart', () => {
    const events = [
      meta(0),
      at(1_000, IncrementalSource.Input),
      at(9_000, IncrementalSource.Scroll),
      at(14_000, IncrementalSource.Input),
    ];
    expect(quietStretches(events)).toEqual([[2_000, 8_500]]);
  });

  it('are not broken by what the page does by itself', () => {
    const events = [
      meta(0),
      at(6_000, IncrementalSource.Mutation),
      at(9_000, IncrementalSource.Input),
    ];
    expect(quietStretches(events)).toEqual([[1_000, 8_500]]);
  });

  it('end at a new page, however many hours later', () => {
    expect(quietStretches([meta(0), meta(7_200_000)])).toEqual([[1_000, 7_199_500]]);
  });

  it('reach to the end when nothing follows', () => {
    expect(quietStretches([meta(0), at(30_000, IncrementalSource.Mutation)])).toEqual([
      [1_000, 30_000],
    ]);
  });

  it('end where a delivered mouse movement began', () => {
    const moves = at(10_000, IncrementalSource.MouseMove, { positions: [{ timeOffset: -500 }] });
    expect(quietStretches([meta(0), moves])).toEqual([[1_000, 9_000]]);
  });

  it('are none without events', () => {
    expect(quietStretches([])).toEqual([]);
  });
});

describe('the end of the quiet around a moment', () => {
  it('is given inside a stretch only', () => {
    const stretches = [[1_000, 5_000]] as const;
    expect(endOfQuiet(stretches, 999)).toBeNull();
    expect(endOfQuiet(stretches, 1_000)).toBe(5_000);
    expect(endOfQuiet(stretches, 5_000)).toBeNull();
  });
});
