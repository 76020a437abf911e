#!/usr/bin/env node
/** `npm start`: build what is not built yet, say so, and show the demo. Arguments are those of `voxhand demo`. */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { buildViewer, isViewerBuilt, newest } from './build-viewer.mjs';

const SOURCES = ['src', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
const BUILT = 'dist/.tsbuildinfo';

const say = (line) => process.stderr.write(`${`${(performance.now() / 1000).toFixed(1)} s`.padStart(7)}  ${line}\n`);

const isCompiled = existsSync('dist/cli/main.js') && existsSync(BUILT) && newest(SOURCES) <= statSync(BUILT).mtimeMs;
if (!isCompiled) {
  say('Compiling TypeScript (half a minute the first time) ...');
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json'], { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
if (!isViewerBuilt()) {
  say('Building the page ...');
  await buildViewer();
}
say('Starting the demo ...');
process.argv.splice(2, 0, 'demo');
await import('../dist/cli/main.js');
