// Where the visitor is: the address now, and each change of it, which rrweb does not tell.
import { limits } from '../shared/settings.ts';
import type { Page, PageCause } from '../shared/wire.ts';
import { guard, listen } from './natives.ts';
import { stripUrl } from './urls.ts';

const utf8 = new TextEncoder();

/** At most `bytesMax` bytes of UTF-8, no character cut in two, no U+0000. */
export function clip(text: string, bytesMax: number): string {
  const clean = text.replaceAll('\0', '');
  if (clean.length * 3 <= bytesMax) return clean;
  return clean.slice(0, utf8.encodeInto(clean, new Uint8Array(bytesMax)).read);
}

function pixels(size: number): number {
  return Math.max(0, Math.round(size));
}

export function pageNow(keepQuery: boolean): Page {
  const url = (of: string) => clip(keepQuery ? of : stripUrl(of), limits.url_bytes_max);
  return {
    url: url(location.href),
    title: clip(String(document.title), limits.title_bytes_max),
    referrer: url(document.referrer),
    viewport_width: pixels(innerWidth),
    viewport_height: pixels(innerHeight),
    time_zone: clip(
      Intl.DateTimeFormat().resolvedOptions().timeZone ?? '',
      limits.time_zone_bytes_max,
    ),
  };
}

function withoutHash(url: string): string {
  return url.split('#', 1)[0] ?? '';
}

/** Tells `moved` of every change of address until the page ends. */
export function watchPages(moved: (cause: PageCause) => void): void {
  let href = location.href;
  const tell = guard((cause: PageCause) => {
    // A replace that changes nothing is a framework keeping its state.
    if (cause === 'replace' && location.href === href) return;
    href = location.href;
    moved(cause);
  });
  for (const [name, cause] of [
    ['pushState', 'push'],
    ['replaceState', 'replace'],
  ] as const) {
    const original = history[name];
    history[name] = function (this: History, ...args: Parameters<History['pushState']>) {
      original.apply(this, args);
      tell(cause);
    };
  }
  listen(window, 'popstate', () => {
    // A change of nothing but the fragment is told by `hashchange`, which follows.
    const onlyHash = location.href !== href && withoutHash(location.href) === withoutHash(href);
    if (!onlyHash) tell('history');
  });
  listen(window, 'hashchange', () => tell('hash'));
}
