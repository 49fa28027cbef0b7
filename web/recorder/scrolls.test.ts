// @vitest-environment happy-dom
// @vitest-environment-options {"settings": {"enableIframePageLoading": true}}
import { record, tellScrolls } from '@rrweb/record';
import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

// rrweb asks for them, and happy-dom has them elsewhere.
vi.stubGlobal('NodeList', class {});
vi.stubGlobal('DOMTokenList', class {});

type Told = [name: string, x: number, y: number];

let told: Told[];
let stop: (() => void) | undefined;

function find(id: string): Element {
  const element = document.getElementById(id);
  if (!element) throw new Error(`no ${id}`);
  return element;
}

function scroll(element: Element, y: number): void {
  element.scrollTop = y;
  element.dispatchEvent(new Event('scroll'));
}

function note({ type, data }: eventWithTime): void {
  if (type !== EventType.IncrementalSnapshot || data.source !== IncrementalSource.Scroll) return;
  const node = record.mirror.getNode(data.id);
  told.push([node instanceof Element ? node.id : '', data.x, data.y]);
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  told = [];
  document.body.innerHTML =
    '<div id="a"></div><div id="b"></div><div id="blocked"><div id="within"></div></div>';
  stop = record({ emit: note, blockSelector: '#blocked' });
});
afterEach(() => {
  stop?.();
  vi.useRealTimers();
});

describe('scrolls', () => {
  it('[R37] are told with the last position of each element, however many scroll at once', () => {
    for (let y = 1; y <= 5; y += 1) {
      scroll(find('a'), y);
      scroll(find('b'), y * 10);
      vi.advanceTimersByTime(10);
    }
    vi.advanceTimersByTime(100);
    expect(told.filter(([id]) => id === 'a').at(-1)).toEqual(['a', 0, 5]);
    expect(told.filter(([id]) => id === 'b').at(-1)).toEqual(['b', 0, 50]);
    const { length } = told;
    expect(length).toBeLessThan(6);
    vi.advanceTimersByTime(1000);
    tellScrolls();
    expect(told).toHaveLength(length);
  });

  it('[R37] are told at once when nothing may come after', () => {
    scroll(find('a'), 1);
    scroll(find('a'), 2);
    scroll(find('b'), 3);
    expect(told).toEqual([['a', 0, 1]]);
    tellScrolls();
    expect(told.slice(1)).toEqual([
      ['a', 0, 2],
      ['b', 0, 3],
    ]);
  });

  it('[R4] [R37] are not told of what is blocked, gone or not recorded', () => {
    const late = document.createElement('p');
    scroll(find('a'), 1);
    scroll(find('blocked'), 1);
    scroll(find('within'), 1);
    const gone = find('b');
    scroll(gone, 1);
    gone.remove();
    // As rrweb does once it hears of it.
    record.mirror.removeNodeFromMap(gone);
    document.body.append(late);
    scroll(late, 1);
    tellScrolls();
    expect(told).toEqual([['a', 0, 1]]);
  });

  it('[R37] are not told after the end', () => {
    scroll(find('a'), 1);
    scroll(find('b'), 1);
    stop?.();
    stop = undefined;
    tellScrolls();
    vi.advanceTimersByTime(1000);
    expect(told).toEqual([['a', 0, 1]]);
  });
});
