import { IDENTITY_TRANSFORM } from '../geometry/index.js';
import { lostHand } from '../hand/index.js';
import {
  cdrCodec,
  type HandJointsMessage,
  type TfMessage,
  toHandJointsMessage,
  toTfMessage,
} from '../messages/index.js';
import type { RigCalibration, SeenFrame } from '../recording/calibrate-rig.js';
import { type TrackerConfig, ViewerPublisher } from '../tracking/index.js';
import type { FoxgloveServer } from '../transport/foxglove/index.js';
import type { Publisher } from '../transport/port/index.js';

/** A camera's frame with this behind it is where the camera was said to be before: the page can show its points there. */
const BEFORE = ':before';

/** What viewers see of a calibration that goes on: every camera's picture and points, where it is by what is known, and how far it is. */
export class CalibrationView {
  readonly #server: FoxgloveServer;
  readonly #viewer: ViewerPublisher;
  readonly #places: Publisher<TfMessage>;
  readonly #joints: Publisher<HandJointsMessage>;
  /** The camera whose hand is shown. */
  readonly #first: string | undefined;

  constructor(server: FoxgloveServer, config: TrackerConfig, pointStep: number | undefined) {
    this.#server = server;
    this.#viewer = new ViewerPublisher(server, config, {
      views: ['image', 'compressed', 'picture', 'points', 'cameraInfo'],
      transforms: false,
      ...(pointStep !== undefined && { pointStep }),
    });
    this.#first = Object.keys(config.cameras)[0];
    this.#joints = server.advertise(config.topics.joints, cdrCodec('voxhand_msgs/msg/HandJoints'));
    this.#places = server.advertise(config.topics.tfStatic, cdrCodec('tf2_msgs/msg/TFMessage'));
  }

  async frame({ camera: name, frame, hand }: SeenFrame): Promise<void> {
    const { stamp, frameId } = frame;
    if (name === this.#first && this.#joints.wanted()) {
      const shown =
        hand === undefined
          ? lostHand(stamp, frameId, 'unknown')
          : { ...hand, stamp, frameId, handId: 0, tracked: true, lagFrames: 0 };
      await this.#joints.publish(toHandJointsMessage(shown), stamp);
    }
    await this.#viewer.publishFrame(frame, [{ name, frame, extrinsics: IDENTITY_TRANSFORM }]);
  }

  /** @param texts how far each camera is, by its name */
  async found(
    { frame, cameras }: Pick<RigCalibration, 'frame' | 'cameras'>,
    texts: ReadonlyMap<string, { readonly good: boolean; readonly text: string }>,
    stamp: bigint,
  ): Promise<void> {
    for (const { name, frame: child, told, result } of cameras) {
      const after = result?.state === 'aligned' ? result.place : told?.place;
      const places: readonly (readonly [string, typeof after])[] = [
        [child, after],
        [child + BEFORE, told?.place],
      ];
      for (const [frameId, place] of child === frame ? [] : places) {
        if (place === undefined) continue;
        const { translation: position, rotation: orientation } = place;
        await this.#places.publish(toTfMessage({ stamp, frameId, parentFrameId: frame, position, orientation }), stamp);
      }
      const said = texts.get(name);
      if (said !== undefined) this.#server.status(said.good ? 'info' : 'warning', `${name}: ${said.text}`, name);
    }
  }

  /** The server stays open. */
  async close(): Promise<void> {
    await this.#viewer.close();
  }
}
