import { describe, expect, it } from 'vitest';
import { segmentAt, segments } from './timeline.ts';

const marks = [
  { at_ms: 1_040, url: '/', title: '' },
  { at_ms: 1_090, url: '/', title: 'Shop' },
  { at_ms: 3_000, url: '/?category=brew', title: 'Brew' },
  { at_ms: 9_000, url: '/checkout', title: 'Checkout' },
];

describe('segments', () => {
  it('reach from one page to the next and cover the whole', () => {
    expect(segments(marks, 1_000, 10_000)).toEqual([
      { from: 0, to: 2_000, url: '/', title: 'Shop' },
      { from: 2_000, to: 8_000, url: '/?category=brew', title: 'Brew' },
      { from: 8_000, to: 10_000, url: '/checkout', title: 'Checkout' },
    ]);
  });

  it('stay within the recording', () => {
    expect(segments([{ at_ms: 99, url: '/', title: '' }], 1_000, 500)).toEqual([
      { from: 0, to: 500, url: '/', title: '' },
    ]);
  });

  it('are none without pages', () => {
    expect(segments([], 0, 500)).toEqual([]);
  });
});

it('a moment belongs to one segment', () => {
  const found = segments(marks, 1_000, 10_000);
  expect(segmentAt(found, 0)?.url).toBe('/');
  expect(segmentAt(found, 1_999)?.url).toBe('/');
  expect(segmentAt(found, 2_000)?.url).toBe('/?category=brew');
  expect(segmentAt(found, 10_000)?.url).toBe('/checkout');
  expect(segmentAt([], 5)).toBeUndefined();
});
