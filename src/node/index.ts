// For: the tracker as a live node: life cycle, parameters, diagnostics; roles/: a pipeline that is cut after the voxels.
// In and out: a live bus and a configuration in; a running node with its diagnostics out.
// Must not know: one transport alone, command lines.

export { type LoopLag, watchEventLoop } from './event-loop-lag.js';
export { type HostedNodeOptions, hostedNode, withOverrides } from './hosted-node.js';
export type { NodeFacts } from './node-facts.js';
export { joinedObserver, type NodeObserver } from './node-session.js';
export { recordingOutput } from './recording-output.js';
export { replayDiagnostics } from './replay-diagnostics.js';
export { type Tap, tappedBus } from './tapped-bus.js';
export { type NodeLog, type NodeReport, TrackerNode, type TrackerNodeOptions } from './tracker-node.js';
