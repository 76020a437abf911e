import { type CameraInfo, type CameraInfoOptions, cameraFromIntrinsics, readIntrinsics } from './camera-info.js';
import type { CameraModel } from './camera-model.js';

/**
 * Keeps the model of one camera as long as its info stays the same, so that the rays of a distorted lens are computed
 * once and not for every frame. A lens that is refused is refused again without computing anything.
 *
 * @example
 * ```ts
 * const cameras = new CameraCache({ rectified: true });
 * const info = { width: 640, height: 480, k: [600, 0, 320, 0, 600, 240, 0, 0, 1] };
 * cameras.modelFor(info) === cameras.modelFor({ ...info }); // true: the same object
 * ```
 */
export class CameraCache {
  readonly #options: CameraInfoOptions;
  #key: string | undefined;
  #result: { camera: CameraModel } | { error: unknown } | undefined;

  constructor(options: CameraInfoOptions = {}) {
    this.#options = options;
  }

  /** @throws VoxhandError as `cameraFromInfo`. */
  modelFor(info: CameraInfo): CameraModel {
    const intrinsics = readIntrinsics(info, this.#options);
    const key = JSON.stringify(intrinsics);
    if (this.#result === undefined || key !== this.#key) {
      this.#key = key;
      try {
        this.#result = { camera: cameraFromIntrinsics(intrinsics) };
      } catch (error) {
        this.#result = { error };
      }
    }
    if ('error' in this.#result) throw this.#result.error;
    return this.#result.camera;
  }
}
