#!/usr/bin/env node
/** Bundle src/viewer into dist/viewer, unless what is there is newer than all that it is made of. */
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

/** Of a file, or of the newest file below a folder. */
function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest(`${path}/${name}`)));
}

process.chdir(root);
const fresh = existsSync(BUILT) && Math.max(...SOURCES.map(newest)) <= statSync(BUILT).mtimeMs;
if (!fresh || process.argv.includes('--force')) {
  const { build } = await import('vite');
  await build({ configFile: 'src/viewer/vite.config.ts', logLevel: 'warn' });
}
