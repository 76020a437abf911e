import { deflateSync } from 'node:zlib';
import { type DepthFrame, encodeCompressedDepth, encodeRawDepth } from '../depth/index.js';
import { VoxhandError } from '../errors/index.js';
import type { HandJoints } from '../hand/index.js';
import {
  cdrCodec,
  GESTURE_EVENT_SCHEMA,
  type GestureEventMessage,
  HAND_JOINTS_SCHEMA,
  toCameraInfoMessage,
  toCompressedImageMessage,
  toDepthImageMessage,
  toGestureEventMessage,
  toHandJointsMessage,
  toImageMessage,
  toTfMessage,
} from '../messages/index.js';
import type { DepthCodec, DepthEncoding } from '../transport/mcap/depth-codecs.js';
import { PROVENANCE_RECORD } from '../transport/mcap/index.js';
import { createMcapSink, type McapSink } from '../transport/mcap/mcap-sink.js';
import type { Publisher } from '../transport/port/index.js';

/** Where ground truth lies in recordings of voxhand. */
export const TRUTH_TOPIC = '/hand/truth';

/** And the gestures that are made: `GestureEvent`s, BEGIN and END of each; of a confidence of 0 those that may be recognised or not. */
export const TRUE_GESTURES_TOPIC = '/hand/truth_gestures';

/** A gesture as `toGestureEventMessage` takes it. */
export type RecordedGesture = Parameters<typeof toGestureEventMessage>[0];

export interface DepthRecorderOptions {
  /** Default `raw`. */
  readonly codec?: DepthCodec;
  /** Default `16UC1`. */
  readonly encoding?: DepthEncoding;
  /** Namespace of the image and its camera info. Default `/depth`. */
  readonly namespace?: string;
  /** Default {@link TRUTH_TOPIC}. */
  readonly truthTopic?: string;
  readonly library?: string;
  /** Where the content comes from. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes depth frames as a ROS 2 camera driver would be recorded: image, camera info, the camera's place in a `world`
 * frame (once), and ground truth where it is known. All under the frame's stamp; the same frames give the same bytes.
 *
 * @example
 * ```ts
 * const recorder = await DepthRecorder.create('hand.mcap', { codec: 'rvl', metadata: { seed: '1' } });
 * for (const { frame, truth } of syntheticStream({ frames: 90, seed: 1 })) await recorder.write(frame, truth);
 * await recorder.close();
 * ```
 */
export class DepthRecorder {
  readonly #sink: McapSink;
  readonly #write: (frame: DepthFrame, truths: readonly HandJoints[]) => Promise<void>;
  #gestures: Publisher<GestureEventMessage> | undefined;

  private constructor(sink: McapSink, options: DepthRecorderOptions) {
    const { codec = 'raw', encoding = '16UC1', namespace = '/depth', truthTopic = TRUTH_TOPIC } = options;
    const image = imageWriter(sink, `${namespace}/image_rect_raw`, codec, encoding);
    const camera = sink.advertise(`${namespace}/camera_info`, cdrCodec('sensor_msgs/msg/CameraInfo'));
    const place = sink.advertise('/tf_static', cdrCodec('tf2_msgs/msg/TFMessage'));
    const hands = sink.advertise(truthTopic, cdrCodec(HAND_JOINTS_SCHEMA));
    let placed = false;
    this.#sink = sink;
    this.#write = async (frame, truths) => {
      const { stamp, frameId } = frame;
      if (!placed) await place.publish(toTfMessage({ stamp, frameId }), stamp);
      placed = true;
      await camera.publish(toCameraInfoMessage({ ...frame.camera, stamp, frameId }), stamp);
      for (const truth of truths) await hands.publish(toHandJointsMessage(truth), stamp);
      await image(frame);
    };
  }

  /** @throws VoxhandError `WRITE_FAILED`; until `close` the file is called `path.partial`, see `createMcapSink`. */
  static async create(path: string, options: DepthRecorderOptions = {}): Promise<DepthRecorder> {
    return new DepthRecorder(await depthSink(path, options), options);
  }

  /**
   * Wait for it before the next.
   *
   * @param truth a message for each hand; a lost one where it is known that there is none
   *
   * @throws VoxhandError `CAMERA_UNSUPPORTED` for a distorted camera; as `McapSink.write`.
   */
  async write(frame: DepthFrame, truth: HandJoints | readonly HandJoints[] = []): Promise<void> {
    checkPinhole(frame);
    await this.#write(frame, 'stamp' in truth ? [truth] : truth);
  }

  /** Write a step of a gesture that is made, in order of time with the frames. A recording without any has no such topic. */
  async writeGesture(gesture: RecordedGesture): Promise<void> {
    this.#gestures ??= this.#sink.advertise(TRUE_GESTURES_TOPIC, cdrCodec(GESTURE_EVENT_SCHEMA));
    await this.#gestures.publish(toGestureEventMessage(gesture), gesture.stamp);
  }

  /** Write facts that are known only at the end. */
  async addMetadata(values: Readonly<Record<string, string>>): Promise<void> {
    await this.#sink.addMetadata(PROVENANCE_RECORD, values);
  }

  close(): Promise<void> {
    return this.#sink.close();
  }

  /** Give up: remove what was written. */
  abort(): Promise<void> {
    return this.#sink.abort();
  }
}

/** @throws VoxhandError `CAMERA_UNSUPPORTED` for a distorted camera, whose info would be that of a pinhole camera. */
export function checkPinhole({ camera, frameId }: DepthFrame): void {
  if (camera.rays === undefined) return;
  throw new VoxhandError('CAMERA_UNSUPPORTED', 'a lens that cannot be written as a pinhole camera', {
    expected: 'rectified frames',
    found: 'a distorted lens',
    where: frameId,
  });
}

/** A new recording of depth images. */
export function depthSink(path: string, { library, metadata, codec }: DepthRecorderOptions): Promise<McapSink> {
  return createMcapSink(path, {
    compression: codec === 'png' ? 'none' : 'zstd', // deflated already
    ...(library && { library }),
    ...(metadata && { metadata }),
  });
}

/** Writes depth frames on a topic; under their stamps unless another log time is given, nanoseconds. */
export function imageWriter(
  sink: McapSink,
  topic: string,
  codec: DepthCodec,
  encoding: DepthEncoding,
): (frame: DepthFrame, time?: bigint) => Promise<void> {
  if (codec === 'raw') {
    const images = sink.advertise(topic, cdrCodec('sensor_msgs/msg/Image'));
    return (frame, time = frame.stamp) =>
      images.publish(
        encoding === '16UC1'
          ? toDepthImageMessage(frame)
          : toImageMessage({ ...frame, ...encodeRawDepth(frame, '32FC1') }),
        time,
      );
  }
  const images = sink.advertise(`${topic}/compressedDepth`, cdrCodec('sensor_msgs/msg/CompressedImage'));
  const deflate = (data: Uint8Array) => deflateSync(data, { level: 6 });
  return (frame, time = frame.stamp) => {
    const { format, data } = encodeCompressedDepth(frame, { codec, encoding, deflate });
    return images.publish(toCompressedImageMessage(frame, format, data), time);
  };
}
