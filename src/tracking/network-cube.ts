import type { ReferencePoint, Side } from '../detection/index.js';
import type { Cube } from '../geometry/index.js';
import type { NetworkFacts } from '../inference/inference.js';
import { cubeFor } from '../voxels/index.js';
import type { TrackerConfig } from './config.js';

/**
 * The cube that a network wants to see around a point: its edge, turned and mirrored as the network was trained.
 *
 * @throws VoxhandError `GRID_INVALID` for a point that is not finite
 */
export function networkCube(
  point: Pick<ReferencePoint, 'position' | 'arm'>,
  model: Pick<NetworkFacts, 'cubeEdge' | 'roll' | 'handedness'>,
  handedness: Side,
): Cube {
  return cubeFor(point, {
    edge: model.cubeEdge,
    roll: model.roll,
    handedness,
    modelHandedness: model.handedness === 'any' ? 'unknown' : model.handedness,
  });
}

/** The cubes of `inference.variants`: the same point seen in another size or turned further, beside the network's own cube. */
export function variantCubes(cube: Cube, { edges, rollDegrees }: TrackerConfig['inference']['variants']): Cube[] {
  return edges.map((edge, i) => ({ ...cube, edge, roll: cube.roll + ((rollDegrees[i] ?? 0) * Math.PI) / 180 }));
}
