import { VoxhandError } from '../errors/index.js';
import { POINT_UNIT } from '../geometry/index.js';
import { fromStamp } from '../timing/stamp.js';
import {
  HAND_VOXELS,
  HAND_VOXELS_LOST_REASON,
  HAND_VOXELS_SCHEMA,
  HAND_VOXELS_STATE,
  HANDEDNESS,
  type HandVoxelsMessage,
} from './generated.js';
import { header } from './parts.js';

const { VERSION, RUNS, BITMAP } = HAND_VOXELS;
export const CAMERA_NAME = /^[A-Za-z0-9_]{1,32}$/;
const MAX_FRAME_ID = 256;
/** Nothing that a depth camera sees is farther, metres. */
const FARTHEST = 1000;
/** Of one camera at one moment. */
const MOST_HANDS = 8;
const NO_NUMBERS = new Float64Array(0);
const NO_SURFACE = { surface: new Int16Array(0), surface_pitch: 0 };

/** Which frame of which camera: an answer repeats it. */
export interface VoxelsOrigin {
  /** Of the depth frame, nanoseconds. */
  readonly stamp: bigint;
  /** Optical frame of the camera. */
  readonly frameId: string;
  readonly camera: string;
  readonly session: number;
  readonly sequence: number;
}

/** The occupied voxels of the cube around a hand, and how certain the camera process is of it. */
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
  /** Voxels along an edge. */
  readonly size: number;
  /** `data[(z * size + y) * size + x]`, 0 or 1. */
  readonly data: Uint8Array;
  readonly occupied: number;
  /** Points of the surface in the camera's frame, x, y, z, metres, and the distance between neighbouring ones; see `seenPoints`. */
  readonly surface?: { readonly points: Float32Array; readonly pitch: number };
}

export interface LostVoxels {
  readonly state: 'lost';
  readonly reason: (typeof HAND_VOXELS_LOST_REASON)[number];
}

/** What `voxhand_msgs/msg/HandVoxels` says. */
export interface HandVoxels extends VoxelsOrigin {
  /** Stays with the hand. */
  readonly handId: number;
  /** How many messages the frame has. */
  readonly hands: number;
  readonly handedness: 'right' | 'left';
  /** How likely that side is right, 0 to 1. */
  readonly handednessScore: number;
  readonly seen: FoundVoxels | LostVoxels;
}

/** As `voxhand_msgs/msg/HandVoxels`. The message owns its arrays. */
export function toHandVoxelsMessage(voxels: HandVoxels): HandVoxelsMessage {
  const { stamp, frameId, camera, session, sequence, hands, handId, handedness, handednessScore, seen } = voxels;
  const common = {
    version: VERSION,
    header: header(stamp, frameId),
    camera,
    session,
    sequence,
    hands,
    hand_id: handId,
    handedness: HANDEDNESS.indexOf(handedness),
    handedness_score: handednessScore,
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
      ...NO_SURFACE,
    };
  }
  const { center, edge, roll, mirror } = seen.cube;
  const { surface } = seen;
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
    ...encodeVoxels(seen.data),
    ...(surface
      ? {
          surface: Int16Array.from(surface.points, (x, i) => Math.round((x - center[i % 3]) / POINT_UNIT)),
          surface_pitch: surface.pitch,
        }
      : NO_SURFACE),
  };
}

/**
 * Where a decoded `voxhand_msgs/msg/HandVoxels` comes from. To be asked before {@link fromHandVoxelsMessage}, so that a message
 * with invalid contents is answered too.
 *
 * @throws VoxhandError `MESSAGE_INVALID` for another version, or an invalid name of the camera, stamp or name of the frame
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
 * @param gridSize voxels along an edge that the receiver's network takes: another one is refused before anything is allocated
 * @throws VoxhandError `MESSAGE_INVALID` as {@link voxelsOrigin} and for invalid fields or voxels; `GRID_INVALID` for
 * another grid size
 */
