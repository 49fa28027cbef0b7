// @vitest-environment happy-dom
import type { record } from '@rrweb/record';
import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Capture } from './capture.ts';
import { NO_POLICY } from './tab.ts';
import { TestClock } from './testing/clock.ts';
import { change, meta, snapshot } from './testing/events.ts';

type Options = NonNullable<Parameters<typeof record<eventWithTime>>[0]>;

/** Stands for rrweb. */
const rrweb = vi.hoisted(() => ({
  options: {} as Options,
  fails: false,
  stopped: 0,
  told: 0,
  nodes: new Map<number, Node>(),
}));

vi.mock('@rrweb/record', () => {
  const take = () => {
    rrweb.options.emit?.(meta());
    if (rrweb.fails) throw new RangeError('Maximum call stack size exceeded');
    rrweb.options.emit?.(snapshot());
  };
  const start = (options: Options) => {
    rrweb.options = options;
    try {
      take();
    } catch {
      return undefined;
    }
    return () => {
      rrweb.stopped += 1;
    };
  };
  const mirror = { getNode: (id: number) => rrweb.nodes.get(id) ?? null };
  const tellScrolls = () => {
    rrweb.told += 1;
  };
  return { record: Object.assign(start, { takeFullSnapshot: take, mirror }), tellScrolls };
});

let seen: string[];
let capture: Capture;
let clock: TestClock;

beforeEach(() => {
  rrweb.fails = false;
  rrweb.stopped = 0;
  rrweb.told = 0;
  seen = [];
  clock = new TestClock();
  capture = new Capture(clock, {
    event: ({ type }) => seen.push(EventType[type] ?? ''),
    failed: (keyframe) => seen.push(keyframe ? 'no keyframe' : 'failed'),
  });
});

describe('capture', () => {
  it('begins with a keyframe, takes more when asked, and none after it was stopped', () => {
    capture.start(NO_POLICY);
    capture.keyframe();
    capture.stop();
    capture.keyframe();
    expect(seen).toEqual(['Meta', 'FullSnapshot', 'Meta', 'FullSnapshot']);
    expect(rrweb.stopped).toBe(1);
  });

  it('[R37] has rrweb tell what it waits with, while it is on', () => {
    capture.settle();
    capture.start(NO_POLICY);
    capture.settle();
    capture.stop();
    capture.settle();
    expect(rrweb.told).toBe(1);
  });

  it('[R4] [R8] starts rrweb again under another policy', () => {
    capture.start(NO_POLICY);
    capture.start({ ...NO_POLICY, block: ['.gone'], mask: ['.private'] });
    expect(rrweb.stopped).toBe(1);
    expect(rrweb.options.blockSelector).toContain('.gone');
    expect(rrweb.options.maskTextSelector).toContain('.private');
  });

  it('[R1] has rrweb ask for every field', () => {
    capture.start(NO_POLICY);
    document.body.innerHTML = '<input>';
    const field = document.querySelector('input') as HTMLInputElement;
    expect(rrweb.options.maskInputFn?.('secret', field)).toBe('******');
    expect(rrweb.options.maskInputOptions).toMatchObject({ input: true, textarea: true });
  });

  it('[R15] says that it is blind when a snapshot fails, and tries again when asked', () => {
    rrweb.fails = true;
    capture.start(NO_POLICY);
    expect(seen).toEqual(['Meta', 'no keyframe']);
    capture.keyframe();
    expect(seen.slice(2)).toEqual(['Meta', 'no keyframe']);
    rrweb.fails = false;
    capture.keyframe();
    expect(seen.slice(4, 6)).toEqual(['Meta', 'FullSnapshot']);
    rrweb.fails = true;
    capture.keyframe();
    expect(seen.at(-1)).toBe('no keyframe');
    expect(rrweb.stopped).toBe(1);
  });

  it('[R9] sends nothing that could not be scrubbed', () => {
    capture.start(NO_POLICY);
    rrweb.options.emit?.(change({ source: IncrementalSource.Mutation, adds: 'nonsense' }));
    expect(seen.at(-1)).toBe('failed');
  });

  it('[R34] leaves the page its own errors and follows those of rrweb with a keyframe', async () => {
    capture.start(NO_POLICY);
    const { errorHandler } = rrweb.options;
    const ofBrowser = Object.assign(new Error(), { [Symbol.toStringTag]: 'DOMException' });
    expect(errorHandler?.(ofBrowser)).not.toBe(true);
    await clock.pass(60_000);
    expect(seen).toHaveLength(2);
    for (let count = 0; count < 10; count += 1) {
      expect(errorHandler?.(new TypeError('of rrweb'))).toBe(true);
    }
    await clock.pass(60_000);
    expect(seen).toHaveLength(4);
  });

  it('waits for the document', () => {
    const state = vi.spyOn(document, 'readyState', 'get').mockReturnValue('loading');
    capture.start(NO_POLICY);
    expect(seen).toEqual([]);
    state.mockReturnValue('interactive');
    document.dispatchEvent(new Event('DOMContentLoaded'));
    document.dispatchEvent(new Event('DOMContentLoaded'));
    expect(seen).toEqual(['Meta', 'FullSnapshot']);
  });
});
