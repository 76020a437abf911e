import { mkdir, realpath, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { VoxhandError, writeFailed } from '../errors/index.js';
import { recordingFiles } from '../transport/mcap/open-recording.js';

/**
 * Make the folder of an output file.
 *
 * @param inputs what is read: files, and folders as `openRecording` takes them
 * @throws VoxhandError `USAGE` where it would overwrite one of the inputs or become a part of one, or is a folder; `WRITE_FAILED`.
 */
export async function prepareOutput(output: string, ...inputs: readonly string[]): Promise<void> {
  if (await isFolder(output)) {
    throw new VoxhandError('USAGE', 'the output is a folder', { expected: 'the name of a file', where: output });
  }
  const target = await truePath(output);
  for (const input of inputs) {
    // one that cannot be read is refused by whoever reads it
    const files = await recordingFiles(input).catch(() => []);
    const read = await Promise.all([input, ...files].map(truePath));
    if (read.includes(target)) {
      throw new VoxhandError('USAGE', 'the output would overwrite the input', { where: output });
    }
    const isPart = extname(target) === '.mcap' && dirname(target) === (await truePath(input)) && files.length > 0;
    if (isPart) {
      throw new VoxhandError('USAGE', 'the output would become a part of the input', {
        expected: 'a place outside of the folder that is read as one recording',
        where: output,
      });
    }
  }
  try {
    await mkdir(dirname(resolve(output)), { recursive: true });
  } catch (cause) {
    throw writeFailed(cause, output);
  }
}

/** Write a whole file. @throws VoxhandError `WRITE_FAILED` */
export async function writeOutput(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content);
  } catch (cause) {
    throw writeFailed(cause, path);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** Without links, as far as it and its folder are there. */
async function truePath(path: string): Promise<string> {
  const folder = dirname(resolve(path));
  const inFolder = async () => join(await realpath(folder).catch(() => folder), basename(path));
  return realpath(path).catch(inFolder);
}
