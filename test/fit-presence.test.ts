import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { PRESENCE_FEATURES } from '../src/detection/presence.js';
import { SeededRandom } from '../src/geometry/random.js';

const script = (name: string) => fileURLToPath(new URL(`../scripts/${name}`, import.meta.url));
const WEIGHTS = script('../src/detection/presence-weights.ts');
const run = (...args: string[]) => promisify(execFile)(process.execPath, [script('fit-presence.mjs'), ...args]);

/** Frames whose hands are there with a probability that their confidence and proportions say. */
function samples(count: number): string {
  const random = new SeededRandom(7);
  const lines = Array.from({ length: count }, (_, n) => {
    // hands of a possible size: twice or half of an adult's scores 0
    const most = (name: string) => (name === 'first' ? 0 : name === 'size' ? 0.5 : 1);
    const features = PRESENCE_FEATURES.map((name) => random.uniform(0, most(name)));
    const sum = 8 * (features[0] - 0.5) - 4 * (features[3] - 0.5);
    const present = random.uniform(0, 1) < 1 / (1 + Math.exp(-sum));
    return JSON.stringify({ features, errorMm: present ? random.uniform(0, 20) : n % 2 ? null : 50, sequence: n % 50 });
  });
  return `${lines.join('\n')}\n`;
}

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'voxhand-presence-')), 'samples.jsonl');
  writeFileSync(path, text);
  return path;
}

describe('the fit of the presence score', () => {
  it('is calibrated on sequences that it has not seen, ten bins of the score', async () => {
    const before = readFileSync(WEIGHTS, 'utf8');
    const { stdout } = await run(file(samples(6000)), '--dry');
    const rows = stdout.split('\n').filter((line) => /^\| \d/.test(line));
    expect(rows).toHaveLength(10);
    for (const row of rows) {
      const [, , frames, mean, share] = row.split('|').map((cell) => cell.trim());
      if (Number(frames) > 100) expect(Math.abs(Number(mean) - Number(share))).toBeLessThan(0.12);
    }
    const [, gap, brier] = /calibration error (\d\.\d+), Brier score (\d\.\d+)/.exec(stdout) ?? [];
    expect(Number(gap)).toBeLessThan(0.05);
    expect(Number(brier)).toBeLessThan(0.18); // 0.25 for a score that knows nothing
    expect(readFileSync(WEIGHTS, 'utf8')).toBe(before);
  });

  it('refuses samples that are all of one kind', async () => {
    const all = samples(500).replaceAll(/"errorMm":[^,]*/g, '"errorMm":5');
    await expect(run(file(all), '--dry')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('400 of 400 samples are hands'),
    });
  });
});
