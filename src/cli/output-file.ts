import { mkdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { VoxhandError } from '../hand/index.js';

/**
 * Make the folder of an output file.
 *
 * @throws VoxhandError `USAGE` where it would overwrite one of the inputs; `WRITE_FAILED`.
 */
export async function prepareOutput(output: string, ...inputs: readonly string[]): Promise<void> {
  for (const input of inputs) {
    if (resolve(input) !== resolve(output)) continue;
    throw new VoxhandError('USAGE', 'the output would overwrite the input', { where: output });
  }
  try {
    await mkdir(dirname(resolve(output)), { recursive: true });
  } catch (cause) {
    throw new VoxhandError('WRITE_FAILED', (cause as Error).message, { where: output, cause });
  }
}
