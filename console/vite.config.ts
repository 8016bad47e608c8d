// Builds the console into dist/console/. `npm run build` calls it.

import { fileURLToPath } from 'node:url';
import vue from '@vitejs/plugin-vue';
import elementStyles from 'unplugin-element-plus/vite';
import { defineConfig } from 'vite';
import { weighFirstRoute } from './weigh.ts';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  root: here('.'),
  base: '/console/',
  publicDir: false,
  cacheDir: here('../node_modules/.vite/console'),
  plugins: [vue(), elementStyles({}), weighFirstRoute()],
  resolve: {
    alias: {
      // The build without the message compiler: ours are functions already.
      'vue-i18n': 'vue-i18n/dist/vue-i18n.runtime.esm-bundler.js',
    },
  },
  define: {
    __VUE_OPTIONS_API__: false,
    __VUE_PROD_DEVTOOLS__: false,
    __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: false,
    __VUE_I18N_FULL_INSTALL__: false,
    __VUE_I18N_LEGACY_API__: false,
    __INTLIFY_PROD_DEVTOOLS__: false,
    __INTLIFY_DROP_MESSAGE_COMPILER__: true,
  },
  build: {
    outDir: here('../dist/console'),
    emptyOutDir: true,
    // Browsers with light-dark() and color-mix(), so that neither is rewritten.
    target: ['chrome123', 'firefox125', 'safari17.5'],
    cssTarget: ['chrome123', 'firefox125', 'safari17.5'],
    // No data: address passes the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        // What the first pages need is a few files, not thirty: fewer requests.
        codeSplitting: {
          groups: [{ name: 'base', minShareCount: 3 }],
        },
      },
    },
  },
  server: {
    host: '127.0.0.1',
    proxy: {
      '/api': 'http://127.0.0.1:8787',
      '/ws': { target: 'ws://127.0.0.1:8787', ws: true },
    },
  },
});
