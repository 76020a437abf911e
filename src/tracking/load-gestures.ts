import { parseYaml } from '../errors/parse-yaml.js';
import { type GestureProfile, type GestureProfileInput, parseGestureProfile } from '../gestures/index.js';
import { readText } from '../transport/port/files.js';
import type { TrackerConfig } from './config.js';

/** Of a profile with many taught poses. */
const MOST_BYTES = 4 << 20;

/**
 * The profile of gestures that a configuration names; undefined where it names none.
 *
 * @throws VoxhandError `FILE_NOT_FOUND`, `FILE_INVALID`, and `CONFIG_INVALID` with each key that is unknown or out of range
 */
export async function loadGestures({ gestures }: Pick<TrackerConfig, 'gestures'>): Promise<GestureProfile | undefined> {
  const { profile } = gestures;
  return profile === '' ? undefined : loadGestureProfile(profile);
}

/** A profile of gestures from a YAML file. @throws VoxhandError as {@link loadGestures} */
export async function loadGestureProfile(path: string): Promise<GestureProfile> {
  return parseGestureProfile(parseYaml(await readText(path, 'the profile of gestures', MOST_BYTES), path), path);
}

/** Whether transforms must be known: a surface or zone lies in a frame of its own. */
export function gesturesNeedTransforms({ surfaces = [], zones = [] }: GestureProfileInput = {}): boolean {
  return [...surfaces, ...zones].some(({ frame }) => frame !== undefined);
}
