#!/usr/bin/env node
/** Bundle the page into dist/viewer, unless what is there is newer than all that it is made of. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
/** What the page is made of: see the layer rule of viewer/ in .dependency-cruiser.cjs. */
const SOURCES = [
  'src/viewer',
  'src/hand',
  'src/depth',
  'src/messages',
  'src/transport/foxglove/protocol',
  'package-lock.json',
];
const BUILT = 'dist/viewer/index.html';

/** Of files, and of the newest files below folders: time of the last change, milliseconds. */
export function newest(paths) {
  const times = paths.map((path) => {
    const stat = statSync(path);
    return stat.isDirectory() ? newest(readdirSync(path).map((name) => `${path}/${name}`)) : stat.mtimeMs;
  });
  return Math.max(...times);
}

export function isViewerBuilt() {
  return existsSync(BUILT) && newest(SOURCES) <= statSync(BUILT).mtimeMs;
}

export async function buildViewer() {
  const { build } = await import('vite');
  await build({ configFile: 'src/viewer/vite.config.ts', logLevel: 'warn' });
}

process.chdir(root);
if (process.argv[1] === fileURLToPath(import.meta.url) && (!isViewerBuilt() || process.argv.includes('--force'))) {
  await buildViewer();
}
