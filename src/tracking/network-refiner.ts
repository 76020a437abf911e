import type { DepthFrame } from '../depth/index.js';
import type { ReferencePoint, ReferenceRefiner, RefinedPoint, Side } from '../detection/index.js';
import { toVoxhandError } from '../errors/index.js';
import { cubeToCamera } from '../geometry/index.js';
import type { PointInference } from '../inference/inference.js';
import { voxelise } from '../voxels/index.js';
import { networkCube } from './network-cube.js';

export interface NetworkRefinerOptions {
  /** The hand that is tracked; a network of the other hand sees it mirrored. */
  readonly handedness: Side;
  /** A network that moves the point farther than this is not believed, metres. */
  readonly maxMove: number;
}

/** A refiner and the network behind it. */
export interface NetworkRefiner extends ReferenceRefiner {
  readonly inference: PointInference;
}

/**
 * The second stage of the reference point: a small network looks at a coarse cube around the point that was found, and says
 * where the hand's centre of mass, or the root of its middle finger, really is. Arm direction and confidence stay.
 *
 * It never rejects because of its network: where that is lost, throws, answers no numbers or moves the point too far, the
 * point stays as it came and says why in `refinement`. The network stays open; closing it is the caller's.
 *
 * @example
 * ```ts
 * const inference = await createPointInference({ model: './models/my-refiner' });
 * const refiner = networkRefiner(inference, { handedness: 'right', maxMove: 0.08 });
 * ```
 */
export function networkRefiner(
  inference: PointInference,
  { handedness, maxMove }: NetworkRefinerOptions,
): NetworkRefiner {
  const { model } = inference;
  let spare: Uint8Array | undefined;
  return {
    kind: model.target,
    inference,
    async refine(frame: DepthFrame, point: ReferencePoint): Promise<RefinedPoint> {
      const cube = networkCube(point, model, handedness);
      const { data } = voxelise(frame, cube, model.gridSize, spare);
      spare = undefined; // moved into the network; it comes back with the answer
      let answer: ArrayLike<number>;
      try {
        const result = await inference.infer(data);
        spare = result.grid;
        answer = result.point;
      } catch (thrown) {
        return { ...point, refinement: toVoxhandError(thrown, 'INFERENCE_FAILED').code };
      }
      const [x, y, z] = cubeToCamera(cube, answer);
      const [fromX, fromY, fromZ] = point.position;
      if (Math.hypot(x - fromX, y - fromY, z - fromZ) > maxMove) return { ...point, refinement: 'too-far' };
      return { ...point, position: [x, y, z], refinement: 'refined' };
    },
  };
}
