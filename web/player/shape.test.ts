import { EventType, IncrementalSource } from '@rrweb/types';
import { describe, expect, it } from 'vitest';
import { isEvent } from './shape.ts';

const at = { x: 1, y: 2, id: 3, timeOffset: -4 };
const offset = { left: 0, top: 0 };

function move(positions: unknown): object {
  return { source: IncrementalSource.MouseMove, positions };
}

describe('the shape of events', () => {
  it.each([
    [EventType.Load, {}],
    [EventType.DomContentLoaded, undefined],
    [EventType.Custom, null],
    [EventType.Plugin, 7],
    [EventType.Meta, { href: 'x', width: 1, height: 2 }],
    [EventType.FullSnapshot, { node: {}, initialOffset: offset }],
    [EventType.IncrementalSnapshot, { source: IncrementalSource.Mutation }],
    [EventType.IncrementalSnapshot, move([at, at])],
  ])('takes type %d with %j', (type, data) => {
    expect(isEvent({ type, data, timestamp: 5 })).toBe(true);
    expect(isEvent({ type, data, timestamp: Number.NaN })).toBe(false);
  });

  it.each([
    [7, {}],
    ['2', {}],
    [EventType.Meta, null],
    [EventType.Meta, { width: 1, height: { toString: 1 } }],
    [EventType.FullSnapshot, { node: null, initialOffset: offset }],
    [EventType.FullSnapshot, { node: {} }],
    [EventType.FullSnapshot, { node: {}, initialOffset: { left: 'x', top: 0 } }],
    [EventType.IncrementalSnapshot, null],
    [EventType.IncrementalSnapshot, { source: IncrementalSource.MouseMove }],
    [EventType.IncrementalSnapshot, { source: IncrementalSource.Scroll, positions: null }],
    [EventType.IncrementalSnapshot, move([])],
    [EventType.IncrementalSnapshot, move([at, { ...at, timeOffset: null }])],
  ])('leaves out type %j with %j', (type, data) => {
    expect(isEvent({ type, data, timestamp: 5 })).toBe(false);
  });

  it.each([undefined, null, 3, 'x', [], {}])('leaves out %j', (value) => {
    expect(isEvent(value)).toBe(false);
  });
});
