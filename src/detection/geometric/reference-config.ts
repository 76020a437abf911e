import { VoxhandError } from '../../errors/index.js';

/** Where hands are looked for: a box in the camera's optical frame, metres. Points outside do not exist for this room. */
export interface InteractionZone {
  /** Nearest and farthest z. */
  readonly z: readonly [number, number];
  /** Left and right limit; no limit when absent. */
  readonly x?: readonly [number, number];
  /** Upper and lower limit (y points down); no limit when absent. */
  readonly y?: readonly [number, number];
}

/** All that can be set in reference/. Lengths in metres, areas in square metres, times in seconds, scores 0 to 1. */
export interface ReferenceConfig {
  readonly zone: InteractionZone;
  /** Cells along the longer side of the sub-sampled image in which a whole frame is searched. */
  readonly gridCells: number;
  /** Neighbouring cells whose depths differ by more than this belong to different surfaces. */
  readonly depthJump: number;
  /** A visible surface smaller than this within {@link handRadius} is no hand. */
  readonly minHandArea: number;
  /** From the centre of the palm to where the wrist ends or the fingers' middle bones are. */
  readonly handRadius: number;
  /** Radius of the ball in which the centre of mass is refined. */
  readonly comRadius: number;
  /** The centre of mass has settled when it moves less than this. */
  readonly comTolerance: number;
  /** Where no hand is found, look again without the largest plane: the table or wall that a hand may lie on. */
  readonly removePlane: boolean;
  /** Score from which on a hand is found. */
  readonly acquireScore: number;
  /** Score down to which a hand that was found is kept. */
  readonly keepScore: number;
  /** How far the hand may be from where it is expected, in a tracked frame. */
  readonly trackRadius: number;
  /** Half edge of the window around the expected point that a tracked frame looks at. */
  readonly windowRadius: number;
  /** Frames between two searches of the whole frame while tracking; 0 for never. */
  readonly recheckFrames: number;
  /** By how much another hand must score better, in two rechecks in a row, to take over. */
  readonly switchMargin: number;
  /** A longer gap between two frames, or a step back in time, forgets the last pose. */
  readonly maxGap: number;
  /** Where to look next: 0 at the last point, 1 at the last point moved on at constant velocity. */
  readonly prediction: number;
  /** Joints fed back with a lower confidence than this are not believed. */
  readonly minFeedbackConfidence: number;
}

/** Every default of this room. The zone reaches as far as an arm from a camera at the edge of a table. */
export const defaultReferenceConfig: ReferenceConfig = {
  zone: { z: [0.15, 1.3] },
  gridCells: 160,
  depthJump: 0.035,
  minHandArea: 0.0025,
  handRadius: 0.1,
  comRadius: 0.09,
  comTolerance: 0.001,
  removePlane: true,
  acquireScore: 0.5,
  keepScore: 0.35,
  trackRadius: 0.09,
  windowRadius: 0.22,
  recheckFrames: 30,
  switchMargin: 0.1,
  maxGap: 0.5,
  prediction: 0.7,
  minFeedbackConfidence: 0.45,
};

/**
 * The defaults with `partial` over them.
 *
 * @throws VoxhandError `CONFIG_INVALID` naming the first key that cannot be.
 */
export function referenceConfig(partial: Partial<ReferenceConfig> = {}): ReferenceConfig {
  const config = { ...defaultReferenceConfig, ...partial };
  for (const [key, value] of Object.entries(config)) {
    if (typeof value !== 'number') continue;
    if (!Number.isFinite(value) || value < 0) invalid(key, 'a finite number >= 0', value);
  }
  for (const key of ['gridCells', 'depthJump', 'handRadius', 'comRadius', 'trackRadius', 'windowRadius'] as const) {
    if (config[key] === 0) invalid(key, 'more than 0', 0);
  }
  if (config.gridCells > 2048) invalid('gridCells', 'at most 2048', config.gridCells);
  for (const axis of ['x', 'y', 'z'] as const) {
    const range = config.zone[axis];
    if (range === undefined) continue;
    if (!(range[0] < range[1])) invalid(`zone.${axis}`, 'lower limit < upper limit', `[${range.join(', ')}]`);
  }
  return config;
}

function invalid(key: string, expected: string, found: unknown): never {
  throw new VoxhandError('CONFIG_INVALID', 'impossible reference configuration', {
    expected,
    found: String(found),
    where: `reference.${key}`,
  });
}
