import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { readTextLines } from './text-lines.js';

const folder = mkdtempSync(join(tmpdir(), 'voxhand-lines-'));
const path = join(folder, 'f.txt');
afterAll(() => rmSync(folder, { recursive: true }));

async function linesOf(content: string | Uint8Array, maxLength = 1000) {
  writeFileSync(path, content);
  const lines: { number: number; text: string }[] = [];
  for await (const bundle of readTextLines(path, maxLength)) lines.push(...bundle);
  return lines;
}

describe('the lines of a file', () => {
  it.each([
    ['with a line break at the end', 'a\nb\n', ['a', 'b']],
    ['without', 'a\nb', ['a', 'b']],
    ['of Windows', 'a\r\nb\r\n', ['a', 'b']],
    ['with empty lines', '\n\na\n\n', ['', '', 'a', '']],
    ['of nothing', '', []],
  ])('are all there, numbered from 1: a file %s', async (_, content, wanted) => {
    expect(await linesOf(content)).toEqual(wanted.map((text, i) => ({ number: i + 1, text })));
  });

  it('are whole where a file is read in several pieces, also in the middle of a letter', async () => {
    const texts = Array.from({ length: 40_000 }, (_, i) => `${i} ääöü`);
    expect((await linesOf(texts.join('\n'))).map(({ text }) => text)).toEqual(texts);
  });

  it('may be as long as allowed, and no file fills the memory with one line', async () => {
    expect(await linesOf('x'.repeat(1000))).toHaveLength(1);
    await expect(linesOf(`a\n${'x'.repeat(1001)}`)).rejects.toMatchObject({
      code: 'FILE_INVALID',
      message: expect.stringContaining('f.txt, line 2'),
    });
    await expect(linesOf(new Uint8Array(5_000_000))).rejects.toMatchObject({ code: 'FILE_INVALID' });
  });

  it('of a file that is not there are a typed error', async () => {
    const lines = readTextLines(join(folder, 'none'), 10);
    await expect(lines.next()).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  });
});
