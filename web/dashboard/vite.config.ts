import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// No inline script and no data address for scripts: the dashboard's policy is `script-src 'self'`.
export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
  },
});
