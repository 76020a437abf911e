// For: ordinary web pages that are operated by hand: `voxhand/pointer`, without dependencies.
// In and out: the server's stream of events in; DOM pointer events, a cursor and texts for screen readers out.
// Must not know: Node, and anything of this package but the types of those events.

export type * from '../messages/stream-events.js';
export type { DomCursor } from './dom-pointer.js';
export { type EventStreamListener, openEventStream, parseEvent, type StreamState } from './event-stream.js';
export { connectHandPointer, type HandPointer, type HandPointerOptions } from './hand-pointer.js';
