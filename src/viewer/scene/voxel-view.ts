import { BoxGeometry, DynamicDrawUsage, InstancedMesh, Matrix4, MeshLambertMaterial, type Quaternion } from 'three';
import type { ScenePalette } from './palette.js';

/** An 88^3 cube around a hand has two to six thousand occupied voxels. */
export const MOST_VOXELS = 12_000;
/** A little less than the voxel, so that one sees voxels. */
const FILL = 0.86;

/** Occupied voxels of the cube that the network sees. */
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
   * @param turn of the voxels' axes
   */
  show(points: Float32Array, edge: number, turn: Quaternion): void {
    const count = Math.min(MOST_VOXELS, points.length / 3);
    const matrix = new Matrix4().makeRotationFromQuaternion(turn);
    matrix.scale(this.object.scale.clone().set(edge, edge, edge));
    for (let i = 0; i < count; i++) {
      matrix.setPosition(points[i * 3], points[i * 3 + 1], points[i * 3 + 2]);
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
