import type { CameraModel, DepthFrame } from '../../depth/index.js';
import { toCameraInfoMessage, toCompressedImageMessage, toImageMessage, toPointCloud2 } from '../../messages/index.js';
import type { DepthViewEncoder } from './depth-view-encoder.js';
import { COMPRESSED_FORMAT, type DepthViewsWanted } from './depth-views.js';
import type { ViewerPublishers } from './viewer-topics.js';

/** The camera's calibration is said again after this time, nanoseconds. */
const CALIBRATION_PERIOD = 1_000_000_000n;

/** What the views of one camera are made by. */
export interface CameraViewsOptions {
  readonly encoder: DepthViewEncoder;
  /** See `ViewerOptions`. */
  readonly pointStep: number;
  readonly greys: { readonly near: number; readonly far: number };
  /** Called when the camera's frame is another one than before. */
  readonly onFrameId: (frameId: string, stamp: bigint) => Promise<void> | undefined;
}

/** What viewers see of one depth camera: its image in the forms that are wanted, its points, its calibration. */
export class CameraViews {
  readonly #publishers: ViewerPublishers;
  readonly #options: CameraViewsOptions;
  #calibrated: { readonly camera: CameraModel; readonly frameId: string; readonly stamp: bigint } | undefined;

  constructor(publishers: ViewerPublishers, options: CameraViewsOptions) {
    this.#publishers = publishers;
    this.#options = options;
  }

  /** Say the calibration again with the next frame. */
  forget(): void {
    this.#calibrated = undefined;
  }

  async publishCalibration({ camera, frameId, stamp }: DepthFrame): Promise<void> {
    const before = this.#calibrated;
    const same = before?.camera === camera && before.frameId === frameId;
    if (same && stamp >= before.stamp && stamp < before.stamp + CALIBRATION_PERIOD) return;
    this.#calibrated = { camera, frameId, stamp };
    const { width, height, fx, fy, cx, cy } = camera;
    const message = toCameraInfoMessage({ stamp, frameId, width, height, fx, fy, cx, cy });
    await this.#publishers.cameraInfo?.publish(message, stamp);
    if (before?.frameId !== frameId) await this.#options.onFrameId(frameId, stamp);
  }

  async publishPictures(frame: DepthFrame): Promise<void> {
    const { image, compressed, picture, points } = this.#publishers;
    const { greys, pointStep, encoder } = this.#options;
    const wanted: DepthViewsWanted = {
      ...(image?.wanted() && { image: true }),
      ...(compressed?.wanted() && { compressed: true }),
      ...(picture?.wanted() && { picture: greys }),
      ...(points?.wanted() && { points: { step: pointStep } }),
    };
    if (Object.keys(wanted).length === 0) return;
    const views = await encoder.encode(frame, wanted);
    const { stamp, frameId, width, height } = frame;
    if (views.image) {
      const raw = { stamp, frameId, width, height, encoding: '16UC1', data: views.image };
      await image?.publish(toImageMessage(raw), stamp);
    }
    if (views.compressed) {
      await compressed?.publish(toCompressedImageMessage(frame, COMPRESSED_FORMAT, views.compressed), stamp);
    }
    if (views.picture) await picture?.publish(toCompressedImageMessage(frame, 'png', views.picture), stamp);
    if (views.points) await points?.publish(toPointCloud2({ stamp, frameId, positions: views.points }), stamp);
  }
}
