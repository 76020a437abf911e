import { parseYaml } from '../errors/parse-yaml.js';
import { type HandProportions, handFromFile } from '../kinematics/index.js';
import { readText } from '../transport/port/files.js';
import type { TrackerConfig } from './config.js';

/**
 * The hand of `kinematics.hand`; undefined where the fit is off or the hand is to be learned.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`, `CONFIG_INVALID` where the file holds no hand
 */
export async function loadHand({ kinematics: { enabled, hand } }: TrackerConfig): Promise<HandProportions | undefined> {
  if (!enabled || hand === 'default') return undefined;
  return handFromFile(parseYaml(await readText(hand, 'the hand'), hand), hand);
}
