import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { loadPrior } from '../../tracking/load-prior.js';
import { isRecording } from '../mcap/open-recording.js';
import { readBounded, readText } from './files.js';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-files-'));
  execFileSync('mkfifo', [join(folder, 'pipe')]);
  await writeFile(join(folder, 'huge.json'), '');
  await truncate(join(folder, 'huge.json'), 8e9); // a hole: it takes no room
  await writeFile(join(folder, 'text'), 'ä');
});
afterAll(() => rm(folder, { recursive: true }));

describe.skipIf(process.platform === 'win32')('what is read as a whole', () => {
  test.each([
    ['a pipe that nobody writes to', () => join(folder, 'pipe'), 'a pipe, a socket or a device'],
    ['a device without an end', () => '/dev/zero', 'a pipe, a socket or a device'],
    ['a folder', () => folder, 'a folder'],
    ['8 GB', () => join(folder, 'huge.json'), '8000000000'],
  ])('is not %s', async (_, path, found) => {
    const refused = { code: 'FILE_INVALID', found, where: path() };
    await expect(readBounded(path(), 1000)).rejects.toMatchObject(refused);
    await expect(readText(path(), 'the text')).rejects.toMatchObject(refused);
    await expect(loadPrior(path() === folder ? `${folder}/.` : path())).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });

  it('is a file of up to the given size', async () => {
    expect(await readText(join(folder, 'text'), 'the text')).toBe('ä');
    expect(await readBounded(join(folder, 'text'), 2)).toEqual(Buffer.from('ä'));
    await expect(readBounded(join(folder, 'text'), 1)).rejects.toMatchObject({
      expected: 'at most 1 bytes',
      found: '2',
    });
  });

  it('names what was to be read where there is no such file', async () => {
    await expect(readText(join(folder, 'no'), 'the joints')).rejects.toThrow(/^cannot read the joints; found ENOENT/);
  });

  test('a pipe is no recording, and is not waited for', async () => {
    expect(await isRecording(join(folder, 'pipe'))).toBe(false);
  });
});
