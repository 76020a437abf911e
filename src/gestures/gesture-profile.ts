import { z } from 'zod';
import { settingProblems } from '../errors/file-keys.js';
import { fromFileKey, isTree, type Tree, VoxhandError } from '../errors/index.js';
import { fixed, share } from '../errors/setting.js';
import { dot } from '../geometry/index.js';
import { POSE_GESTURES } from '../hand/index.js';
import { INTERACTIONS } from './gesture-events.js';
import { nameSchema as name, taughtPoseSchema } from './taught-pose.js';

const seconds = (fallback: number) => z.number().min(0).max(60).default(fallback);
const metres = (fallback: number) => z.number().min(0).max(10).default(fallback);
const size = z.number().positive().max(100);
const vector = z.tuple([z.number(), z.number(), z.number()]);
const unitVector = vector.refine(isUnit, 'expected a unit vector');
const direction = (fallback: [number, number, number]) => unitVector.default(fallback);

function isUnit([x, y, z]: readonly number[]): boolean {
  return Math.abs(Math.hypot(x, y, z) - 1) < 1e-3;
}

const poseSettings = z.strictObject({
  enter: fixed('A pose begins at this score.', share(0.6)),
  leave: fixed('A pose ends below this score.', share(0.3)),
  hold: fixed('A score must last this long to begin a pose.', seconds(0.03), 's'),
  release: fixed('A score must last this long to end a pose.', seconds(0.03), 's'),
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
      distance: fixed('Shortest distance along the direction.', metres(distance), 'm'),
      longest: fixed('Longest time for it.', seconds(0.6), 's'),
      straightness: fixed('Smallest share of the path that lies along the direction.', share(0.85)),
      minOpen: fixed(
        'Least openness of the hand: 0 where a finger is bent (curl 0.34), 1 where all four are straight (0.2).',
        share(0.3),
      ),
      restSpeed: fixed('Slower than this is rest.', z.number().positive().max(5).default(0.25), 'm/s'),
      rest: fixed('The hand must have rested this long before.', seconds(0.1), 's'),
      pause: fixed('No other stroke of the same kind follows within this time.', seconds(0.4), 's'),
    })
    .prefault({});
export type StrokeSettings = z.output<ReturnType<typeof stroke>>;

const wave = z
  .strictObject({
    amplitude: fixed('Shortest distance of the finger tips from side to side.', metres(0.06), 'm'),
    longest: fixed('Longest time from one side to the other.', seconds(0.6), 's'),
    swings: fixed('Number of movements from side to side that make a wave.', z.int().min(2).max(20).default(3)),
  })
  .prefault({});

const circle = z
  .strictObject({
    minRadius: fixed("Smallest radius of the index finger's path.", metres(0.03), 'm'),
    maxRadius: fixed('Greatest radius.', metres(0.25), 'm'),
    roundness: fixed('The path may miss a circle by this share of the radius (rms).', share(0.18)),
    begin: fixed('The circle begins after this angle.', z.number().min(1).max(20).default(5.2), 'rad'),
    longest: fixed('Longest time for one turn.', seconds(2.5), 's'),
  })
  .prefault({});

const tap = z
  .strictObject({
    depth: fixed("Shortest distance of the index finger's tip out of the palm's plane and back.", metres(0.025), 'm'),
    longest: fixed('Longest time for both.', seconds(0.5), 's'),
    still: fixed('The palm may move this far meanwhile.', metres(0.03), 'm'),
  })
  .prefault({});

const turn = (fallback: number) => z.number().min(0).max(3.2).default(fallback);
const twoHands = z
  .strictObject({
    ratio: fixed('Zoom begins when the distance of the hands has changed by this share.', share(0.12)),
    angle: fixed('Rotation begins when their line has turned by this.', turn(0.25), 'rad'),
  })
  .prefault({});

