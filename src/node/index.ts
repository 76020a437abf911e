// For: the tracker as a live node: life cycle, parameters, diagnostics; roles/: a pipeline that is cut after the voxels.
// In and out: a live bus and a configuration in; a running node with its diagnostics out.
// Must not know: one transport alone, command lines.

export { type LoopLag, watchEventLoop } from './event-loop-lag.js';
export type { LossySink, SinkFault } from './guarded-sink.js';
export { type HostedNodeOptions, hostedNode, parameterDescriptors, withOverrides } from './hosted-node.js';
export type { InputFault } from './input-faults.js';
export { wholeSession } from './live-tracker.js';
export { nodeDiagnostics, worstLevel } from './node-diagnostics.js';
export type { NodeFacts } from './node-facts.js';
export { type Finding, findingsOf, NODE_RULES, type NodePart, type NodeRule, ruleTable } from './node-rules.js';
export {
  joinedObserver,
  type NodeObserver,
  type NodeSession,
  type OpenSession,
  type SessionContext,
  type SessionFacts,
} from './node-session.js';
export { recordingOutput } from './recording-output.js';
export { type ReplayFacts, replayDiagnostics } from './replay-diagnostics.js';
export { cameraSession, inferenceSession } from './role-session.js';
export { cameraConfig } from './roles/camera-config.js';
export type { ServedCameraStatus } from './roles/camera-registry.js';
export { type CameraRoleOptions, type CameraRoleStatus, runCameraRole } from './roles/camera-role.js';
export { type InferenceRoleOptions, type InferenceRoleStatus, runInferenceRole } from './roles/inference-role.js';
export type { OnRoleEvent, RunningRole } from './roles/running-role.js';
export { type Tap, tappedBus } from './tapped-bus.js';
export { type NodeLog, type NodeReport, TrackerNode, type TrackerNodeOptions } from './tracker-node.js';
