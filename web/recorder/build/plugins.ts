// How the recorder is built small: what of rrweb and of the settings is left out, and the gate on
// the size.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { lean } from './rrweb.ts';

const RRWEB = /@rrweb\/record\/dist\/record\.js$/;

/** Makes `@rrweb/record` smaller, and cures it. A version without the marks of the pinned one fails the build. */
export function leanRrweb(): Plugin {
  return {
    name: 'lean-rrweb',
    enforce: 'pre',
    resolveId(id) {
      return id === '@rrweb/types' ? this.resolve('@rrweb/record') : null;
    },
    transform: {
      filter: { id: RRWEB },
      handler: (original) => ({ code: lean(original), map: null }),
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
