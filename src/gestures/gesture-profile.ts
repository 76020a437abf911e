import { z } from 'zod';
import { settingProblems } from '../errors/file-keys.js';
import { fromFileKey, isTree, type Tree, VoxhandError } from '../errors/index.js';
import { fixed, share } from '../errors/setting.js';
import { INTERACTIONS } from './gesture-events.js';
import { POSE_GESTURES } from './pose-scores.js';
import { taughtPoseSchema } from './taught-pose.js';

const seconds = (fallback: number) => z.number().min(0).max(60).default(fallback);
const metres = (fallback: number) => z.number().min(0).max(10).default(fallback);
const size = z.number().positive().max(100);
const vector = z.tuple([z.number(), z.number(), z.number()]);
const direction = (fallback: [number, number, number]) =>
  vector.refine(isUnit, 'expected a unit vector').default(fallback);
const name = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'expected 1 to 64 letters, digits, _ and -');

function isUnit([x, y, z]: readonly number[]): boolean {
  return Math.abs(Math.hypot(x, y, z) - 1) < 1e-3;
}

const poseSettings = z.strictObject({
  enter: fixed('A pose begins at this score.', share(0.6)),
  leave: fixed('A pose ends below this score.', share(0.3)),
  hold: fixed('A score must last so long to begin a pose.', seconds(0.06), 's'),
  release: fixed('A score must last so long to end a pose.', seconds(0.06), 's'),
});
export type PoseSettings = z.output<typeof poseSettings>;

const stroke = (speed: number, distance: number) =>
  z
    .strictObject({
      speed: fixed(
        'Least peak speed of the palm along the direction.',
        z.number().positive().max(20).default(speed),
        'm/s',
      ),
      distance: fixed('Least way along the direction.', metres(distance), 'm'),
      longest: fixed('Longest time for it.', seconds(0.6), 's'),
      straightness: fixed('Least share of the way that lies along the direction.', share(0.85)),
      maxGrab: fixed(
        'Movements of a hand with a higher grab strength do not count: it is a fist, or holds something.',
        share(0.65),
      ),
      restSpeed: fixed('Slower than this is rest.', z.number().positive().max(5).default(0.25), 'm/s'),
      rest: fixed('The hand must have rested so long before.', seconds(0.1), 's'),
      pause: fixed('No other stroke of the same kind follows within this time.', seconds(0.4), 's'),
    })
    .prefault({});
export type StrokeSettings = z.output<ReturnType<typeof stroke>>;

/** Gestures that are movements. */
export const MOTION_GESTURES = [
  'swipe_left',
  'swipe_right',
  'swipe_up',
  'swipe_down',
  'push',
  'pull',
  'wave',
  'circle',
  'tap',
  'knob',
  'zoom',
  'rotate',
] as const;
export type MotionGesture = (typeof MOTION_GESTURES)[number];

/**
 * What is recognised, where, and by which limits. The defaults give events of five poses and nothing else: no surface, no enabling.
 *
 * In a file the keys are spelled with underscores (`frame_rate`).
 */
export const gestureProfileSchema = z.strictObject({
  frameRate: fixed(
    'Frames per second of the camera: the longest silence is counted in frames of it.',
    z.number().min(1).max(1000).default(30),
    'Hz',
  ),
  minPresence: fixed('A hand with a lower presence score is treated as lost.', share(0.2)),
  minConfidence: fixed('A hand whose joints have a lower mean confidence is treated as lost.', share(0)),
  axes: fixed(
    'What is right, up and forward (to the machine) for the user: unit vectors in the frame of the joints; by default right and up in the picture, and towards the camera.',
    z
      .strictObject({
        right: direction([1, 0, 0]),
        up: direction([0, -1, 0]),
        forward: direction([0, 0, -1]),
      })
      .prefault({}),
  ),
  gestures: fixed(
    'The gestures that give events.',
    z
      .array(z.enum([...POSE_GESTURES, ...MOTION_GESTURES]))
      .max(64)
      .default(['open_palm', 'fist', 'point', 'pinch', 'thumbs_up']),
  ),
  gestureZone: fixed('Only hands whose palm is in this zone make gestures; none: everywhere.', name.optional()),
  pose: poseSettings.prefault({}),
  swipe: stroke(0.7, 0.12),
  push: stroke(0.4, 0.09),
});
export type GestureProfile = z.output<typeof gestureProfileSchema>;
export type GestureProfileInput = z.input<typeof gestureProfileSchema>;

/**
 * A profile as a file (`gestures.yaml`, after parsing) or a program gives it, with every default filled in.
 *
 * @param value plain data; keys spelled as in a file or as in code
 * @param where the file's name, for errors
 * @throws VoxhandError `CONFIG_INVALID` that names each key that is unknown or out of range
 */
export function parseGestureProfile(value: unknown = {}, where = 'gestures'): GestureProfile {
  const parsed = gestureProfileSchema.safeParse(inCode(value ?? {}), { reportInput: true });
  if (parsed.success) return parsed.data;
  throw new VoxhandError('CONFIG_INVALID', settingProblems(parsed.error.issues).join('; '), { where });
}

/** Keys as code spells them, in trees and lists of trees. */
function inCode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCode);
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value as Tree).map(([key, inner]) => [fromFileKey(key), inCode(inner)]));
}
void INTERACTIONS;
void taughtPoseSchema;
void size;
