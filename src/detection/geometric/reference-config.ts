import { z } from 'zod';
import { live, metres, parseSettings, share } from '../../errors/setting.js';

const range = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low < high, 'two numbers, the lower first')
  .readonly();

const zone = z.strictObject({
  z: live('Depth range of the interaction zone: nearest and farthest.', range.default([0.15, 1.3]), 'm'),
  x: live(
    'Horizontal range of the interaction zone, in the optical frame; not set: not limited.',
    range.optional(),
    'm',
  ),
  y: live('Vertical range of the interaction zone, in the optical frame; not set: not limited.', range.optional(), 'm'),
});

/**
 * How a hand is found by the shape of surfaces. The zone, `trackRadius`, `maxGap` and `prediction` hold for the learned detector too.
 * The default zone reaches as far as an arm from a camera at the edge of a table.
 */
export const referenceSettings = z.strictObject({
  zone: zone.prefault({}),
  gridCells: live(
    'Cells along the longer side of the grid on which a whole frame is searched.',
    z.int().min(16).max(2048).default(160),
  ),
  depthJump: live('Neighbours farther apart in depth belong to different surfaces.', metres(0.035), 'm'),
  minHandArea: live(
    'A visible surface smaller than this within hand_radius is not a hand.',
    z.number().min(0).max(0.1).default(0.0025),
    'm²',
  ),
  handRadius: live(
    'From the centre of the palm to the wrist, or to the middle bones of the fingers.',
    metres(0.1),
    'm',
  ),
  comRadius: live('Radius of the ball in which the centre of mass is refined.', metres(0.09), 'm'),
  comTolerance: live('The centre of mass has settled when it moves by less than this.', metres(0.001), 'm'),
  removePlane: live(
    'Where no hand is found, search again without the largest plane: the table or wall that a hand may lie on.',
    z.boolean().default(true),
  ),
  acquireScore: live('Score from which on a new hand is found.', share(0.5)),
  keepScore: live('Score down to which a tracked hand is kept.', share(0.35)),
  trackRadius: live('A tracked hand is searched for within this distance of where it is expected.', metres(0.09), 'm'),
  windowRadius: live(
    'Half the edge of the window around the expected point that is searched in a tracked frame.',
    metres(0.22),
    'm',
  ),
  recheckFrames: live(
    'Frames between two searches of the whole frame while a hand is tracked; 0: never.',
    z.int().min(0).default(30),
  ),
  switchMargin: live(
    'By how much another hand must score better, in two rechecks in a row, to be tracked instead.',
    share(0.1),
  ),
  maxGap: live(
    'After a longer gap between two frames the last pose is forgotten.',
    z.number().positive().max(60).default(0.5),
    's',
  ),
  prediction: live(
    'Where the hand is expected next. 0: at its last point; 1: at its last point moved on with constant velocity.',
    share(0.7),
  ),
  minFeedbackConfidence: live('Joints of a lower mean confidence do not guide the next search.', share(0.45)),
});

/** Where hands are searched for: a box in the camera's optical frame, metres. */
export type InteractionZone = z.output<typeof zone>;

/** Settings of the geometric hand finder: lengths in metres, areas in square metres, times in seconds, scores 0 to 1. */
export type ReferenceConfig = z.output<typeof referenceSettings>;

/**
 * The defaults with `partial` over them; keys of other modules are left out.
 *
 * @throws VoxhandError `CONFIG_INVALID` naming each key that is out of range
 */
export function referenceConfig(partial: z.input<typeof referenceSettings> = {}): ReferenceConfig {
  return parseSettings(referenceSettings.strip(), partial, 'reference');
}
