import { open, readFile } from 'node:fs/promises';
import { McapConstants } from '@mcap/core';
import { type McapSource, openMcap, TRUTH_TOPIC } from './bus/mcap/index.js';
import { readHands } from './bus/read-hands.js';
import { TruthByStamp } from './evaluation/index.js';
import { type HandJoints, JOINT_COUNT, lostHand, parseJointLines, VoxhandError } from './hand/index.js';

/** What an MCAP file begins with, without what says its version. */
const MCAP_MAGIC = McapConstants.MCAP_MAGIC.slice(0, 5);

export interface LoadTruthOptions {
  /** Topic of a recording. Default `/hand/truth`. */
  readonly topic?: string;
  /** The results that a text file's lines belong to, for their stamps: the k-th line to the k-th of them. */
  readonly results: AsyncIterable<HandJoints>;
}

/**
 * Ground truth from a recording (a topic of HandJoints), or from a text file (see `parseJointLines`).
 *
 * @throws VoxhandError `FILE_NOT_FOUND`, `FILE_INVALID` (also where a text has not a line for each result), and for a
 * recording as `openMcap` and `McapSource.subscribe`.
 */
export async function loadTruth(
  path: string,
  { topic = TRUTH_TOPIC, results }: LoadTruthOptions,
): Promise<TruthByStamp> {
  if (await isMcap(path)) {
    return await usingMcap(path, async (source) => new TruthByStamp(await all(readHands(source, topic))));
  }
  const frames = parseJointLines(await readFile(path, 'utf8'), path);
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

async function usingMcap<T>(path: string, use: (source: McapSource) => Promise<T>): Promise<T> {
  const source = await openMcap(path);
  try {
    return await use(source);
  } finally {
    await source.close();
  }
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const value of values) list.push(value);
  return list;
}

async function isMcap(path: string): Promise<boolean> {
  try {
    const file = await open(path);
    try {
      const { buffer } = await file.read(new Uint8Array(MCAP_MAGIC.length), 0, MCAP_MAGIC.length, 0);
      return MCAP_MAGIC.every((byte, i) => buffer[i] === byte);
    } finally {
      await file.close();
    }
  } catch (cause) {
    const found = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new VoxhandError('FILE_NOT_FOUND', 'cannot read the ground truth', { found, where: path, cause });
  }
}