const pointer = z
  .strictObject({
    minCutoff: fixed('Cut-off frequency of the cursor at rest.', z.number().min(0.01).max(100).default(0.6), 'Hz'),
    beta: fixed('Cut-off added for each m/s of the cursor.', z.number().min(0).max(1000).default(15), 'Hz'),
    band: fixed('The cursor stays where it is for movements below this.', metres(0.001), 'm'),
    slipSpeed: fixed(
      'A finger that pushes at this speed moves the cursor half as far.',
      z.number().positive().max(10).default(0.04),
      'm/s',
    ),
    onlyPointing: fixed(
      'Push, touch, hover: only a pointing hand presses, with a straight index finger that stands out from the others.',
      z.boolean().default(true),
    ),
    restSpeed: fixed('Slower than this is rest.', z.number().positive().max(5).default(0.1), 'm/s'),
    pushRest: fixed('Push, touch: the hand must have rested this long before.', seconds(0.12), 's'),
    pushDistance: fixed('Push: a movement this far towards the surface presses.', metres(0.04), 'm'),
    pushDead: fixed('Push: a movement up to this far does nothing yet.', metres(0.008), 'm'),
    pushRelease: fixed('Push: a movement back this far releases.', metres(0.012), 'm'),
    touchDistance: fixed('Touch: the finger presses from here on, in front of the surface.', metres(0.01), 'm'),
    touchRelease: fixed('Touch: and releases this much farther away.', metres(0.012), 'm'),
    hoverRadius: fixed('Hover: the cursor must stay within this.', metres(0.012), 'm'),
    hoverWait: fixed('Hover: for this time nothing happens.', seconds(0.3), 's'),
    hoverHold: fixed('Hover: and then the click takes this.', seconds(0.7), 's'),
    closeEnter: fixed('Grab, pinch: the score from which the hand is closed.', share(0.7)),
    closeLeave: fixed('Grab, pinch: the score below which it is open.', share(0.3)),
    closeHold: fixed('Grab, pinch: the time for which it must be.', seconds(0.03), 's'),
    closeReady: fixed('Grab, pinch: the hand must have been open and at rest this long before.', seconds(0.2), 's'),
    closeStill: fixed('Grab, pinch: the palm may have moved this far in the last 0.3 s.', metres(0.025), 'm'),
    dragThreshold: fixed(
      'The cursor of a pressed hand stays until it has moved by this; then it drags.',
      metres(0.012),
      'm',
    ),
    snap: fixed('Targets attract the cursor from this distance (area cursor); 0: they do not.', metres(0)),
    handOver: fixed('Another hand takes over that is nearer to the surface by this.', metres(0.05), 'm'),
    handOverTime: fixed('And has been for this time, while nothing is pressed.', seconds(0.3), 's'),
  })
  .prefault({});
export type PointerSettings = z.output<typeof pointer>;

const surface = z.strictObject({
  name: fixed('Its name in events.', name),
  frame: fixed('Frame of origin and axes; that of the joints by default.', z.string().min(1).optional()),
  origin: fixed('The corner at the top left as the user sees it.', vector, 'm'),
  xAxis: fixed('Along the upper edge to the right, as the user sees it.', unitVector),
  yAxis: fixed('Along the left edge down.', unitVector),
  width: fixed('Along the x axis.', size, 'm'),
  height: fixed('Along the y axis.', size, 'm'),
  pixelWidth: fixed('Pixels along the x axis; 0: none.', z.int().min(0).max(100_000).default(0)),
  pixelHeight: fixed('Pixels along the y axis; 0: none.', z.int().min(0).max(100_000).default(0)),
  interaction: fixed('How it is operated.', z.enum(INTERACTIONS).default('push')),
  range: fixed('A hand operates it up to this distance.', metres(0.4), 'm'),
  behind: fixed('And so far behind it.', metres(0.05), 'm'),
  margin: fixed('And so far beside it.', metres(0.05), 'm'),
  targets: fixed(
    'Places that can be hit, from the top left corner.',
    z
      .array(z.strictObject({ name, x: z.number(), y: z.number(), width: size, height: size }))
      .max(256)
      .default([]),
  ),
});
export type SurfaceSettings = z.output<typeof surface>;

