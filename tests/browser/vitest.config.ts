import { defineConfig } from 'vitest/config';

// Each file starts a server and a browser of its own; two of them at a time.
export default defineConfig({
  test: {
    include: ['*.test.ts'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
