import { cameraToCube, type Vec3 } from '../geometry/index.js';
import { BONES, JOINT_COUNT, ROOT_OF_MIDDLE, WRIST } from '../hand/index.js';
import type { VoxelGrid } from './voxel-grid.js';

/** What is so near to a bone, or to the axis of a forearm, belongs to it, metres. */
const THICKNESS = { bone: 0.022, forearm: 0.05 } as const;
/** And is nearer to it than to the grid's own hand by this, metres: joints are not known exactly. */
const MARGIN = 0.012;
/** Of the forearm that goes on behind a wrist, so much is looked at, in lengths of the palm. */
const FOREARM = 2.5;

/** From a point to another one, six numbers each; and how thick what lies around is. */
interface Segments {
  readonly ends: Float64Array;
  /** Metres, of each segment. */
  readonly thickness: Float64Array;
  /** The corners of a box around all of it. */
  readonly box: readonly [low: Vec3, high: Vec3];
}

/**
 * Empties the voxels of a hand's grid that show other hands: those that lie at the bones or the forearm of one of them, and clearly nearer
 * to these than to the bones of the hand that the grid is about.
 *
 * @param grid its data is written to
 * @param own joints of the grid's own hand, as they are expected: 63 numbers, metres, camera frame
 * @param others joints of other hands, in the same way
 * @returns the grid with its new number of occupied voxels
 */
export function withoutOtherHands(
  grid: VoxelGrid,
  own: ArrayLike<number>,
  others: readonly ArrayLike<number>[],
): VoxelGrid {
  const { cube, size, data } = grid;
  const mine = segmentsOf(grid, own);
  const theirs = others.map((other) => segmentsOf(grid, other));
  let { occupied } = grid;
  for (let voxel = data.indexOf(1); voxel >= 0; voxel = data.indexOf(1, voxel + 1)) {
    const x = (((voxel % size) + 0.5) / size) * cube.edge;
    const y = (((Math.floor(voxel / size) % size) + 0.5) / size) * cube.edge;
    const z = ((Math.floor(voxel / size ** 2) + 0.5) / size) * cube.edge;
    let beyond = Number.POSITIVE_INFINITY;
    for (const other of theirs) if (isBoxed(other, x, y, z)) beyond = Math.min(beyond, beyondSkin(other, x, y, z));
    if (!(beyond < 0) || beyondSkin(mine, x, y, z) < beyond + MARGIN) continue;
    data[voxel] = 0;
    occupied--;
  }
  return { ...grid, occupied };
}

/** In metres along the cube's axes, from its corner. */
function segmentsOf({ cube }: VoxelGrid, joints: ArrayLike<number>): Segments {
  const inCube = cameraToCube(cube, Float64Array.from(joints)).map((c) => c * cube.edge);
  const ends = new Float64Array(6 * (BONES.length + 1));
  const thickness = new Float64Array(BONES.length + 1).fill(THICKNESS.bone);
  for (const [i, [from, to]] of BONES.entries()) {
    ends.set(inCube.subarray(3 * from, 3 * from + 3), 6 * i);
    ends.set(inCube.subarray(3 * to, 3 * to + 3), 6 * i + 3);
  }
  const at = 6 * BONES.length;
  for (let axis = 0; axis < 3; axis++) {
    const wrist = inCube[3 * WRIST + axis];
    ends[at + axis] = wrist;
    ends[at + 3 + axis] = wrist + FOREARM * (wrist - inCube[3 * ROOT_OF_MIDDLE + axis]);
  }
  thickness[BONES.length] = THICKNESS.forearm;
  return { ends, thickness, box: boxAround(ends) };
}

function boxAround(ends: Float64Array): Segments['box'] {
  const along = (axis: number) => Array.from({ length: ends.length / 3 }, (_, i) => ends[3 * i + axis]);
  const thickest = Math.max(THICKNESS.bone, THICKNESS.forearm);
  const [low, high] = [Math.min, Math.max].map((of, side) => {
    const corner = [0, 1, 2].map((axis) => of(...along(axis)) + (side === 0 ? -thickest : thickest));
    return [corner[0], corner[1], corner[2]] as const;
  });
  return [low, high];
}

function isBoxed({ box: [low, high] }: Segments, x: number, y: number, z: number): boolean {
  return x >= low[0] && x <= high[0] && y >= low[1] && y <= high[1] && z >= low[2] && z <= high[2];
}

/** Distance to the nearest segment, minus its thickness. */
function beyondSkin({ ends, thickness }: Segments, x: number, y: number, z: number): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < thickness.length; i++) {
    const at = 6 * i;
    const [ax, ay, az] = [ends[at], ends[at + 1], ends[at + 2]];
    const [dx, dy, dz] = [ends[at + 3] - ax, ends[at + 4] - ay, ends[at + 5] - az];
    const along = dx * (x - ax) + dy * (y - ay) + dz * (z - az);
    const length = dx * dx + dy * dy + dz * dz;
    const t = length > 0 ? Math.min(1, Math.max(0, along / length)) : 0;
    const away = Math.sqrt((ax + t * dx - x) ** 2 + (ay + t * dy - y) ** 2 + (az + t * dz - z) ** 2) - thickness[i];
    if (away < least) least = away;
  }
  return least;
}

/** Whether a hand may reach into a cube: one of its joints is within half an edge of it. */
export function reachesInto({ cube }: Pick<VoxelGrid, 'cube'>, joints: ArrayLike<number>): boolean {
  const { center, edge } = cube;
  for (let j = 0; j < JOINT_COUNT; j++) {
    const away = Math.hypot(...center.map((c, axis) => joints[3 * j + axis] - c));
    if (away < edge) return true;
  }
  return false;
}
