/** The pipeline cut after the voxels: cameras on one side, a network for several of them on the other. */
export { cameraConfig } from './camera-config.js';
export type { ServedCameraStatus } from './camera-registry.js';
export { type CameraRoleOptions, type CameraRoleStatus, runCameraRole } from './camera-role.js';
export {
  type InferenceRoleOptions,
  type InferenceRoleStatus,
  runInferenceRole,
} from './inference-role.js';
export { type CameraParts, loadCameraParts } from './load-camera-parts.js';
export type { OnRoleEvent, RunningRole } from './running-role.js';
