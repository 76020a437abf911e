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

/** Writes depth frames of several cameras. */
export interface RigRecorder extends Pick<McapSink, 'close' | 'abort'> {
  /**
   * Wait for it before the next.
   *
   * @param camera its index
   * @param time when the frame came, nanoseconds; its stamp may be of another clock
   * @param truth of this moment, in the rig's frame
   *
   * @throws VoxhandError `CAMERA_UNSUPPORTED` for a distorted camera; as `McapSink.write`.
   */
  write(camera: number, frame: DepthFrame, time: bigint, truth?: readonly HandJoints[]): Promise<void>;
}

/**
 * Record the depth frames of several cameras as their drivers would be recorded, with their places on `/tf_static`.
 *
 * @throws VoxhandError `WRITE_FAILED`; until `close` the file is called `path.partial`, see `createMcapSink`.
 */
export async function createRigRecorder(path: string, options: RigRecorderOptions): Promise<RigRecorder> {
  const { cameras, codec = 'raw', encoding = '16UC1', truthTopic = TRUTH_TOPIC } = options;
  const sink = await depthSink(path, options);
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
  return {
    write: async (camera, frame, time, truth = []) => {
      checkPinhole(frame);
      const { stamp, frameId } = frame;
      for (const hand of truth) await hands.publish(toHandJointsMessage(hand), time);
      if (!placed) await place(stamp, time);
      await lines[camera].info.publish(toCameraInfoMessage({ ...frame.camera, stamp, frameId }), time);
      await lines[camera].image(frame, time);
    },
    close: () => sink.close(),
    abort: () => sink.abort(),
  };
}
