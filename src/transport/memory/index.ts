// For: a bus within one program, for tests and for pipelines without a robot.
// In and out: published messages in; the same messages to each subscriber out.
// Must not know: files, networks, the tracker.

export { MemoryBus, type MemoryBusOptions } from './memory-bus.js';
