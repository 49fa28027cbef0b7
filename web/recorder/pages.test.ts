// @vitest-environment happy-dom
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { limits } from '../shared/settings.ts';
import { clip, pageNow, watchPages } from './pages.ts';

// The document of these tests wants to be asked for listeners by its own window.
vi.mock('./natives.ts', async (original) => ({
  ...(await original<typeof import('./natives.ts')>()),
  listen: (target: EventTarget, type: string, run: () => void) => {
    target.addEventListener(type, run);
  },
}));

const moves: string[] = [];
watchPages((cause) => moves.push(`${cause} ${location.pathname}${location.hash}`));

beforeEach(() => {
  history.replaceState({}, '', '/start');
  moves.length = 0;
});

describe('pages', () => {
  it('[R31] tells of pushes and replaces, but not of a replace that changes nothing', () => {
    history.pushState({ a: 1 }, '', '/one');
    history.replaceState({}, '', '/two');
    history.replaceState({ state: 'only' }, '');
    history.pushState({}, '', '/two');
    expect(moves).toEqual(['push /one', 'replace /two', 'push /two']);
    expect(history.state).toEqual({});
  });

  it('[R31] tells a change of the fragment once', () => {
    history.replaceState({}, '', '/start#a');
    moves.length = 0;
    const before = location.href;
    Object.defineProperty(window, 'location', {
      configurable: true,
      value: { href: before.replace('#a', '#b'), pathname: '/start', hash: '#b' },
    });
    window.dispatchEvent(new Event('popstate'));
    window.dispatchEvent(new Event('hashchange'));
    expect(moves).toEqual(['hash /start#b']);
  });

  it('[R31] tells of back and forward', () => {
    Object.defineProperty(window, 'location', {
      configurable: true,
      value: { href: 'https://a.example/back', pathname: '/back', hash: '' },
    });
    window.dispatchEvent(new Event('popstate'));
    expect(moves).toEqual(['history /back']);
  });

  it('[R33] leaves the page its own errors, and nothing of ours', () => {
    const failing = vi.fn(() => {
      throw new Error('ours');
    });
    watchPages(failing);
    expect(() => history.pushState({}, '', '/x')).not.toThrow();
    expect(failing).toHaveBeenCalled();
    expect(() => history.pushState(() => undefined, '', 'https://other.example/')).toThrow();
  });
});

describe('page', () => {
  it('[R7] leaves without its query, unless the site keeps it', () => {
    const href = 'https://a.example/p?secret=1#frag';
    Object.defineProperty(window, 'location', { configurable: true, value: { href } });
    document.title = 'A title';
    expect(pageNow(false)).toMatchObject({ url: 'https://a.example/p#frag', title: 'A title' });
    expect(pageNow(true).url).toBe(href);
  });

  it('fits the protocol whatever the page says', () => {
    Object.defineProperty(window, 'location', {
      configurable: true,
      value: { href: `https://a.example/${'ü'.repeat(9000)}` },
    });
    document.title = `\0${'🛒'.repeat(5000)}`;
    const { url, title } = pageNow(false);
    expect(new TextEncoder().encode(url).length).toBeLessThanOrEqual(limits.url_bytes_max);
    expect(title).toBe('🛒'.repeat(limits.title_bytes_max / 4));
  });

  it.each([
    ['short', 10, 'short'],
    ['exactly', 7, 'exactly'],
    ['too long', 3, 'too'],
    ['aü', 2, 'a'],
    ['a🛒', 4, 'a'],
  ])('clips %s to %d bytes', (text, bytes, clipped) => {
    expect(clip(text, bytes)).toBe(clipped);
  });
});
