// The browser's own functions, taken before the page can replace them, and the walls between the
// page and us: nothing here may throw into the page.

const {
  setTimeout: originalSetTimeout,
  clearTimeout: originalClearTimeout,
  fetch: originalFetch,
  requestIdleCallback: originalIdle,
  WebSocket: originalWebSocket,
  crypto,
  console: log,
} = globalThis;
const originalNow = Date.now;
const originalRandom = Math.random;
const { addEventListener, removeEventListener } = EventTarget.prototype;

/** Time and timers, so that tests can bring their own. */
export type Clock = {
  now(): number;
  /** Calls `run` once after `ms`; the returned function takes it back. */
  after(ms: number, run: () => void): () => void;
  /** Calls `run` once the page has nothing to do, at the latest after `ms`. */
  whenIdle(ms: number, run: () => void): void;
  /** Between 0 and 1. */
  random(): number;
};

let debug = false;
let reported = false;

/** With `data-debug` the first failure of our own is written to the console. */
export function setDebug(on: boolean): void {
  debug = on;
}

export function report(error: unknown): void {
  if (debug && !reported) log.warn('footage:', error);
  reported = true;
}

/** Wraps a callback so that a failure of ours never reaches the page. */
export function guard<A extends unknown[]>(run: (...args: A) => void): (...args: A) => void {
  return (...args) => {
    try {
      run(...args);
    } catch (error) {
      report(error);
    }
  };
}

export const clock: Clock = {
  now: () => Math.trunc(originalNow()),
  after(ms, run) {
    const timer = originalSetTimeout.call(globalThis, guard(run), ms);
    return () => originalClearTimeout.call(globalThis, timer);
  },
  whenIdle(ms, run) {
    // Safari has none.
    if (originalIdle) originalIdle.call(globalThis, guard(run), { timeout: ms });
    else clock.after(0, run);
  },
  random: () => originalRandom(),
};

const CAPTURE = { capture: true };

/** Listens in the capturing phase, so that a page that stops its events does not hide them. */
export function listen(target: EventTarget, type: string, run: (event: Event) => void): () => void {
  const guarded = guard(run);
  listenOnce(target, type, guarded);
  return () => removeEventListener.call(target, type, guarded, CAPTURE);
}

/** Listens for good; a function that listens there already does not listen twice. */
export function listenOnce(
  target: EventTarget,
  type: string,
  guarded: (event: Event) => void,
): void {
  addEventListener.call(target, type, guarded, CAPTURE);
}

export function randomBytes(size: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(size));
}

export function openSocket(url: string, subprotocol: string): WebSocket {
  return new originalWebSocket(url, subprotocol);
}

export function request(url: string, init: RequestInit): Promise<Response> {
  return originalFetch.call(globalThis, url, init);
}
