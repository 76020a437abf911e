import { defineConfig } from 'vite';

/** The pages as plain files under dist/viewer, with everything in them: nothing is fetched from elsewhere at run time. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  publicDir: false,
  build: {
    outDir: '../../dist/viewer',
    emptyOutDir: true,
    target: 'es2022',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    license: { fileName: 'licenses.md' },
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: ['index.html', 'contactless.html'].map((page) => `${import.meta.dirname}/${page}`),
      treeshake: {
        // Tables of all known message types: a channel brings its own schema along, so the page needs none of them.
        moduleSideEffects: (id) => !/@foxglove\/(rosmsg-msgs-common|schemas)\//.test(id),
      },
    },
  },
});
