import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { FileReadable } from './file-readable.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'voxhand-readable-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('what is no file', () => {
  test('a folder is refused', async () => {
    await expect(FileReadable.open(folder)).rejects.toMatchObject({ code: 'FILE_INVALID', found: 'a folder' });
  });

  test.skipIf(process.platform === 'win32')('a pipe is refused, and nobody waits for its writer', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    await expect(FileReadable.open(pipe)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      found: expect.stringContaining('a pipe'),
      where: pipe,
    });
  });

  test('nothing at all is told apart', async () => {
    await expect(FileReadable.open(join(folder, 'none'))).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
