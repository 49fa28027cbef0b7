import { defineConfig } from 'vitest/config';

// `make bench`: no test, since a busy machine would fail it; made with the same server and dashboard.
export default defineConfig({
  test: {
    root: import.meta.dirname,
    include: ['bench.ts'],
    testTimeout: 300_000,
    hookTimeout: 600_000,
  },
});
