import { defineConfig } from 'vitest/config';

// `npm run screenshot`: not a test, but made with the same server, shop and dashboard.
export default defineConfig({
  test: { include: ['screenshot.ts'], testTimeout: 120_000, hookTimeout: 120_000 },
});
