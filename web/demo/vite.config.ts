import { defineConfig } from 'vite';

// Three pages with relative addresses, so that the shop works below any path.
export default defineConfig({
  base: './',
  build: {
    target: 'es2022',
    assetsDir: '.',
    modulePreload: false,
    assetsInlineLimit: 0,
    rolldownOptions: { input: ['index.html', 'checkout.html', 'orders.html'] },
  },
});
