import { type DepthFrame, projectToImage } from '../../depth/index.js';
import { toVoxhandError } from '../../errors/index.js';
import type { Cube } from '../../geometry/index.js';
import { type HandJoints, jointsOfHands } from '../../hand/index.js';
import { emptyAnnotation, toCubeScene, toImageAnnotations, toPointCloud2, toTfMessage } from '../../messages/index.js';
import type { CameraView } from '../../rig/index.js';
import type { BusSink } from '../../transport/port/index.js';
import type { TrackerConfig } from '../config.js';
import { type ConfiguredCamera, configuredCameras } from '../rig-config.js';
import type { TrackResult } from '../track-result.js';
import { CameraViews } from './camera-views.js';
import { type DepthViewEncoder, workerEncoder } from './depth-view-encoder.js';
import { advertiseViews, type ViewerPublishers, type ViewerTopics, viewerTopics } from './viewer-topics.js';

/** Name of the camera where there is no rig; none of a rig is called so. */
const ONLY_CAMERA = '';
/** What there is of each camera of a rig. */
const OF_EACH_CAMERA: readonly (keyof ViewerTopics)[] = ['image', 'compressed', 'picture', 'points', 'cameraInfo'];
/** Frames that are kept for results that come later; more where results name a lag. */
const KEPT_FRAMES = 4;
const MOST_KEPT_FRAMES = 16;
/** Of the image that skeletons are drawn over with joints of 6 pixels and bones of 3; in wider ones they are larger. */
const DRAWN_WIDTH = 640;

export interface ViewerOptions {
  readonly topics?: Partial<ViewerTopics>;
  /** What is offered; everything by default. */
  readonly views?: readonly (keyof ViewerTopics)[];
  /** Of the depth image as points: every n-th pixel of every n-th row, 2 by default; 0 offers none. */
  readonly pointStep?: number;
  /** Hang the camera's frame into a `world`; by default. Off where the source has transforms of its own. */
  readonly transforms?: boolean;
  /** Cells along the cube's edge: those of the model; 88 by default. */
  readonly gridSize?: number;
  /** Metres between which the picture's greys lie; the interaction zone by default. */
  readonly greys?: { readonly near: number; readonly far: number };
  /** Where the depth image is worked on; a thread of its own by default. */
  readonly encoder?: DepthViewEncoder;
  /** Told of a frame or result of which a view could not be made. */
  readonly onError?: (error: Error) => void;
}

/**
 * What a viewer sees beside the tracker's own results: the depth image in three forms, camera, transform, points, cube, cells,
 * and the skeleton over the image. Only what is wanted is made, and what costs time is made on another thread.
 *
 * A frame that comes while the one before is still being worked on is left out of the pictures, and counted, so that a live
 * pipeline never waits for a viewer. A replay waits for the promise and loses none.
 *
 * @example
 * ```ts
 * const viewer = new ViewerPublisher(server, config);
 * await viewer.publish(frame, results);
 * await viewer.close();
 * ```
 */
export class ViewerPublisher {
  readonly #options: Required<Pick<ViewerOptions, 'gridSize' | 'encoder' | 'onError'>>;
  readonly #publishers: ViewerPublishers;
  /** By name, those of a rig in its order; without a rig the only one. */
  readonly #cameras: ReadonlyMap<string, CameraViews>;
  readonly #places: ViewerPublishers['tfStatic'];
  /** The frame of a rig; empty until it is known. */
  #rigFrame: string;
  readonly #frames: DepthFrame[] = [];
  #keptFrames = KEPT_FRAMES;
  /** Whether `repeat` is under way, and was called again meanwhile. */
  #repeating = false;
  #asked = false;
  readonly #lost = { pictures: 0, cells: 0, failed: 0 };
  readonly #busy = { pictures: false, cells: false };
  #recent: TrackResult | undefined;
  #views: readonly CameraView[] = [];
  /** Ids of the hands whose cubes are drawn. */
  #drawnCubes: ReadonlySet<number> = new Set();

