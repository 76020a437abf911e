import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { encodePng16 } from '../../depth/png16.js';
import { openMcap } from '../../transport/mcap/mcap-source.js';
import { importFolder, timesOf } from './import-folder.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-import-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('images whose names are times', () => {
  test.each<[string, readonly string[], readonly bigint[] | undefined]>([
    [
      'in seconds',
      ['1305031102.160407.png', '1305031102.2.PNG'],
      [1_305_031_102_160_407_000n, 1_305_031_102_200_000_000n],
    ],
    ['in nanoseconds', ['1403636579763555584.png'], [1_403_636_579_763_555_584n]],
    ['but numbers', ['0001.png', '0002.png'], undefined],
    ['only in part', ['1305031102.160407.png', 'last.png'], undefined],
    ['twice the same', ['1305031102.16.png', '1305031102.160.png'], undefined],
  ])('are read: %s', (_, names, times) => {
    expect(timesOf(names)).toEqual(times);
  });

  it('are recorded at them, in order of time; with a rate at that, and other names need one', async () => {
    const images = await mkdtemp(join(folder, 'images-'));
    const png = encodePng16({ width: 2, height: 2, data: new Uint16Array(4).fill(500) });
    for (const name of ['1305031102.9.png', '1305031102.160407.png']) await writeFile(join(images, name), png);
    const output = join(folder, 'out.mcap');
    const options = { camera: { fx: 2, fy: 2, cx: 0.5, cy: 0.5 }, depthUnit: 0.001, library: 'test' };
    const stamps = async () => {
      const recording = await openMcap(output);
      const times: bigint[] = [];
      for await (const { logTime } of recording.subscribe(['/depth/camera_info'])) times.push(logTime);
      await recording.close();
      return times;
    };
    await importFolder(images, output, options);
    expect(await stamps()).toEqual([1_305_031_102_160_407_000n, 1_305_031_102_900_000_000n]);
    await importFolder(images, output, { ...options, fps: 10 });
    expect(await stamps()).toEqual([1_000_000_000n, 1_100_000_000n]);
    await writeFile(join(images, '3.png'), png);
    await expect(importFolder(images, output, options)).rejects.toMatchObject({
      code: 'USAGE',
      expected: expect.stringContaining('--fps'),
    });
  });
});