export function fromHandVoxelsMessage(message: HandVoxelsMessage, gridSize: number): HandVoxels {
  const origin = voxelsOrigin(message);
  const { hands, hand_id: handId, handedness_score: handednessScore } = message;
  demand(hands >= 1 && hands <= MOST_HANDS, 'hands', `1 to ${MOST_HANDS}`, `${hands}`);
  demand(handednessScore >= 0 && handednessScore <= 1, 'handedness_score', '0 to 1', `${handednessScore}`);
  const handedness = HANDEDNESS[message.handedness];
  if (handedness === undefined || handedness === 'unknown') {
    throw invalid('handedness', '1 (right) or 2 (left)', `${message.handedness}`);
  }
  const state = HAND_VOXELS_STATE[message.state];
  demand(state !== undefined, 'state', '0 (lost) or 1 (found)', `${message.state}`);
  const known = { handId, hands, handedness, handednessScore };
  return { ...origin, ...known, seen: state === 'found' ? found(message, gridSize) : lost(message) };
}

function lost({ lost_reason: number }: HandVoxelsMessage): LostVoxels {
  const reason = HAND_VOXELS_LOST_REASON[number];
  if (reason === undefined) throw invalid('lost_reason', `0 to ${HAND_VOXELS_LOST_REASON.length - 1}`, `${number}`);
  return { state: 'lost', reason };
}

