import type { DepthFrame } from '../depth/index.js';
import type { Transform } from '../geometry/index.js';
import type { HandJoints } from '../hand/index.js';
import {
  cdrCodec,
  HAND_JOINTS_SCHEMA,
  toCameraInfoMessage,
  toHandJointsMessage,
  toTfMessage,
} from '../messages/index.js';
import type { McapSink } from '../transport/mcap/mcap-sink.js';
import { checkPinhole, type DepthRecorderOptions, depthSink, imageWriter, TRUTH_TOPIC } from './depth-recorder.js';

/** A camera as it is recorded: on `/<name>/depth/image_rect_raw` and `/<name>/depth/camera_info`. */
export interface RecordedCamera {
  readonly name: string;
  /** Its optical frame. */
  readonly frameId: string;
  /** From there into the optical frame of the first camera, as `/tf_static` says it. */
  readonly place: Transform;
}

export interface RigRecorderOptions extends Omit<DepthRecorderOptions, 'namespace'> {
  readonly cameras: readonly RecordedCamera[];
}

/** Writes the depth frames of several cameras as their drivers would be recorded, with their places on `/tf_static`. */
export class RigRecorder {
  readonly #sink: McapSink;
  readonly #write: (camera: number, frame: DepthFrame, time: bigint) => Promise<void>;
  readonly #truth: (hands: readonly HandJoints[], time: bigint) => Promise<void>;

  private constructor(sink: McapSink, options: RigRecorderOptions) {
    const { cameras, codec = 'raw', encoding = '16UC1', truthTopic = TRUTH_TOPIC } = options;
    const places = sink.advertise('/tf_static', cdrCodec('tf2_msgs/msg/TFMessage'));
    const hands = sink.advertise(truthTopic, cdrCodec(HAND_JOINTS_SCHEMA));
    const lines = cameras.map(({ name }) => ({
      image: imageWriter(sink, `/${name}/depth/image_rect_raw`, codec, encoding),
      info: sink.advertise(`/${name}/depth/camera_info`, cdrCodec('sensor_msgs/msg/CameraInfo')),
    }));
    const [{ frameId: first }] = cameras;
    let placed = false;
    const place = async (stamp: bigint, time: bigint) => {
      placed = true;
      await places.publish(toTfMessage({ stamp, frameId: first }), time);
      for (const { frameId, place } of cameras.slice(1)) {
        const pose = { parentFrameId: first, position: place.translation, orientation: place.rotation };
        await places.publish(toTfMessage({ stamp, frameId, ...pose }), time);
      }
    };
    this.#sink = sink;
    this.#write = async (camera, frame, time) => {
      const { stamp, frameId } = frame;
      if (!placed) await place(stamp, time);
      await lines[camera].info.publish(toCameraInfoMessage({ ...frame.camera, stamp, frameId }), time);
      await lines[camera].image(frame, time);
    };
    this.#truth = async (all, time) => {
      for (const hand of all) await hands.publish(toHandJointsMessage(hand), time);
    };
  }

  /** @throws VoxhandError `WRITE_FAILED`; until `close` the file is called `path.partial`, see `createMcapSink`. */
  static async create(path: string, options: RigRecorderOptions): Promise<RigRecorder> {
    return new RigRecorder(await depthSink(path, options), options);
  }

  /**
   * Wait for it before the next.
   *
   * @param camera its index
   * @param time when the frame came, nanoseconds; its stamp may be of another clock
   * @param truth of this moment, in the rig's frame
   *
   * @throws VoxhandError `CAMERA_UNSUPPORTED` for a distorted camera; as `McapSink.write`.
   */
  async write(camera: number, frame: DepthFrame, time: bigint, truth: readonly HandJoints[] = []): Promise<void> {
    checkPinhole(frame);
    await this.#truth(truth, time);
    await this.#write(camera, frame, time);
  }

  close(): Promise<void> {
    return this.#sink.close();
  }

  /** Give up: remove what was written. */
  abort(): Promise<void> {
    return this.#sink.abort();
  }
}
