import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// No inline script and no data address for scripts: the dashboard's policy is `script-src 'self'`.
export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    // The first that know `light-dark()` and `URL.parse`.
    target: ['chrome126', 'firefox126', 'safari18'],
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
  },
});