function found(message: HandVoxelsMessage, gridSize: number): FoundVoxels {
  const { edge, roll, mirror, confidence, acquired, occupied, encoding, cells, surface, surface_pitch } = message;
  const near = (values: ArrayLike<number>) => Array.from(values).every((value) => Math.abs(value) <= FARTHEST);
  const [x, y, z] = message.center;
  const { arm } = message;
  demand(near(message.center), 'center', `numbers within ${FARTHEST} m`, `${x}, ${y}, ${z}`);
  demand(edge > 0 && Number.isFinite(edge), 'edge', 'metres > 0', `${edge}`);
  demand(Number.isFinite(roll), 'roll', 'radians', `${roll}`);
  demand(confidence >= 0 && confidence <= 1, 'confidence', '0 to 1', `${confidence}`);
  demand(surface.length % 3 === 0, 'surface', 'x, y and z of each point', `${surface.length} numbers`);
  demand(surface_pitch >= 0 && surface_pitch <= FARTHEST, 'surface_pitch', `0 to ${FARTHEST} m`, `${surface_pitch}`);
  demand((arm.length === 0 || arm.length === 2) && near(arm), 'arm', 'none or two numbers', Array.from(arm).join(' '));
  if (message.grid_size !== gridSize) {
    throw new VoxhandError('GRID_INVALID', 'voxels for a network of another size', {
      expected: `${gridSize} voxels along an edge`,
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
    data: decodeVoxels({ encoding, cells }, gridSize ** 3, occupied),
    occupied,
    ...(surface_pitch > 0 && {
      surface: {
        points: Float32Array.from(surface, (k, i) => message.center[i % 3] + k * POINT_UNIT),
        pitch: surface_pitch,
      },
    }),
  };
}

function demand(right: boolean, field: string, expected: string, found: string): void {
  if (!right) throw invalid(field, expected, found);
}

function invalid(field: string, expected: string, found: string): VoxhandError {
  const where = `${HAND_VOXELS_SCHEMA}.${field}`;
  return new VoxhandError('MESSAGE_INVALID', 'HandVoxels message refused', { expected, found, where });
}

/** A run's length fits into so many bytes of 7 bits: no grid has more voxels. */
const MAX_RUN_BYTES = 4;

/** Occupied voxels as they are sent. */
export interface EncodedVoxels {
  readonly encoding: number;
  readonly cells: Uint8Array;
}

/**
 * A grid's occupied voxels as runs, or as a bitmap where that is shorter: at most an eighth of the grid's bytes. A hand in a
 * grid of 48^3 is about 1 kB.
 *
 * @param grid 0 or 1 per voxel
 * @returns bytes of its own
 */
export function encodeVoxels(grid: Uint8Array): EncodedVoxels {
  const bytes = new Uint8Array(bitmapBytes(grid.length));
  const length = writeRuns(grid, bytes);
  if (length >= 0) return { encoding: RUNS, cells: bytes.slice(0, length) };
  bytes.fill(0);
  for (let cell = grid.indexOf(1); cell >= 0; cell = grid.indexOf(1, cell + 1)) bytes[cell >> 3] |= 1 << (cell & 7);
  return { encoding: BITMAP, cells: bytes };
}

/**
 * The grid that {@link encodeVoxels} was given. What is declared is compared with what there is room for before anything is
 * allocated.
 *
 * @param count voxels of the grid, which the receiver knows
 * @param occupied as the message says
 * @returns `count` bytes, 0 or 1 per voxel
 * @throws VoxhandError `MESSAGE_INVALID` for voxels beyond the grid, empty runs, a bitmap of another size, or another number of
 * occupied voxels than declared
 */
export function decodeVoxels({ encoding, cells }: EncodedVoxels, count: number, occupied: number): Uint8Array {
  if (cells.length > bitmapBytes(count)) throw invalidVoxels(`at most ${bitmapBytes(count)} bytes`, `${cells.length}`);
  const grid = new Uint8Array(count);
  const found = encoding === RUNS ? readRuns(cells, grid) : encoding === BITMAP ? readBitmap(cells, grid) : undefined;
  if (found === undefined) throw invalidVoxels('encoding 0 (runs) or 1 (bitmap)', `${encoding}`);
  if (found !== occupied) throw invalidVoxels(`${occupied} occupied voxels`, `${found}`);
  return grid;
}

function bitmapBytes(cells: number): number {
  return Math.ceil(cells / 8);
}

/** The bytes written, or -1 where they do not fit. */
function writeRuns(grid: Uint8Array, bytes: Uint8Array): number {
  let at = 0;
  let end = 0; // of the last occupied run
  for (let start = grid.indexOf(1); start >= 0; start = grid.indexOf(1, end)) {
    const next = grid.indexOf(0, start);
    const stop = next < 0 ? grid.length : next;
    for (let run of [start - end, stop - start]) {
      for (; run >= 0x80; run >>= 7) {
        if (at === bytes.length) return -1;
        bytes[at++] = (run & 0x7f) | 0x80;
      }
      if (at === bytes.length) return -1;
      bytes[at++] = run;
    }
    end = stop;
  }
  return at;
}

function readRuns(cells: Uint8Array, grid: Uint8Array): number {
  let [at, end, found, runs] = [0, 0, 0, 0];
  while (at < cells.length) {
    let run = 0;
    for (let byte = 0; ; byte++) {
      if (at === cells.length) throw invalidVoxels('a whole run', 'the end of the bytes');
      if (byte === MAX_RUN_BYTES) throw invalidVoxels(`runs of at most ${MAX_RUN_BYTES} bytes`, 'a longer one');
      const bits = cells[at++];
      run += (bits & 0x7f) * 2 ** (7 * byte);
      if (bits < 0x80) break;
    }
    if (run === 0 && runs > 0) throw invalidVoxels('runs of one voxel or more', 'an empty run');
    if (run > grid.length - end) throw invalidVoxels(`voxels below ${grid.length}`, `${end + run}`);
    if (runs % 2 === 1) {
      grid.fill(1, end, end + run);
      found += run;
    }
    end += run;
    runs++;
  }
  if (runs % 2 === 1) throw invalidVoxels('an occupied run at the end', 'an empty one');
  return found;
}

function readBitmap(cells: Uint8Array, grid: Uint8Array): number {
  if (cells.length !== bitmapBytes(grid.length))
    throw invalidVoxels(`${bitmapBytes(grid.length)} bytes`, `${cells.length}`);
  let found = 0;
  for (const [at, byte] of cells.entries()) {
    for (let bits = byte; bits !== 0; bits &= bits - 1) {
      const cell = 8 * at + 31 - Math.clz32(bits & -bits);
      if (cell >= grid.length) throw invalidVoxels(`voxels below ${grid.length}`, `${cell}`);
      grid[cell] = 1;
      found++;
    }
  }
  return found;
}

function invalidVoxels(expected: string, found: string): VoxhandError {
  return invalid('cells', expected, found);
}
