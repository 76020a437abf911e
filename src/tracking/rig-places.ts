import { IDENTITY_TRANSFORM, type Transform } from '../geometry/index.js';
import type { TransformBuffer } from '../rig/index.js';
import type { TrackerConfig } from './config.js';
import { type ConfiguredCamera, configuredCameras } from './rig-config.js';

/** What a place is asked for: a camera's name, and the frame and stamp of what it saw. */
export interface PlacedView {
  readonly name: string;
  /** The camera's optical frame. */
  readonly frameId: string;
  /** Nanoseconds. */
  readonly stamp: bigint;
}

/** Where the cameras of a rig are, by the configuration or by transforms, and which frame is the rig's. */
export class RigPlaces {
  readonly cameras: readonly ConfiguredCamera[];
  readonly #frame: string;
  readonly #transforms: TransformBuffer;
  /** Optical frame of the first camera. */
  #firstFrame: string | undefined;
  #problem: string | undefined;

  /**
   * @param transforms where the cameras are that no setting says it of; whoever gives it feeds it
   * @throws VoxhandError `CONFIG_INVALID`, see `configuredCameras`
   */
  constructor(config: Pick<TrackerConfig, 'cameras' | 'rig'>, transforms: TransformBuffer) {
    this.#frame = config.rig.frame;
    this.#transforms = transforms;
    this.cameras = configuredCameras(config).map((camera, i) => {
      // the rig's frame is the first camera's own
      const isThere = i === 0 && config.rig.frame === '' && camera.place === undefined;
      return isThere ? { ...camera, place: IDENTITY_TRANSFORM } : camera;
    });
  }

  /** Whether transforms on the bus say where a camera is. */
  get needsTransforms(): boolean {
    return this.cameras.some(({ place }) => place === undefined);
  }

  /** Why a camera was left out of the last moment, in words. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** The frame of the rig: as configured, or the first camera's; empty before that is known. */
  get frameId(): string {
    return this.#frame === '' ? (this.#firstFrame ?? '') : this.#frame;
  }

  /**
   * The views of a moment whose places are known, each with its place: from the camera's optical frame into the rig's.
   *
   * @param views in the order of the rig
   * @param onMissing told of each view whose place is not known
   */
  placed<View extends PlacedView>(
    views: readonly View[],
    onMissing: (view: View, text: string) => void,
  ): (View & { readonly extrinsics: Transform })[] {
    this.#problem = undefined;
    const first = views.find(({ name }) => name === this.cameras[0]?.name);
    if (first !== undefined) this.#firstFrame = first.frameId;
    return views.flatMap((view) => {
      const found = this.#placeOf(view);
      if (typeof found !== 'string') return [{ ...view, extrinsics: found }];
      this.#problem = `camera ${view.name} is left out: ${found}`;
      onMissing(view, this.#problem);
      return [];
    });
  }

  #placeOf({ name, frameId, stamp }: PlacedView): Transform | string {
    const { place } = this.cameras.find((camera) => camera.name === name) ?? {};
    if (place !== undefined) return place;
    if (this.frameId === '') return 'no frame of the first camera has come, and rig.frame is not set';
    const lookup = this.#transforms.lookup(this.frameId, frameId, stamp);
    return lookup.state === 'found' ? lookup.transform : lookup.text;
  }
}
