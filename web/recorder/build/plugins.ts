// How the recorder is built small: what of rrweb and of the settings is left out, and the gate on
// the size.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';

const RRWEB = /@rrweb\/record\/dist\/record\.js$/;

/**
 * What of rrweb we never switch on: from a mark, up to a mark, what stands there instead.
 *
 * Its published form is one file, so nothing but cutting leaves these out.
 */
const CUTS: readonly (readonly [part: string, from: string, to: string, instead: string])[] = [
  [
    'canvas and image data',
    'if (tagName === "canvas" && recordCanvas) {',
    'if (["audio", "video"]',
    '',
  ],
  ['the warning of an old name', 'const DEPARTED_MIRROR', 'function throttle(', ''],
  [
    'fonts',
    'function initFontObserver({',
    'function initSelectionObserver(',
    'function initFontObserver() {}\n',
  ],
  ['hooks', 'function mergeHooks(', 'function initObservers(', 'function mergeHooks() {}\n'],
  [
    'ids of foreign frames',
    'class CrossOriginIframeMirror {',
    'class IframeManager {',
    'class CrossOriginIframeMirror {}\n',
  ],
  ['messages of foreign frames', '  handleMessage(message) {', 'class ShadowDomManager {', '}\n'],
  [
    'canvas and its worker',
    'var chars = "ABC',
    'class StylesheetManager {',
    'class CanvasManager { freeze() {} unfreeze() {} lock() {} unlock() {} reset() {} }\n',
  ],
];

/** Names of event types, taken from rrweb itself instead of a second copy in `@rrweb/types`. */
const EVENT_NAMES = 'EventType, IncrementalSource, MouseInteractions, NodeType';

/** Makes `@rrweb/record` smaller. A version without the marks of the pinned one fails the build. */
export function leanRrweb(): Plugin {
  return {
    name: 'lean-rrweb',
    enforce: 'pre',
    resolveId(id) {
      return id === '@rrweb/types' ? this.resolve('@rrweb/record') : null;
    },
    transform: {
      filter: { id: RRWEB },
      handler(original) {
        let code = original;
        for (const [part, from, to, instead] of CUTS) {
          const start = code.indexOf(from);
          const end = code.indexOf(to, start);
          if (start < 0 || end < 0) this.error(`rrweb changed: no mark of ${part}`);
          code = code.slice(0, start) + instead + code.slice(end);
        }
        return { code: `${code}\nexport { ${EVENT_NAMES} };`, map: null };
      },
    },
  };
}

type Settings = {
  [part: string]: unknown;
  close_codes: { code: number; name: string; retry: string }[];
};

/**
 * Writes each `limits.…` and `intervals.…` of our sources as its number, and leaves the words that
 * only people read out of the close codes.
 */
export function leanSettings(): Plugin {
  const path = fileURLToPath(new URL('../../../protocol/settings.json', import.meta.url));
  const settings = JSON.parse(readFileSync(path, 'utf8')) as Settings;
  const codes = settings.close_codes.map(({ code, name, retry }) => ({ code, name, retry }));
  return {
    name: 'lean-settings',
    enforce: 'pre',
    load(id) {
      const left = { ...settings, limits: {}, intervals: {}, keyframe: {}, close_codes: codes };
      return id === path ? JSON.stringify(left) : null;
    },
    transform: {
      filter: { id: /\/web\/(recorder|shared)\/[^/]*\.ts$/ },
      handler(code) {
        const replaced = code.replace(/(?<![.\w])(limits|intervals)\.(\w+)/g, (_, part, name) => {
          const value = (settings[part] as Record<string, number>)[name];
          if (value === undefined) this.error(`no setting ${part}.${name}`);
          return String(value);
        });
        return { code: replaced, map: null };
      },
    },
  };
}

/**
 * Fails the build when a file grows over its budget, or holds anything but ASCII: a script takes the
 * encoding of the page it is on.
 */
export function fileGate(fileName: string, gzipBytesMax: number): Plugin {
  return {
    name: 'file-gate',
    generateBundle(_options, bundle) {
      const file = bundle[fileName];
      if (file?.type !== 'chunk') this.error(`${fileName} was not built`);
      if (/[^\n -~]/.test(file.code)) this.error(`${fileName} is not plain ASCII`);
      const size = gzipSync(file.code, { level: 9 }).length;
      console.warn(`${fileName}: ${size} bytes gzipped, budget ${gzipBytesMax}`);
      if (size > gzipBytesMax) this.error(`${fileName} is over its budget`);
    },
  };
}
