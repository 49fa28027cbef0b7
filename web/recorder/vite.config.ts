import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';
import { fileGate, leanRrweb, leanSettings } from './build/plugins.ts';

const { version } = JSON.parse(
  readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8'),
) as { version: string };

/** What a visitor's browser may have to load, compressed. */
const GZIP_BYTES_MAX = 32 * 1024;

export default defineConfig({
  define: { __SDK_VERSION__: JSON.stringify(version) },
  plugins: [leanRrweb(), leanSettings(), fileGate('recorder.js', GZIP_BYTES_MAX)],
  build: {
    target: 'es2022',
    // What rrweb would say on the page's console is of no use to the page (R33).
    rolldownOptions: {
      treeshake: { manualPureFunctions: ['console.warn', 'console.error', 'console.debug'] },
    },
    lib: {
      entry: 'main.ts',
      formats: ['iife'],
      name: 'footageRecorder',
      fileName: () => 'recorder.js',
    },
  },
});
