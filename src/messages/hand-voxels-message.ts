import { VoxhandError } from '../errors/index.js';
import { fromStamp } from '../timing/stamp.js';
import {
  HAND_VOXELS,
  HAND_VOXELS_LOST_REASON,
  HAND_VOXELS_SCHEMA,
  HAND_VOXELS_STATE,
  HANDEDNESS,
  type HandVoxelsMessage,
} from './generated.js';
import { decodeCells, encodeCells } from './hand-voxels-cells.js';
import { header } from './parts.js';

const { VERSION } = HAND_VOXELS;
export const CAMERA_NAME = /^[A-Za-z0-9_]{1,32}$/;
const MAX_FRAME_ID = 256;
/** Nothing that a depth camera sees is farther, metres. */
const FARTHEST = 1000;
const NO_NUMBERS = new Float64Array(0);

/** Which message of which camera: an answer repeats it. */
export interface VoxelsOrigin {
  /** Of the depth frame, nanoseconds. */
  readonly stamp: bigint;
  /** Optical frame of the camera. */
  readonly frameId: string;
  readonly camera: string;
  readonly session: number;
  readonly sequence: number;
}

/** The occupied cells of the cube around a hand, and how sure the camera half is of it. */
export interface FoundVoxels {
  readonly state: 'found';
  readonly cube: {
    readonly center: readonly [number, number, number];
    readonly edge: number;
    readonly roll: number;
    readonly mirror: boolean;
  };
  readonly confidence: number;
  readonly source: 'acquired' | 'tracked';
  readonly arm: readonly [number, number] | undefined;
  /** Cells along an edge. */
  readonly size: number;
  /** `data[(z * size + y) * size + x]`, 0 or 1. */
  readonly data: Uint8Array;
  readonly occupied: number;
}

export interface LostVoxels {
  readonly state: 'lost';
  readonly reason: (typeof HAND_VOXELS_LOST_REASON)[number];
}

/** What `voxhand_msgs/msg/HandVoxels` says. */
export interface HandVoxels extends VoxelsOrigin {
  readonly handedness: 'right' | 'left';
  readonly seen: FoundVoxels | LostVoxels;
}

/** As `voxhand_msgs/msg/HandVoxels`. The message owns its arrays. */
export function toHandVoxelsMessage(voxels: HandVoxels): HandVoxelsMessage {
  const { stamp, frameId, camera, session, sequence, handedness, seen } = voxels;
  const common = {
    version: VERSION,
    header: header(stamp, frameId),
    camera,
    session,
    sequence,
    handedness: HANDEDNESS.indexOf(handedness),
    state: HAND_VOXELS_STATE.indexOf(seen.state),
  };
  if (seen.state === 'lost') {
    return {
      ...common,
      lost_reason: HAND_VOXELS_LOST_REASON.indexOf(seen.reason),
      center: new Float64Array(3),
      edge: 0,
      roll: 0,
      mirror: false,
      confidence: 0,
      acquired: false,
      arm: NO_NUMBERS,
      grid_size: 0,
      occupied: 0,
      encoding: 0,
      cells: new Uint8Array(0),
    };
  }
  const { center, edge, roll, mirror } = seen.cube;
  return {
    ...common,
    lost_reason: 0,
    center: Float64Array.from(center),
    edge,
    roll,
    mirror,
    confidence: seen.confidence,
    acquired: seen.source === 'acquired',
    arm: seen.arm === undefined ? NO_NUMBERS : Float64Array.from(seen.arm),
    grid_size: seen.size,
    occupied: seen.occupied,
    ...encodeCells(seen.data),
  };
}

/**
 * Where a decoded `voxhand_msgs/msg/HandVoxels` comes from. To be asked before {@link fromHandVoxelsMessage}, so that a message
 * with contents that cannot be is answered too.
 *
 * @throws VoxhandError `MESSAGE_INVALID` for another version, or a camera's name, a stamp or a frame's name that cannot be
 */
