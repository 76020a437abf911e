import { VoxhandError } from '../errors/index.js';
import { type HandJoints, JOINT_COUNT, lostHand, parseJointLines } from '../hand/index.js';
import { TRUTH_TOPIC } from '../recording/index.js';
import { openRecording } from '../transport/mcap/index.js';
import { isRecording } from '../transport/mcap/open-recording.js';
import { readText } from '../transport/port/files.js';
import { readHands } from '../transport/port/read-hands.js';
import { TruthByStamp } from './truth-by-stamp.js';

export interface LoadTruthOptions {
  /** Topic of a recording. Default `/hand/truth`. */
  readonly topic?: string;
  /** The results that a text file's lines belong to, for their stamps: the k-th line to the k-th of them. */
  readonly results: AsyncIterable<HandJoints>;
}

/**
 * Ground truth from a recording (a topic of HandJoints; a file or a folder), or from a text file (see `parseJointLines`).
 *
 * @throws VoxhandError `FILE_NOT_FOUND`, `FILE_INVALID` (also where a text has not a line for each result), and for a
 * recording as `openRecording` and its `subscribe`.
 */
export async function loadTruth(
  path: string,
  { topic = TRUTH_TOPIC, results }: LoadTruthOptions,
): Promise<TruthByStamp> {
  if (await isRecording(path)) {
    const recording = await openRecording(path);
    try {
      return new TruthByStamp(await all(readHands(recording, topic)));
    } finally {
      await recording.close();
    }
  }
  const frames = parseJointLines(await readText(path, 'the ground truth'), path);
  const hands = await all(results);
  if (hands.length !== frames.length) {
    throw new VoxhandError('FILE_INVALID', 'ground truth and results do not go together', {
      expected: `${hands.length} lines, one for each result`,
      found: `${frames.length}`,
      where: path,
    });
  }
  hands.sort((a, b) => (a.stamp < b.stamp ? -1 : a.stamp > b.stamp ? 1 : 0));
  return new TruthByStamp(frames.map((positions, k) => truthFrame(hands[k], positions)));
}

function truthFrame({ stamp, frameId, handedness }: HandJoints, positions: Float64Array | undefined): HandJoints {
  const none = lostHand(stamp, frameId, handedness);
  if (positions === undefined) return none;
  return { ...none, tracked: true, positions, confidences: new Float32Array(JOINT_COUNT).fill(1) };
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}
