#!/usr/bin/env node
/**
 * Make the recordings of recordings/ anew: the same bytes each time, on the same version of Node.
 *
 *   npm run recordings                 the synthetic ones
 *   npm run recordings -- FOLDER       the real one too, from the data folder of LadaOndris/hand-recognition that holds the
 *                                      two sequences named below (see recordings/README.md)
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const SEQUENCES = ['20210326-230536', '20210326-231615'];

function voxhand(...args) {
  execFileSync(process.execPath, [join(root, 'dist/cli/main.js'), ...args], { cwd: root, stdio: 'inherit' });
}

voxhand('synth', '-o', 'recordings/demo.mcap', '--preset', 'demo', '--seconds', '6', '--fps', '25', '--seed', '1');
voxhand(
  'synth',
  '-o',
  'recordings/hard.mcap',
  '--preset',
  'hard',
  '--seconds',
  '7',
  '--camera',
  'small',
  '--seed',
  '1',
);

const contactless = ['--preset', 'contactless', '--camera', 'small', '--fps', '15', '--seconds', '26.6', '--seed', '1'];
voxhand('synth', '-o', 'recordings/contactless.mcap', ...contactless);

const small = ['--camera', 'small', '--fps', '15'];
voxhand(
  'synth',
  '-o',
  'recordings/two-hands.mcap',
  '--preset',
  'two-hands',
  ...small,
  '--seconds',
  '5',
  '--seed',
  '18',
);
voxhand(
  'synth',
  '-o',
  'recordings/gestures.mcap',
  '--preset',
  'gestures',
  ...small,
  '--seconds',
  '7.5',
  '--seed',
  '17',
);
voxhand('synth', '-o', 'recordings/everyday.mcap', '--preset', 'everyday', ...small, '--seconds', '8', '--seed', '3');

voxhand(
  'synth',
  '-o',
  'recordings/two-cameras.mcap',
  '--preset',
  'two-cameras',
  '--motion',
  'objects',
  ...small,
  '--frames',
  '30',
  '--phase',
  '0.2',
  '--seed',
  '9001',
);

const [real] = process.argv.slice(2);
if (real !== undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'voxhand-sr305-'));
  for (const sequence of SEQUENCES) {
    for (const file of readdirSync(join(real, sequence))) {
      symlinkSync(resolve(real, sequence, file), join(folder, `${sequence}-${file}`));
    }
  }
  const camera = [
    '--fx',
    '476.007',
    '--fy',
    '476.007',
    '--cx',
    '313.683',
    '--cy',
    '242.755',
    '--depth-unit',
    '0.000125',
  ];
  voxhand('import', folder, ...camera, '--fps', '5', '-o', 'recordings/sr305.mcap');
  rmSync(folder, { recursive: true });
}
