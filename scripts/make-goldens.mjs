#!/usr/bin/env node
/**
 * Make the golden results of recordings/ anew, with the present code, the default model and the default configuration:
 *
 *   npm run goldens -- "why the results may change"
 *   npm run goldens -- "..." --dry-run      say what would change
 *   npm run goldens -- "..." demo hard      only some of them
 *
 * Each golden recording keeps the reasons and digests of the times before (`voxhand info`). One whose results and origin are the
 * same stays as it is. Their tolerances are written by hand.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Recordings, and the options that their results are made with. */
const OPTIONS = {
  demo: [],
  hard: [],
  sr305: [],
  'two-hands': [],
  gestures: ['--gestures', 'launch/gestures/contactless.yaml'],
  everyday: ['--gestures', 'recordings/everyday.gestures.yaml'],
  'two-cameras': ['--config', 'examples/two-cameras.params.yaml'],
};
const NAMES = Object.keys(OPTIONS);
const root = fileURLToPath(new URL('..', import.meta.url));
const [reason = '', ...rest] = process.argv.slice(2);
const dryRun = rest.includes('--dry-run');
const names = rest.filter((name) => name !== '--dry-run');
const unknown = names.filter((name) => !NAMES.includes(name));
if (reason.trim() === '' || reason.startsWith('--') || unknown.length > 0) {
  console.error(`usage: npm run goldens -- "reason" [--dry-run] [${NAMES.join(' | ')}]`);
  process.exit(2);
}

const folder = mkdtempSync(join(tmpdir(), 'voxhand-goldens-'));
try {
  mkdirSync(join(root, 'recordings/goldens'), { recursive: true });
  for (const name of names.length > 0 ? names : NAMES) {
    const results = join(folder, `${name}.mcap`);
    const input = `recordings/${name}.mcap`;
    voxhand(
      'replay',
      input,
      '-o',
      results,
      '--depth',
      'none',
      '--no-raw-joints',
      '--quiet',
      '--json',
      ...OPTIONS[name],
    );
    const golden = `recordings/goldens/${name}.golden.mcap`;
    console.log(voxhand('bless', results, golden, '--reason', reason, ...(dryRun ? ['--dry-run'] : [])));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function voxhand(...args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status === 0) return stdout.trimEnd();
  console.error(`voxhand ${args.join(' ')} ended with ${status}\n${stderr}`);
  process.exit(1);
}
