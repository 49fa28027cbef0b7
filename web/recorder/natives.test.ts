import { afterEach, describe, expect, it, vi } from 'vitest';
import { clock, guard, listen, report, setDebug } from './natives.ts';

/** Stands for the browser's, which Node lacks: keeps what was asked for. */
const idle = vi.hoisted(() => {
  const asked: { run: IdleRequestCallback; options: IdleRequestOptions | undefined }[] = [];
  globalThis.requestIdleCallback = (run, options) => asked.push({ run, options });
  return asked;
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('natives', () => {
  it('[R35] are not the ones the page put in their place', async () => {
    const broken = () => {
      throw new Error('the page broke this');
    };
    vi.stubGlobal('setTimeout', broken);
    vi.stubGlobal('clearTimeout', broken);
    vi.spyOn(Date, 'now').mockImplementation(broken);
    vi.spyOn(EventTarget.prototype, 'addEventListener').mockImplementation(broken);
    expect(clock.now()).toBeGreaterThan(1_700_000_000_000);
    await new Promise<void>((done) => clock.after(1, done));
    clock.after(1, () => undefined)();
    const target = new EventTarget();
    const heard = vi.fn();
    const stop = listen(target, 'x', heard);
    target.dispatchEvent(new Event('x'));
    stop();
    target.dispatchEvent(new Event('x'));
    expect(heard).toHaveBeenCalledTimes(1);
  });

  it('[R26] wait until the page is idle, but not for ever', () => {
    const run = vi.fn();
    clock.whenIdle(5000, run);
    expect(run).not.toHaveBeenCalled();
    expect(idle).toMatchObject([{ options: { timeout: 5000 } }]);
    idle[0]?.run({ didTimeout: false, timeRemaining: () => 1 });
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('[R33] lets no failure of ours out, and tells of the first where it is asked to', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
    const fail = guard(() => {
      throw new Error('ours');
    });
    setDebug(true);
    expect(fail).not.toThrow();
    fail();
    report('another');
    expect(warn).toHaveBeenCalledTimes(1);
  });
});