const zone = z.strictObject({
  name: fixed('Its name in this profile.', name),
  frame: fixed('Frame of the box; that of the joints by default.', z.string().min(1).optional()),
  center: fixed('Middle of the box.', vector, 'm'),
  size: fixed('Full lengths of its edges.', z.tuple([size, size, size]), 'm'),
});

const enabling = z.strictObject({
  name: fixed('Its name in messages.', name),
  gesture: fixed('What must be held.', z.enum(['fist', 'pinch']).default('fist')),
  zone: fixed('Where the palm must be; everywhere by default.', name.optional()),
  minPresence: fixed('Least presence score of the hand.', share(0.4)),
  enter: fixed('Score of the pose to engage.', share(0.6)),
  leave: fixed('A lower score releases.', share(0.3)),
  open: fixed(
    'The hand must have been open, at rest and with its palm to the machine for this time before.',
    seconds(0.25),
    's',
  ),
  engage: fixed('The pose must be held for this time to engage.', seconds(0.6), 's'),
  maxSpeed: fixed('A hand that moves faster releases.', z.number().positive().max(20).default(3), 'm/s'),
});
export type EnablingSettings = z.output<typeof enabling>;

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
        right: fixed('To the right, for the user; by default in the picture.', direction([1, 0, 0])),
        up: fixed('Up.', direction([0, -1, 0])),
        forward: fixed('To the machine; by default to the camera.', direction([0, 0, -1])),
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
  wave,
  circle,
  tap,
  knob: fixed('A pinch turned by this angle is a knob.', turn(0.2), 'rad'),
  twoHands,
  taught: fixed('Poses taught from samples.', z.array(taughtPoseSchema).max(64).default([])),
  pointer,
  surfaces: fixed('Surfaces that are operated.', z.array(surface).max(16).default([])),
  zones: fixed('Boxes in space.', z.array(zone).max(16).default([])),
  enabling: fixed('What may be engaged by a held gesture.', z.array(enabling).max(8).default([])),
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
  if (parsed.success) return checked(parsed.data, where);
  throw new VoxhandError('CONFIG_INVALID', settingProblems(parsed.error.issues).join('; '), { where });
}

/** What one part of a profile says of another. */
function checked(profile: GestureProfile, where: string): GestureProfile {
  const { zones, surfaces, enabling, taught, gestureZone } = profile;
  const known = zones.map((one) => one.name);
  const used = [gestureZone, ...enabling.map((one) => one.zone)].filter((one) => one !== undefined);
  const unknown = used.find((one) => !known.includes(one));
  if (unknown !== undefined) {
    const expected = known.length === 0 ? 'a zone of the profile; it has none' : known.join(', ');
    throw new VoxhandError('CONFIG_INVALID', 'unknown zone', { expected, found: unknown, where });
  }
  const lists = [zones, surfaces, enabling, taught].map((list) => list.map((one) => one.name));
  lists[3].push(...POSE_GESTURES, ...MOTION_GESTURES);
  for (const names of lists) {
    const twice = names.find((one, i) => names.indexOf(one) !== i);
    if (twice !== undefined) throw new VoxhandError('CONFIG_INVALID', 'a name is there twice', { found: twice, where });
  }
  for (const { name: of, xAxis, yAxis } of surfaces) {
    if (Math.abs(dot(xAxis, yAxis)) > 1e-3) {
      const expected = 'axes at right angles to each other';
      throw new VoxhandError('CONFIG_INVALID', `surface ${of}`, { expected, where });
    }
  }
  return profile;
}

/** Keys as code spells them, in trees and lists of trees. */
function inCode(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inCode);
  if (!isTree(value)) return value;
  return Object.fromEntries(Object.entries(value as Tree).map(([key, inner]) => [fromFileKey(key), inCode(inner)]));
}
