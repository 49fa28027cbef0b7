// @vitest-environment happy-dom
// @vitest-environment-options {"settings": {"enableIframePageLoading": true}}

import { record } from '@rrweb/record';
import { EventType, type eventWithTime } from '@rrweb/types';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { intervals } from '../shared/settings.ts';
import { Capture } from './capture.ts';
import { NO_POLICY } from './tab.ts';
import { TestClock } from './testing/clock.ts';

// rrweb asks for them, and happy-dom has them elsewhere.
vi.stubGlobal('NodeList', class {});
vi.stubGlobal('DOMTokenList', class {});
// rrweb would take another than the browser's own out of a frame, where happy-dom's does not work.
MutationObserver.toString = () => '[native code]';

type Told = (string | number)[];

/** What was told, in order: of images the id attribute and the size, of other events the type. */
let log: (string | Told[])[];
let clock: TestClock;
let capture: Capture;

function note(event: eventWithTime): void {
  if (event.type !== EventType.Custom) {
    log.push(EventType[event.type] ?? '');
    return;
  }
  expect(event.data.tag).toBe('footage:images');
  const sizes = event.data.payload as [id: number, width: number, height: number][];
  log.push(sizes.map(([id, ...size]) => [(record.mirror.getNode(id) as Element).id, ...size]));
}

function told(): Told[] {
  return log.filter((each) => typeof each !== 'string').flat();
}

/** An image that is there; with a size, it is loaded. */
function image(id: string, width = 0, height = 0): HTMLImageElement {
  const made = document.createElement('img');
  made.id = id;
  size(made, width, height);
  return made;
}

function size(of: HTMLImageElement, width: number, height: number): void {
  Object.defineProperty(of, 'naturalWidth', { value: width, configurable: true });
  Object.defineProperty(of, 'naturalHeight', { value: height, configurable: true });
}

function load(of: HTMLImageElement, width: number, height: number): void {
  size(of, width, height);
  of.dispatchEvent(new Event('load'));
}

/** Waits until rrweb has told of what changed. */
function changed(): Promise<void> {
  return vi.waitFor(() => expect(log.at(-1)).toBe('IncrementalSnapshot'));
}

async function passed(): Promise<void> {
  await clock.pass(intervals.batch_ms);
}

beforeEach(() => {
  document.body.innerHTML = '';
  log = [];
  clock = new TestClock();
  capture = new Capture(clock, { event: note, failed: () => log.push('failed') });
});
afterEach(() => capture.stop());

describe('images', () => {
  it('[R38] are told with each keyframe, if they are loaded', async () => {
    document.body.append(image('a', 40, 30), image('broken'));
    capture.start(NO_POLICY);
    expect(log).toEqual(['Meta', 'FullSnapshot', [['a', 40, 30]]]);
    capture.keyframe();
    await passed();
    expect(log.slice(3)).toEqual(['Meta', 'FullSnapshot', [['a', 40, 30]]]);
  });

  it('[R38] are told as they load, gathered, with the last size', async () => {
    const [one, other] = [image('one'), image('other')];
    document.body.append(one, other);
    capture.start(NO_POLICY);
    capture.keyframe();
    await passed();
    load(one, 10, 10);
    load(other, 20, 10);
    load(one, 30, 10);
    expect(told()).toEqual([]);
    await passed();
    expect(log.slice(4)).toEqual([
      [
        ['one', 30, 10],
        ['other', 20, 10],
      ],
    ]);
  });

  it('[R38] that come later are told', async () => {
    capture.start(NO_POLICY);
    const late = image('late');
    document.body.append(image('cached', 8, 8), late);
    await changed();
    await passed();
    load(late, 9, 9);
    await passed();
    expect(told()).toEqual([
      ['cached', 8, 8],
      ['late', 9, 9],
    ]);
  });

  it('[R38] in shadow roots and frames are told', async () => {
    const host = document.createElement('div');
    const shaded = image('shaded');
    host.attachShadow({ mode: 'open' }).append(shaded);
    const frame = document.createElement('iframe');
    document.body.append(host, frame);
    const framed = image('framed');
    frame.contentDocument?.body.append(framed);
    capture.start(NO_POLICY);
    await changed();
    load(shaded, 5, 6);
    load(framed, 7, 8);
    await passed();
    expect(told().sort()).toEqual([
      ['framed', 7, 8],
      ['shaded', 5, 6],
    ]);
  });

  it('[R38] are told before the page goes', () => {
    const last = image('last');
    document.body.append(last);
    capture.start(NO_POLICY);
    load(last, 1, 2);
    capture.settle();
    expect(told()).toEqual([['last', 1, 2]]);
  });

  it('[R38] are at most 2,000 at once', () => {
    document.body.append(...Array.from({ length: 2001 }, (_, at) => image(`i${at}`, 1, 1)));
    capture.start(NO_POLICY);
    expect(told()).toHaveLength(2000);
  });

  it('[R39] that are blocked, also later, or are gone from the page are not told', async () => {
    const [within, later, gone] = [image('within', 1, 1), image('later'), image('gone')];
    const blocked = document.createElement('div');
    blocked.dataset['footageBlock'] = '';
    blocked.append(within);
    const itself = image('itself', 2, 2);
    itself.dataset['footageBlock'] = '';
    document.body.append(blocked, itself, later, gone);
    capture.start(NO_POLICY);
    later.dataset['footageBlock'] = '';
    gone.remove();
    await changed();
    for (const each of [within, itself, later, gone]) load(each, 3, 3);
    await passed();
    expect(told()).toEqual([]);
  });

  it('[R39] are told no more once the recorder is off', async () => {
    const one = image('one');
    document.body.append(one);
    capture.start(NO_POLICY);
    load(one, 1, 1);
    capture.stop();
    await passed();
    expect(told()).toEqual([]);
  });
});
