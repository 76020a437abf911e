import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const MEGABYTE = 2 ** 20;

it('replays 20,000 frames in constant memory and accounts for each of them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'voxhand-long-'));
  try {
    const script = fileURLToPath(new URL('./helpers/long-replay.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', script, folder, '20000']);
    const { counts, memory } = JSON.parse(stdout);
    expect(counts.in).toBe(20_000);
    expect(counts.out).toBe(20_000);
    expect(counts.pending).toBe(0);
    expect(counts.tracked).toBeGreaterThan(19_000);

    // the stage times' rings and the output's chunk index are full or nearly so after the first tenth
    const [early, late] = [memory[0], memory[memory.length - 1]];
    expect(late.frames).toBe(20_000);
    expect((late.heapUsed - early.heapUsed) / MEGABYTE).toBeLessThan(8);
    expect((late.arrayBuffers - early.arrayBuffers) / MEGABYTE).toBeLessThan(8);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}, 600_000);
