export * from './cameras.js';
export * from './depth-camera.js';
export { DOF_NAMES, type DofName, HAND_DATA, POSE_NAMES, type PoseName } from './hand-data.js';
export type { HandDescription, PointDescription, PrimitiveDescription } from './hand-description.js';
export { type HandMesh, handMesh } from './hand-mesh.js';
export { BONE_NAMES, type BoneName } from './hand-mesh-data.js';
export * from './hand-motion.js';
export * from './hand-pose.js';
export * from './hand-scene.js';
export * from './hand-shape.js';
export { type HandBone, type HandCone, type HandGeometry, kinematicHand } from './kinematic-hand.js';
export type { Matrix3, RigidTransform } from './matrix.js';
export { drawHandPose } from './pose-mixture.js';
export * from './presets.js';
export {
  type Box,
  box,
  capsule,
  type Ellipsoid,
  ellipsoid,
  type Plane,
  type Primitive,
  plane,
  type RoundCone,
  sphere,
} from './primitives.js';
export { SeededRandom } from './random.js';
export { type RayIntersection, rayIntersection } from './ray-intersection.js';
export { type PlacedHand, placeHand, type Scene, type SceneObject } from './scene.js';
export { type SensorModel, senseDepth } from './sensor-model.js';
export * from './synthetic-stream.js';