  constructor(sink: BusSink, config: TrackerConfig, options: ViewerOptions = {}) {
    const [near, far] = config.reference.zone.z;
    const { transforms = true, gridSize = 88, greys = { near, far }, encoder = workerEncoder() } = options;
    const { onError = () => undefined, pointStep = 2, views } = options;
    this.#options = { gridSize, encoder, onError };
    const isOffered = (view: keyof ViewerTopics) =>
      (views?.includes(view) ?? true) && (transforms || view !== 'tfStatic') && (pointStep > 0 || view !== 'points');
    const named = { ...viewerTopics(config), ...options.topics };
    this.#publishers = advertiseViews(sink, named, isOffered);
    const rig = configuredCameras(config);
    this.#rigFrame = config.rig.frame;
    const arePlaced = rig.some(({ place }) => place !== undefined) && (views?.includes('tfStatic') ?? true);
    this.#places = arePlaced ? advertiseViews(sink, named, (view) => view === 'tfStatic').tfStatic : undefined;
    const making = { encoder, pointStep, greys };
    const first = new CameraViews(this.#publishers, {
      ...making,
      onFrameId: (frameId, stamp) => {
        if (this.#rigFrame !== '' && rig[0]?.place !== undefined) return this.#publishPlace(rig[0], frameId, stamp);
        if (this.#rigFrame === '') {
          this.#rigFrame = frameId;
          for (const camera of this.#cameras.values()) if (camera !== first) camera.forget();
        }
        return this.#publishers.tfStatic?.publish(toTfMessage({ stamp, frameId }), stamp);
      },
    });
    const others = rig.slice(1).map((camera) => {
      const { depth, cameraInfo } = camera;
      const topics = viewerTopics({ topics: { ...config.topics, depth, cameraInfo } });
      const publishers = advertiseViews(sink, topics, (view) => OF_EACH_CAMERA.includes(view) && isOffered(view));
      const onFrameId = (frameId: string, stamp: bigint) => this.#publishPlace(camera, frameId, stamp);
      return [camera.name, new CameraViews(publishers, { ...making, onFrameId })] as const;
    });
    this.#cameras = new Map([[rig[0]?.name ?? ONLY_CAMERA, first], ...others]);
  }

  /**
   * Frames that were left out of the pictures, or of the cells, because the ones before were still being worked on; and
   * views that failed (see `onError`).
   */
  get lost(): { readonly pictures: number; readonly cells: number; readonly failed: number } {
    return { ...this.#lost };
  }

  /** Everything for a frame and the results that it brought about. Never throws for a frame or result. */
  async publish(frame: DepthFrame, results: readonly TrackResult[], views: readonly CameraView[] = []): Promise<void> {
    await Promise.all([this.publishFrame(frame, views), ...results.map((result) => this.publishResult(result))]);
  }

  /**
   * Camera, transform, and the pictures that are wanted.
   *
   * @param views all frames of the moment, where the configuration names the cameras of a rig
   */
  async publishFrame(frame: DepthFrame, views: readonly CameraView[] = []): Promise<void> {
    this.#views = views;
    this.#frames.push(frame);
    while (this.#frames.length > this.#keptFrames) this.#frames.shift();
    const only = this.#cameras.get(ONLY_CAMERA);
    const seen =
      only !== undefined
        ? [[only, frame] as const]
        : views.flatMap(({ name, frame: one }) => {
            const camera = this.#cameras.get(name);
            return camera === undefined ? [] : [[camera, one] as const];
          });
    await Promise.all([
      this.#guarded(async () => {
        for (const [camera, one] of seen) await camera.publishCalibration(one);
      }),
      this.#once('pictures', async () => {
        await Promise.all(seen.map(([camera, one]) => camera.publishPictures(one)));
      }),
    ]);
  }

  /** Skeletons, cubes and voxels of a result, where they are wanted. Its frame has been published before, or is being so. */
  async publishResult(result: TrackResult): Promise<void> {
    const { stamp, frameId, hands, lost, lagFrames } = result;
    this.#recent = result;
    this.#keptFrames = Math.min(MOST_KEPT_FRAMES, Math.max(this.#keptFrames, KEPT_FRAMES + lagFrames));
    const frame = this.#frames.findLast((kept) => kept.stamp === stamp) ?? this.#frames.at(-1);
    if (frame === undefined) return;
    // Joints in another frame than the camera's have no place in its image.
    const shown = frameId === frame.frameId;
    const joints = jointsOfHands(result).map((hand) => ({ ...hand, tracked: hand.tracked && shown }));
    const cubes = new Map([...hands, ...lost].flatMap(({ id, cube }) => (cube === undefined ? [] : [[id, cube]])));
    const before = this.#drawnCubes;
    this.#drawnCubes = new Set(cubes.keys());
    await Promise.all([
      this.#guarded(() => this.#publishSkeletons(joints, frame, stamp)),
      this.#guarded(() => this.#publishCubes(cubes, before, frame, stamp)),
      ...(frame.stamp === stamp
        ? [this.#once('cells', () => this.#publishCells([...cubes.values()], frame, before.size > 0))]
        : []),
    ]);
  }

  /**
   * Once more what came last: for a viewer that comes while a replay is paused. A viewer asks for each topic that it subscribes to: what is
   * asked for while the last answer is under way is answered together after it, by the first call.
   */
  async repeat(): Promise<void> {
    this.#asked = true;
    if (this.#repeating) return;
    this.#repeating = true;
    try {
      while (this.#asked) {
        this.#asked = false;
        const frame = this.#frames.pop();
        if (frame === undefined) break;
        for (const camera of this.#cameras.values()) camera.forget();
        await this.publish(frame, this.#recent === undefined ? [] : [this.#recent], this.#views);
      }
    } finally {
      this.#repeating = false;
    }
  }

  /** Ends the other thread. The sink stays open. */
  async close(): Promise<void> {
    this.#frames.length = 0;
    await this.#options.encoder.close();
  }

  /** Where a further camera is, where a setting says it: what transforms say, viewers know. */
  #publishPlace({ place }: ConfiguredCamera, frameId: string, stamp: bigint): Promise<void> | undefined {
    if (place === undefined || this.#rigFrame === '' || frameId === this.#rigFrame) return undefined;
    const { translation: position, rotation: orientation } = place;
    const pose = { stamp, frameId, parentFrameId: this.#rigFrame, position, orientation };
    return this.#places?.publish(toTfMessage(pose), stamp);
  }

  /**
   * The skeletons of all hands together: a viewer shows the newest message of a topic. Without any it is an annotation that draws nothing,
   * since a viewer that shows an image only with the annotations of its stamp would stop at the last one with a hand.
   */
  async #publishSkeletons(hands: readonly HandJoints[], { camera }: DepthFrame, stamp: bigint): Promise<void> {
    const { annotations } = this.#publishers;
    if (!annotations?.wanted()) return;
    // as large beside the hand in an image of any size
    const scale = camera.width / DRAWN_WIDTH;
    const sizes = { jointDiameter: 6 * scale, boneWidth: 3 * scale, labelHeight: 14 * Math.max(1, scale) };
    const each = hands.map((hand) => toImageAnnotations(hand, (x, y, z) => projectToImage(camera, x, y, z), sizes));
    const points = each.flatMap((one) => one.points);
    const texts = each.flatMap((one) => one.texts);
    await annotations.publish(
      { circles: [], points: points.length > 0 ? points : [emptyAnnotation(stamp)], texts },
      stamp,
    );
  }

  /** The cubes of all hands together; those that are gone are taken away once. */
  async #publishCubes(
    cubes: ReadonlyMap<number, Cube>,
    before: ReadonlySet<number>,
    { frameId }: DepthFrame,
    stamp: bigint,
  ): Promise<void> {
    const { cube: publisher } = this.#publishers;
    const gone = [...before].filter((id) => !cubes.has(id));
    if (!publisher?.wanted() || cubes.size + gone.length === 0) return;
    const drawn = [...cubes].map(([handId, cube]) => toCubeScene({ stamp, frameId, handId, cube }));
    const deleted = gone.map((handId) => toCubeScene({ stamp, frameId, handId }));
    const [entities, deletions] = [drawn.flatMap((one) => one.entities), deleted.flatMap((one) => one.deletions)];
    await publisher.publish({ entities, deletions }, stamp);
  }

  /** The voxels of all cubes together: a viewer shows the newest message of a topic. */
  async #publishCells(cubes: readonly Cube[], frame: DepthFrame, before: boolean): Promise<void> {
    if (!this.#publishers.cells?.wanted() || (cubes.length === 0 && !before)) return;
    const { gridSize: size, encoder } = this.#options;
    const each: Float32Array[] = [];
    for (const cube of cubes)
      each.push((await encoder.encode(frame, { cells: { cube, size } })).cells ?? new Float32Array(0));
    const cells = new Float32Array(each.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const some of each) {
      cells.set(some, at);
      at += some.length;
    }
    const { stamp, frameId } = frame;
    await this.#publishers.cells?.publish(toPointCloud2({ stamp, frameId, positions: cells }), stamp);
  }

  /** Work of which there is one at a time. */
  async #once(what: 'pictures' | 'cells', work: () => Promise<void>): Promise<void> {
    if (this.#busy[what]) {
      this.#lost[what]++;
      return;
    }
    this.#busy[what] = true;
    await this.#guarded(work);
    this.#busy[what] = false;
  }

  async #guarded(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (thrown) {
      this.#lost.failed++;
      this.#options.onError(toVoxhandError(thrown));
    }
  }
}
