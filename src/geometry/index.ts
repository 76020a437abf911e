export { type Cube, cameraToCube, checkCube, cubeToCamera } from './cube.js';
export type { Matrix3, RigidTransform, Vec3 } from './matrix.js';
export { SeededRandom } from './random.js';
export {
  composeTransforms,
  IDENTITY_TRANSFORM,
  interpolateTransforms,
  invertTransform,
  type Transform,
  transformPoints,
  unitQuaternion,
} from './transform.js';
export type { TransformMatrix } from './transform-matrix.js';
