// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Options } from './recorder.ts';

const made = vi.hoisted(() => ({ log: [] as unknown[], listeners: new Map<string, () => void>() }));

vi.mock('./recorder.ts', () => ({
  Recorder: class {
    constructor(options: Options) {
      made.log.push(options);
    }
    start(): void {
      made.log.push('start');
    }
    stop(): void {
      made.log.push('stop');
    }
    setConsent(granted: boolean): void {
      made.log.push(['consent', granted]);
    }
    identify(user: string, traits: object): void {
      made.log.push(['identify', user, traits]);
    }
    tag(key: string, value: string): void {
      made.log.push(['tag', key, value]);
    }
  },
}));

vi.mock('./natives.ts', async (original) => ({
  ...(await original<typeof import('./natives.ts')>()),
  listen: (_target: EventTarget, type: string, run: () => void) => {
    made.listeners.set(type, run);
    return () => made.listeners.delete(type);
  },
}));

const OPTIONS = { siteKey: 'key', origin: 'https://footage.example', consentRequired: false };

async function load(attributes = 'data-site="key"'): Promise<void> {
  vi.resetModules();
  document.body.innerHTML = `<script src="https://footage.example/recorder.js" ${attributes}></script>`;
  await import('./main.ts');
}

beforeEach(() => {
  made.log = [];
  made.listeners.clear();
  delete window.footage;
});

describe('script tag', () => {
  it('starts the recorder of its site, at its own origin', async () => {
    await load();
    expect(made.log).toEqual([OPTIONS, 'start']);
  });

  it('[R10] says that consent is required', async () => {
    await load('data-site="key" data-consent="required"');
    expect(made.log[0]).toEqual({ ...OPTIONS, consentRequired: true });
  });

  it('obeys what the page said before and after it was loaded', async () => {
    const early = [
      ['identify', 'u', { plan: 'pro' }],
      ['tag', 'k', 1],
    ];
    window.footage = Object.assign(() => undefined, { q: early });
    await load();
    window.footage?.('consent', true);
    window.footage?.('consent', 'yes');
    window.footage?.('stop');
    window.footage?.('start');
    window.footage?.('identify', 'u');
    window.footage?.('dance');
    expect(made.log.slice(1)).toEqual([
      ['identify', 'u', { plan: 'pro' }],
      ['tag', 'k', '1'],
      'start',
      ['consent', true],
      ['consent', false],
      'stop',
      'start',
      ['identify', 'u', {}],
    ]);
  });

  it('does nothing a second time, or without a site', async () => {
    await load();
    await load();
    expect(made.log).toHaveLength(2);
    delete window.footage;
    await load('');
    expect(made.log).toHaveLength(2);
  });

  it('[R36] waits on a page that is rendered ahead', async () => {
    Object.defineProperty(document, 'prerendering', { value: true, configurable: true });
    await load();
    expect(made.log).toEqual([OPTIONS]);
    made.listeners.get('prerenderingchange')?.();
    expect(made.log).toEqual([OPTIONS, 'start']);
    Reflect.deleteProperty(document, 'prerendering');
  });

  it('[R33] throws nothing into the page, whatever it is told', async () => {
    await load();
    const odd = {
      toString() {
        throw new Error('odd');
      },
    };
    expect(() => window.footage?.('tag', odd, odd)).not.toThrow();
    expect(() => window.footage?.()).not.toThrow();
  });
});
