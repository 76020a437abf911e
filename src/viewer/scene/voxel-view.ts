import { BoxGeometry, DynamicDrawUsage, InstancedMesh, Matrix4, MeshLambertMaterial, Quaternion, Vector3 } from 'three';
import type { BoxPlace } from '../channels/drawing.js';
import type { ScenePalette } from './palette.js';

/** An 88^3 cube around a hand has two to six thousand occupied voxels; those of eight hands are in one message. */
export const MOST_VOXELS = 32_000;
/** A little less than the voxel, so that one sees voxels. */
const FILL = 0.86;

/** Occupied voxels of the cubes that the network sees. */
export class VoxelView {
  readonly object: InstancedMesh<BoxGeometry, MeshLambertMaterial>;

  constructor() {
    this.object = new InstancedMesh(new BoxGeometry(FILL, FILL, FILL), new MeshLambertMaterial(), MOST_VOXELS);
    this.object.instanceMatrix.setUsage(DynamicDrawUsage);
    this.object.frustumCulled = false;
    this.object.count = 0;
  }

  /**
   * @param points the voxels' centres, x, y, z in metres
   * @param edge of a voxel, metres
   * @param cubes whose voxels they are: each voxel lies along the axes of the nearest one
   */
  show(points: Float32Array, edge: number, cubes: readonly BoxPlace[]): void {
    const count = Math.min(MOST_VOXELS, points.length / 3);
    const size = new Vector3(edge, edge, edge);
    const matrices = cubes.map(({ turn }) => new Matrix4().compose(new Vector3(), new Quaternion(...turn), size));
    if (matrices.length === 0) matrices.push(new Matrix4().makeScale(edge, edge, edge));
    for (let i = 0; i < count; i++) {
      const [x, y, z] = [points[3 * i], points[3 * i + 1], points[3 * i + 2]];
      const matrix = matrices[cubes.length > 1 ? nearestCube(cubes, x, y, z) : 0];
      matrix.setPosition(x, y, z);
      this.object.setMatrixAt(i, matrix);
    }
    this.object.count = count;
    this.object.instanceMatrix.needsUpdate = true;
  }

  clear(): void {
    this.object.count = 0;
  }

  setPalette({ voxel }: ScenePalette): void {
    this.object.material.color.copy(voxel);
  }
}

function nearestCube(cubes: readonly BoxPlace[], x: number, y: number, z: number): number {
  let nearest = 0;
  let least = Number.POSITIVE_INFINITY;
  cubes.forEach(({ center }, i) => {
    const away = Math.hypot(center[0] - x, center[1] - y, center[2] - z);
    if (away < least) [nearest, least] = [i, away];
  });
  return nearest;
}

/** Edge of a voxel where nobody says it, metres: 25 cm in 88 voxels. */
const USUAL_EDGE = 0.25 / 88;

/** The edge of the voxels with these centres: the least distance from one to the next, for some are always neighbours. */
export function cellEdge(points: Float32Array): number {
  let least = Number.POSITIVE_INFINITY;
  for (let i = 3; i + 2 < points.length; i += 3) {
    const distance = Math.hypot(
      points[i] - points[i - 3],
      points[i + 1] - points[i - 2],
      points[i + 2] - points[i - 1],
    );
    if (distance > 1e-4 && distance < least) least = distance;
  }
  return least < 0.05 ? least : USUAL_EDGE;
}
