import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toVoxhandError, VoxhandError } from '../errors/index.js';
import { type PosePrior, posePriorsFromJson } from '../smoothing/index.js';
import { readText } from '../transport/port/files.js';

/** A prior of 63 components is about 100 kB. */
const MOST_BYTES = 64 << 20;

/** Where the priors that come with the package lie. */
export const PACKAGED_PRIORS = fileURLToPath(new URL('../../models/priors', import.meta.url));

/**
 * The pose priors of a file, in its order.
 *
 * @param prior the name of a packaged prior (`hand`), or the path (with a separator or `.json`) of a file by
 * `voxhand fit-prior`
 * @throws VoxhandError `FILE_NOT_FOUND` with the names that there are; `PRIOR_INVALID`
 */
export async function loadPriors(prior: string, folder: string = PACKAGED_PRIORS): Promise<PosePrior[]> {
  const isPath = /[\\/]|\.json$/.test(prior);
  const path = isPath ? resolve(prior) : join(folder, `${prior}.json`);
  let text: string;
  try {
    text = await readText(path, 'the pose prior', MOST_BYTES);
  } catch (cause) {
    if (toVoxhandError(cause).code !== 'FILE_NOT_FOUND') throw cause;
    const files = await readdir(folder).catch(() => []);
    const names = files.filter((file) => file.endsWith('.json')).map((file) => file.slice(0, -'.json'.length));
    throw new VoxhandError('FILE_NOT_FOUND', `no pose prior '${prior}'`, {
      expected: `one of ${names.sort().join(', ') || '(none are packaged)'}, or the path of a file`,
      found: toVoxhandError(cause).found ?? String(cause),
      where: path,
      cause,
    });
  }
  try {
    return posePriorsFromJson(text);
  } catch (cause) {
    const { message } = toVoxhandError(cause);
    throw new VoxhandError('PRIOR_INVALID', message, { where: path, cause });
  }
}

/** The pose prior to use of a file: its first. See `loadPriors`. */
export async function loadPrior(prior: string, folder?: string): Promise<PosePrior> {
  const [first] = await loadPriors(prior, folder);
  return first;
}
