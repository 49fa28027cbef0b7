// @vitest-environment happy-dom
// @vitest-environment-options {"settings": {"enableIframePageLoading": true}}
import { record } from '@rrweb/record';
import { EventType, type eventWithTime, IncrementalSource } from '@rrweb/types';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';

// rrweb asks for them, and happy-dom has them elsewhere.
vi.stubGlobal('NodeList', class {});
vi.stubGlobal('DOMTokenList', class {});
// rrweb would take another than the browser's own out of a frame, where happy-dom's does not work.
MutationObserver.toString = () => '[native code]';

/** The tags that were told as added. */
let added: string[];
let stop: (() => void) | undefined;

function note({ type, data }: eventWithTime): void {
  if (type !== EventType.IncrementalSnapshot || data.source !== IncrementalSource.Mutation) return;
  for (const { node } of data.adds) {
    if ('tagName' in node) added.push(node.tagName);
  }
}

function told(what: string): Promise<void> {
  return vi.waitFor(() => expect(added).toContain(what));
}

beforeEach(() => {
  added = [];
  stop = record({ emit: note });
});
afterEach(() => stop?.());

it('[R40] records what a document gets that is written anew, and what happens in it later', async () => {
  document.documentElement.remove();
  const anew = document.createElement('html');
  anew.append(document.createElement('body'));
  document.append(anew);
  await told('body');
  anew.querySelector('body')?.append(document.createElement('mark'));
  await told('mark');
});
