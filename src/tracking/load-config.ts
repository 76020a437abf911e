import { readFile } from 'node:fs/promises';
import { VoxhandError } from '../errors/index.js';
import { parseRigFile } from '../rig/index.js';
import type { TrackerConfig } from './config.js';
import { parseConfig } from './config-file.js';
import { withRig } from './rig-config.js';

/**
 * Read a configuration file: a ROS 2 parameter YAML, or the same settings without its frame. Where it names a rig file, that is read too:
 * what it says of cameras holds where the configuration says nothing.
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
  if (path === undefined) return withRigFile(parseConfig('', 'configuration', overrides));
  return withRigFile(parseConfig(await read(path, 'the configuration'), path, overrides));
}

/** With what the rig file says that `rig.file` names, where one is named. */
async function withRigFile(config: TrackerConfig): Promise<TrackerConfig> {
  const { file } = config.rig;
  return file === undefined ? config : withRig(config, parseRigFile(await read(file, 'the rig file'), file), file);
}

async function read(path: string, what: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    throw new VoxhandError('FILE_NOT_FOUND', `cannot read ${what}`, { where: path, cause });
  }
}
