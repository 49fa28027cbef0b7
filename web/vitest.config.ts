import { defineConfig } from 'vitest/config';
import { leanRrweb } from './recorder/build/plugins.ts';

// Tests run in plain Node; one that needs a document says so in its first line
// (`// @vitest-environment happy-dom`).
export default defineConfig({
  define: { __SDK_VERSION__: '"test"' },
  // The recorder's rrweb as it is built; other parts need more of `@rrweb/types` than it has.
  plugins: [{ ...leanRrweb(), resolveId: () => null }],
  test: {
    server: { deps: { inline: [/@rrweb.record/] } },
    include: ['*/**/*.test.{ts,tsx}'],
    exclude: ['node_modules', 'dist'],
    environment: 'node',
    maxWorkers: 1,
    passWithNoTests: true,
  },
});
