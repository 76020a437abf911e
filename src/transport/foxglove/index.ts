// For: the Foxglove WebSocket protocol: a server for viewers, a client as a source.
// In and out: messages of a bus in; WebSocket frames out, and back.
// Must not know: the tracker; ROS 2 and MCAP.

export { FoxgloveServer } from './server/foxglove-server.js';
