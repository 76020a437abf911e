#!/usr/bin/env node
/** `npm start`: build what is not built yet, say so, and show the demo. Arguments are those of `voxhand demo`. */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { buildViewer, isViewerBuilt, newest } from './build-viewer.mjs';

const SOURCES = ['src', 'msgs', 'tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
const GENERATORS = ['hand-data', 'pose-mixture', 'messages'];
const BUILT = 'dist/.tsbuildinfo';

const say = (line) => process.stderr.write(`${`${(performance.now() / 1000).toFixed(1)} s`.padStart(7)}  ${line}\n`);

/** What tsc makes of src/, without types and without checking them: a second instead of half a minute. */
async function transpile() {
  const { transformWithOxc } = await import('vite');
  const files = readdirSync('src', { recursive: true }).map((file) => file.replaceAll('\\', '/'));
  for (const file of files) {
    if (!file.endsWith('.ts') || file.endsWith('.test.ts') || /^(viewer|pointer)\//.test(file)) continue;
    const source = `src/${file}`;
    const { code } = await transformWithOxc(readFileSync(source, 'utf8'), source, { target: 'es2022' });
    const output = `dist/${file.replace(/\.ts$/, '.js')}`;
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, code);
  }
}

const isCompiled = existsSync('dist/cli/main.js') && existsSync(BUILT) && newest(SOURCES) <= statSync(BUILT).mtimeMs;
if (!isCompiled) {
  say('Compiling TypeScript (types are checked by npm run build) ...');
  for (const what of GENERATORS) await import(`./generate-${what}.mjs`);
  await transpile();
}
if (!isViewerBuilt()) {
  say('Building the page ...');
  await buildViewer();
}
say('Starting the demo ...');
process.argv.splice(2, 0, 'demo');
await import('../dist/cli/main.js');