export function voxelsOrigin(message: HandVoxelsMessage): VoxelsOrigin {
  const { version, camera, session, sequence } = message;
  const { stamp, frame_id: frameId } = message.header;
  demand(version === VERSION, 'version', `${VERSION}`, `${version}`);
  demand(CAMERA_NAME.test(camera), 'camera', '1 to 32 letters, digits and _', JSON.stringify(camera.slice(0, 40)));
  demand(stamp.nanosec < 1e9, 'header.stamp', 'nanoseconds below 10^9', `${stamp.nanosec}`);
  demand(frameId.length <= MAX_FRAME_ID, 'header.frame_id', `at most ${MAX_FRAME_ID} characters`, `${frameId.length}`);
  return { stamp: fromStamp(stamp), frameId, camera, session, sequence };
}

/**
 * What a decoded `voxhand_msgs/msg/HandVoxels` says. The result owns its arrays.
 *
 * @param gridSize cells along an edge that the receiver's network takes: another one is refused before anything is allocated
 * @throws VoxhandError `MESSAGE_INVALID` as {@link voxelsOrigin} and for fields or cells that cannot be; `GRID_INVALID` for
 * another grid size
 */
export function fromHandVoxelsMessage(message: HandVoxelsMessage, gridSize: number): HandVoxels {
  const origin = voxelsOrigin(message);
  const handedness = HANDEDNESS[message.handedness];
  if (handedness === undefined || handedness === 'unknown') {
    throw invalid('handedness', '1 (right) or 2 (left)', `${message.handedness}`);
  }
  const state = HAND_VOXELS_STATE[message.state];
  demand(state !== undefined, 'state', '0 (lost) or 1 (found)', `${message.state}`);
  return { ...origin, handedness, seen: state === 'found' ? found(message, gridSize) : lost(message) };
}

function lost({ lost_reason: number }: HandVoxelsMessage): LostVoxels {
  const reason = HAND_VOXELS_LOST_REASON[number];
  if (reason === undefined) throw invalid('lost_reason', `0 to ${HAND_VOXELS_LOST_REASON.length - 1}`, `${number}`);
  return { state: 'lost', reason };
}

function found(message: HandVoxelsMessage, gridSize: number): FoundVoxels {
  const { edge, roll, mirror, confidence, acquired, occupied, encoding, cells } = message;
  const near = (values: ArrayLike<number>) => Array.from(values).every((value) => Math.abs(value) <= FARTHEST);
  const [x, y, z] = message.center;
  const { arm } = message;
  demand(near(message.center), 'center', `numbers within ${FARTHEST} m`, `${x}, ${y}, ${z}`);
  demand(edge > 0 && Number.isFinite(edge), 'edge', 'metres > 0', `${edge}`);
  demand(Number.isFinite(roll), 'roll', 'radians', `${roll}`);
  demand(confidence >= 0 && confidence <= 1, 'confidence', '0 to 1', `${confidence}`);
  demand((arm.length === 0 || arm.length === 2) && near(arm), 'arm', 'none or two numbers', Array.from(arm).join(' '));
  if (message.grid_size !== gridSize) {
    throw new VoxhandError('GRID_INVALID', 'cells for a network of another size', {
      expected: `${gridSize} cells along an edge`,
      found: `${message.grid_size}`,
      where: `${HAND_VOXELS_SCHEMA}.grid_size`,
    });
  }
  return {
    state: 'found',
    cube: { center: [x, y, z], edge, roll, mirror },
    confidence,
    source: acquired ? 'acquired' : 'tracked',
    arm: arm.length === 2 ? [arm[0], arm[1]] : undefined,
    size: gridSize,
    data: decodeCells({ encoding, cells }, gridSize ** 3, occupied),
    occupied,
  };
}

function demand(right: boolean, field: string, expected: string, found: string): void {
  if (!right) throw invalid(field, expected, found);
}

function invalid(field: string, expected: string, found: string): VoxhandError {
  const where = `${HAND_VOXELS_SCHEMA}.${field}`;
  return new VoxhandError('MESSAGE_INVALID', 'no cells that we know', { expected, found, where });
}
