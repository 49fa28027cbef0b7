import { defineConfig } from 'vitest/config';

// Tests run in plain Node; one that needs a document says so in its first line
// (`// @vitest-environment happy-dom`).
export default defineConfig({
  define: { __SDK_VERSION__: '"test"' },
  test: {
    include: ['*/**/*.test.{ts,tsx}'],
    exclude: ['node_modules', 'dist'],
    environment: 'node',
    maxWorkers: 1,
    passWithNoTests: true,
  },
});
