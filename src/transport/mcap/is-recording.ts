import { open, stat } from 'node:fs/promises';
import { McapConstants } from '@mcap/core';
import { VoxhandError } from '../../errors/index.js';

/** What an MCAP file begins with, without what says its version. */
const MCAP_MAGIC = McapConstants.MCAP_MAGIC.slice(0, 5);

/**
 * Is there a recording, to be read with `openRecording`, and not a text? An MCAP file is told by its first bytes, whatever its
 * name; a folder is always taken for one.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`
 */
export async function isRecording(path: string): Promise<boolean> {
  try {
    if ((await stat(path)).isDirectory()) return true;
    const file = await open(path);
    try {
      const { buffer } = await file.read(new Uint8Array(MCAP_MAGIC.length), 0, MCAP_MAGIC.length, 0);
      return MCAP_MAGIC.every((byte, i) => buffer[i] === byte);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const found = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new VoxhandError('FILE_NOT_FOUND', 'cannot read a recording or a text', { found, where: path, cause });
  }
}
