import { VoxhandError } from '../errors/index.js';
import { type RecordingSink, WANTED_ENDS } from '../recording/index.js';
import { type BusMessage, type BusSink, publisherOf } from '../transport/port/index.js';

/**
 * A recording as an output of a node. Recording itself never throws, whatever the disk does; here the first message after a
 * disk has ended the recording does, so that the node's diagnostics say so. A limit that was asked for is no fault: then
 * nothing is wanted any more.
 */
export function recordingOutput(recording: RecordingSink): BusSink {
  const isOver = () => recording.end !== undefined && WANTED_ENDS.includes(recording.end.reason);
  const write = async (message: BusMessage) => {
    await recording.write(message);
    const { end } = recording;
    if (end === undefined || isOver()) return;
    if (end.error !== undefined) throw VoxhandError.fromJSON(end.error);
    throw new VoxhandError('WRITE_FAILED', 'the disk has too little left to record', { found: end.reason });
  };
  return {
    advertise: (topic, codec) => publisherOf(topic, codec, write, () => !isOver()),
    write,
    close: () => recording.close(),
  };
}
