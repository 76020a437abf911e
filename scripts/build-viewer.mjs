#!/usr/bin/env node
/** Bundle the pages into dist/viewer and `voxhand/pointer` into one file, unless what is there is newer than all that they are made of. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What the page is made of: see the layer rule of viewer/ in .dependency-cruiser.cjs. */
const SOURCES = [
  'src/viewer',
  'src/pointer',
  ...['errors', 'geometry', 'timing', 'hand', 'depth', 'kinematics', 'synthetic', 'messages'].map(
    (name) => `src/${name}`,
  ),
  'src/transport/foxglove',
  'src/recording/player',
  'package-lock.json',
];
const BUILT = ['dist/viewer/index.html', 'dist/pointer/index.js'];

/** Of files, and of the newest files below folders: time of the last change, milliseconds. */
export function newest(paths) {
  const times = paths.map((path) => {
    const stat = statSync(path);
    return stat.isDirectory() ? newest(readdirSync(path).map((name) => `${path}/${name}`)) : stat.mtimeMs;
  });
  return Math.max(...times);
}

export function isViewerBuilt() {
  const changed = newest(SOURCES);
  return BUILT.every((file) => existsSync(file) && changed <= statSync(file).mtimeMs);
}

export async function buildViewer() {
  const { build } = await import('vite');
  await build({ configFile: 'src/viewer/vite.config.ts', logLevel: 'warn' });
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    build: {
      lib: { entry: 'src/pointer/index.ts', formats: ['es'], fileName: 'index' },
      outDir: 'dist/pointer',
      emptyOutDir: false,
      target: 'es2022',
      minify: true,
    },
  });
}

process.chdir(root);
if (process.argv[1] === fileURLToPath(import.meta.url) && (!isViewerBuilt() || process.argv.includes('--force'))) {
  await buildViewer();
}
