/** What training/voxhand_training/baselines.py has measured, and how to have it measured. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const NUMBERS = ['parameters', 'epoch', 'samples', 'meanMm', 'medianMm', 'p95Mm', 'framesWithin20', 'seconds'];
const TEXTS = ['name', 'input', 'output'];
const TABLES = ['representation', 'width', 'loss'];

/**
 * The file's contents; undefined where there is none.
 *
 * @throws Error naming the place where it is not as agreed
 */
export function readBaselines(file) {
  if (!existsSync(file)) return undefined;
  const refuse = (place, expected) => {
    throw new Error(`${file}: ${place}: expected ${expected}`);
  };
  let baselines;
  try {
    baselines = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`${file} is not JSON: ${cause.message}`, { cause });
  }
  if (!Array.isArray(baselines?.rows)) refuse('rows', 'a list');
  baselines.rows.forEach((row, i) => {
    for (const key of NUMBERS) if (!Number.isFinite(row?.[key])) refuse(`rows.${i}.${key}`, 'a number');
    for (const key of TEXTS) if (typeof row[key] !== 'string') refuse(`rows.${i}.${key}`, 'a text');
    if (!TABLES.includes(row.table)) refuse(`rows.${i}.table`, TABLES.join(', '));
  });
  return baselines;
}

/** Write the sequences where they are missing, train, and bring the figures to `file`. Takes most of an hour. */
export function trainBaselines(root, file, { frames, epochs }) {
  const run = (command, args, cwd) => {
    const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' });
    if (error) throw error;
    if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}`);
  };
  const training = join(root, 'training');
  if (!existsSync(join(training, 'runs/sequences/sequences.json'))) {
    run(process.execPath, ['scripts/paper/dump-sequences.mjs', 'training/runs/sequences'], root);
  }
  const options = ['--run', 'runs/baselines', '--sequences', 'runs/sequences', '--frames', frames, '--epochs', epochs];
  run('python3', ['-m', 'voxhand_training.baselines', ...options], training);
  copyFileSync(join(training, 'runs/baselines/baselines.json'), file);
}
