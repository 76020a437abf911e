import { CameraCache, type CameraInfo } from '../../depth/camera-info.js';
import type { CameraModel, DepthFrame } from '../../depth/depth-frame.js';
import { decodeDepthMessage, headerOf } from '../../depth/depth-message.js';

/**
 * Depth messages and the camera's calibration, put together to frames. Images are taken to be rectified, as a tracker takes
 * them: the lens's distortion is left out of account.
 */
export class DepthFeed {
  readonly #cameras = new CameraCache({ rectified: true });
  #camera: CameraModel | undefined;
  /** The newest image that came before there was a camera. */
  #waiting: { readonly schema: string; readonly message: unknown } | undefined;

  /** @throws VoxhandError for a camera that cannot be. */
  camera(message: unknown): DepthFrame | undefined {
    this.#camera = this.#cameras.modelFor(message as CameraInfo);
    const waiting = this.#waiting;
    return waiting && this.depth(waiting.schema, waiting.message);
  }

  /**
   * @returns undefined as long as there is no camera
   * @throws VoxhandError for an image that is not one of depth, or of another size than the camera's.
   */
  depth(schema: string, message: unknown): DepthFrame | undefined {
    this.#waiting = this.#camera === undefined ? { schema, message } : undefined;
    return this.#camera && decodeDepthMessage(schema, message, { ...headerOf(message), camera: this.#camera });
  }

  clear(): void {
    this.#camera = undefined;
    this.#waiting = undefined;
  }
}
