import { defineConfig } from 'vite';

// One script and one stylesheet, no dynamic import and no inline script: the document's policy
// lets only tags with the server's nonce run. The server replaces `__NONCE__` on every answer.
export default defineConfig({
  base: '/player-assets/',
  html: { cspNonce: '__NONCE__' },
  build: {
    modulePreload: false,
    assetsDir: '.',
    // The first that know `light-dark()`.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    chunkSizeWarningLimit: 700,
  },
});
