// For: a kinematic hand, scenes, and a depth camera that renders them with ground truth.
// In and out: poses, shapes and a seed in; depth frames and true joints out.
// Must not know: the tracker that looks at them.

export { BONE_NAMES, type BoneName } from '../kinematics/hand-mesh-data.js';
export { CAMERAS, type CameraName, SENSORS, type SensorName } from './cameras.js';
export {
  type DepthCamera,
  type DepthCameraOptions,
  depthCamera,
  type HandTruth,
  LABEL_FOREARM,
  LABEL_HAND,
  LABEL_NONE,
  LABEL_OBJECTS,
  labelOfHand,
  type Rendering,
  type RenderOptions,
  SYNTHETIC_FRAME_ID,
} from './depth-camera.js';
export { type HandMesh, handMesh } from './hand-mesh.js';
export {
  attitude,
  FACING_CAMERA,
  type HandMotion,
  type HandMotionOptions,
  type HandState,
  handMotion,
  type Leaving,
  minimumJerk,
  type View,
} from './hand-motion.js';
export { type HandSceneOptions, handScene, type Passing } from './hand-scene.js';
export { jointCover } from './joint-cover.js';
export { type HandBone, type HandCone, type HandGeometry, kinematicHand } from './kinematic-hand.js';
export {
  type Performance,
  type PerformanceOptions,
  type PerformanceStep,
  type PerformanceTruthOptions,
  performance,
  performanceTruth,
  type TrueGesture,
  type TrueGestureEvent,
  trueGestureEvents,
} from './performance.js';
export {
  PERFORMANCE_SURFACE,
  PERFORMED_INTERACTIONS,
  PERFORMED_MOVEMENTS,
  PERFORMED_POSES,
  type PerformedGesture,
} from './performed-gestures.js';
export { drawHandPose } from './pose-mixture.js';
export type { Preset, PresetInput } from './preset.js';
export { presetPerformances } from './preset-gestures.js';
export { PRESETS, type PresetName } from './presets.js';
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
export { type RayIntersection, rayIntersection } from './ray-intersection.js';
export {
  RIG_PRESETS,
  type RigPresetName,
  type SyntheticRig,
  type SyntheticRigCamera,
  type SyntheticRigFrame,
  type SyntheticRigOptions,
  syntheticRig,
} from './rig-stream.js';
export { handsOf, type PlacedHand, placeHand, type Scene, type SceneObject } from './scene.js';
export { type SensorModel, senseDepth } from './sensor-model.js';
export {
  type SyntheticFrame,
  type SyntheticStream,
  type SyntheticStreamOptions,
  syntheticStream,
} from './synthetic-stream.js';
