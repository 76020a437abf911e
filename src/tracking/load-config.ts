import { readFile } from 'node:fs/promises';
import { VoxhandError } from '../errors/index.js';
import type { TrackerConfig } from './config.js';
import { parseConfig } from './config-file.js';

/**
 * Read a configuration file: a ROS 2 parameter YAML, or the same settings without its frame.
 *
 * @param path absent: all defaults
 * @param overrides `key.path=value`, as on a command line
 * @throws VoxhandError `FILE_NOT_FOUND`; `CONFIG_INVALID` naming each unknown or impossible key.
 *
 * @example
 * ```ts
 * const config = await loadConfig('cell.params.yaml', ['inference.threads=2']);
 * ```
 */
export async function loadConfig(path?: string, overrides: readonly string[] = []): Promise<TrackerConfig> {
  if (path === undefined) return parseConfig('', 'configuration', overrides);
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new VoxhandError('FILE_NOT_FOUND', 'cannot read the configuration', { where: path, cause });
  }
  return parseConfig(text, path, overrides);
}
