// For: vectors, rotations, transforms, the cube, small linear algebra, seeded random numbers.
// In and out: plain arrays of numbers in metres and radians, in and out; inputs are only read.
// Must not know: hands, cameras, messages.

export { assign } from './assign.js';
export { type Cube, cameraToCube, checkCube, cubeToCamera, POINT_UNIT } from './cube.js';
export { cross, distance, dot, type Matrix3, type RigidTransform, subtract, unit, type Vec3 } from './matrix.js';
export { SeededRandom } from './random.js';
export {
  axesQuaternion,
  composeTransforms,
  IDENTITY_TRANSFORM,
  invertTransform,
  matrixQuaternion,
  type Transform,
  transformMatrix,
  transformPoints,
  unitQuaternion,
} from './transform.js';
