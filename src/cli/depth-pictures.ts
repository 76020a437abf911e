import { type DepthFrame, project, shadeDepth } from '../depth/index.js';
import { VoxhandError } from '../errors/index.js';
import type { DepthPicture } from '../regression/index.js';
import { depthFrames } from '../tracking/depth-frames.js';
import { findInputTopics, parseConfig, type TrackerConfig } from '../tracking/index.js';
import { openRecording, provenanceOf, type RecordingSource } from '../transport/mcap/index.js';
import type { BusMessage, BusSource } from '../transport/port/index.js';

export interface DepthPictures {
  readonly pictures: ReadonlyMap<bigint, DepthPicture>;
  /** The recording that they are from; absent where none has depth. */
  readonly from?: string;
}

/**
 * Pictures of a few depth frames out of a recording: of the first of the candidates that has depth images.
 *
 * @param stamps of the frames; reading ends with the last of them
 * @param asked whether a recording without depth is an error
 * @throws VoxhandError as `openRecording`; where `asked`, as `findInputTopics`
 */
export async function depthPictures(
  candidates: readonly string[],
  stamps: readonly bigint[],
  asked: boolean,
): Promise<DepthPictures> {
  if (stamps.length === 0) return { pictures: new Map() };
  const wanted = new Set(stamps);
  const pictures = new Map<bigint, DepthPicture>();
  const from = await eachDepthFrame(candidates, { asked, wanted }, (frame) => {
    if (wanted.has(frame.stamp)) pictures.set(frame.stamp, pictureOf(frame));
    return pictures.size < wanted.size;
  });
  return { pictures, ...(from !== undefined && { from }) };
}

/**
 * The depth frames of the first of some recordings that has depth images, as long as `take` answers true.
 *
 * @returns that recording; undefined where none has depth
 * @throws VoxhandError as {@link depthPictures}
 */
export async function eachDepthFrame(
  candidates: readonly string[],
  { asked = false, wanted }: { readonly asked?: boolean; readonly wanted?: ReadonlySet<bigint> },
  take: (frame: DepthFrame) => boolean,
): Promise<string | undefined> {
  for (const path of candidates) {
    const source = await openRecording(path);
    try {
      const config = await inputConfig(source, path, asked);
      if (config === undefined) continue;
      const bus = wanted === undefined ? source : onlyAt(source, config.topics.depth, wanted);
      for await (const frame of depthFrames(bus, config)) if (!take(frame)) break;
      return path;
    } catch (error) {
      // a recording that is damaged further on: what was found is enough
      if (asked || !(error instanceof VoxhandError) || error.code !== 'MCAP_INVALID') throw error;
      return path;
    } finally {
      await source.close();
    }
  }
  return undefined;
}

/** The configuration that the recording was made with, with the topics that it has; undefined where it has no depth. */
async function inputConfig(source: RecordingSource, path: string, asked: boolean): Promise<TrackerConfig | undefined> {
  const { configuration = '' } = provenanceOf(source.info());
  try {
    return await findInputTopics(parseConfig(configuration, `the configuration in ${path}`), source, path);
  } catch (error) {
    if (asked || !(error instanceof VoxhandError)) throw error;
    return undefined;
  }
}

function pictureOf(frame: DepthFrame): DepthPicture {
  const { camera } = frame;
  return {
    ...shadeDepth(frame),
    frameId: frame.frameId,
    project: (x, y, z) => {
      const [u, v] = project(camera, x, y, z) ?? [];
      return u === undefined || v === undefined ? undefined : [u, v];
    },
  };
}

/** A recording of which only some depth images come through: the others need not be decoded. */
function onlyAt(source: BusSource, depthTopic: string, wanted: ReadonlySet<bigint>): BusSource {
  return {
    topics: () => source.topics(),
    async *subscribe(topics) {
      for await (const message of source.subscribe(topics)) {
        const stamp = message.topic === depthTopic ? stampOf(message) : undefined;
        if (stamp === undefined || wanted.has(stamp)) yield message;
      }
    },
    close: () => source.close(),
  };
}

/** Seconds and nanoseconds at the beginning of every ROS message with a header; undefined where they are not in plain CDR. */
function stampOf({ messageEncoding, data }: BusMessage): bigint | undefined {
  if (messageEncoding !== 'cdr' || data.byteLength < 12 || data[0] !== 0 || data[1] > 1) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const little = data[1] === 1;
  return BigInt(view.getInt32(4, little)) * 1_000_000_000n + BigInt(view.getUint32(8, little));
}
