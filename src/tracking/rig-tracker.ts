import type { DepthFrame } from '../depth/index.js';
import { VoxhandError } from '../errors/index.js';
import {
  composeTransforms,
  IDENTITY_TRANSFORM,
  invertTransform,
  type Transform,
  transformMatrix,
  type Vec3,
} from '../geometry/index.js';
import { type CameraView, type FrameSet, toFrameSet } from '../rig/index.js';
import { smoothingConfig, smoothingStage, UNSMOOTHED } from '../smoothing/index.js';
import { addFrame, type GridBuilder } from '../voxels/index.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { HandSmoothing } from './hand-smoothing.js';
import { HandTracker, type TrackerParts } from './hand-tracker.js';
import {
  type CameraLook,
  type CameraSight,
  type HandFusionFacts,
  RigFusion,
  type RigMoment,
  sightOf,
} from './rig-fusion.js';
import { sharedParts } from './shared-parts.js';
import { StageClock, StageTimes } from './stage-times.js';
import type { TrackResult } from './track-result.js';

/** How one camera of a rig does: plain data. */
export interface CameraTrackFacts {
  readonly name: string;
  /** Frames that were worked on, and those of them with a hand. */
  readonly frames: number;
  readonly withHand: number;
  /** Frames that failed, by error code. */
  readonly dropped: Readonly<Record<string, number>>;
}

/** How fusion goes: plain data. */
export interface FusionFacts extends HandFusionFacts {
  readonly cameras: readonly CameraTrackFacts[];
}

/** What finds the hands in the frames of one camera; a frame gives one result, or none where it fails. */
export type CameraTracker = Pick<HandTracker, 'track' | 'reset'>;

/** What a rig's tracker needs beside its configuration. */
export interface RigTrackerParts extends TrackerParts {
  /** Makes what finds the hands of a camera: by default a `HandTracker` without smoothing, of these parts. */
  readonly cameraTracker?: (name: string, parts: TrackerParts) => CameraTracker;
}

/** Of one camera, with the cause why its last frame failed. */
class LineCounters extends Counters {
  lastDrop = 'INTERNAL';

  override dropped(cause: string): void {
    this.lastDrop = cause;
    super.dropped(cause);
  }
}

/** One camera's pipeline. */
interface CameraLine {
  readonly name: string;
  readonly tracker: CameraTracker;
  readonly counters: LineCounters;
  frames: number;
  withHand: number;
  /** How well it sees the hands, 0 to 1, of late: for `fusion: voxels`. */
  sight: number;
  /** Moments since it looked last. */
  since: number;
}

/** Under `fusion: voxels` cameras other than the one whose cube is used look every so many moments. */
const LOOK_EVERY = 8;
/** By how much better another camera must see the hands to take over, and the share of a new look in that. */
const TAKE_OVER = 0.1;
const SIGHT_SHARE = 0.2;

/**
 * Several cameras, one set of hands: frames of one moment in, hands in the rig's frame out.
 *
 * ```text
 * joints   each camera's frame goes through a HandTracker of its own; their hands are associated by their palms and fused joint by joint
 * voxels   the camera that sees the hands best goes through its HandTracker, and the points of all cameras through its cube; the others look
 *          now and then, and where it sees none
 * ```
 *
 * Frames that were taken at other moments than the set's are brought there by the tracked velocity of the hand. A camera that sees hands beside
 * the first one for long is not where it is said to be: what it sees is moved back before fusion, see `PlaceDrift`. Smoothing follows. A
 * camera that is missing from a set is left out of it, and nothing else changes.
 *
 * Every set that {@link track} is given ends as exactly one result, perhaps later, or as one counted drop where the frames of all its cameras
 * fail. Not to be called again before the call before has resolved.
 */
export class RigTracker {
  readonly counters: Counters;
  readonly times: StageTimes;
  readonly #config: TrackerConfig;
  readonly #parts: RigTrackerParts;
  readonly #clock: StageClock;
  readonly #smoothing: HandSmoothing;
  readonly #lines = new Map<string, CameraLine>();
  readonly #fusion: RigFusion;
  #base: string | undefined;
  /** What goes into the cubes of the camera that is tracked: frames, and the way from their cameras into that one's frame. */
  #others: readonly { readonly frame: DepthFrame; readonly transform: Transform }[] = [];

  /** @throws VoxhandError as `HandTracker` */
  constructor(config: TrackerConfig, parts: RigTrackerParts) {
    const { counters = new Counters(), times = new StageTimes(), stopwatch, smoothing } = parts;
    // a fitted hand is one of a person already
    const prior = config.kinematics.enabled ? undefined : parts.prior;
    this.counters = counters;
    this.times = times;
    this.#config = config;
    this.#parts = sharedParts(parts);
    this.#clock = new StageClock(times, stopwatch);
    this.#fusion = new RigFusion(config, this.#clock, parts);
    this.#smoothing = new HandSmoothing(smoothing ?? (() => smoothingStage(smoothingConfig(config.smoothing, prior))));
    for (const name of Object.keys(config.cameras)) this.#lineOf(name); // refuses what cannot be before the first frame
  }

  facts(): FusionFacts {
    return {
      cameras: [...this.#lines.values()].map(({ name, frames, withHand, counters }) => {
        return { name, frames, withHand, dropped: counters.snapshot().dropped };
      }),
      ...this.#fusion.facts(),
    };
  }

  /**
   * The results that the frames of a moment bring about: their own, one held back from before, or none. Faults of frames are counted, not
   * thrown.
   *
   * @throws VoxhandError `USAGE` for a set without a view
   */
  async track(frames: DepthFrame | FrameSet): Promise<TrackResult[]> {
    const set = toFrameSet(frames);
    demandFrames(set.views.length);
    const sights = await (this.#config.rig.fusion === 'voxels' ? this.#lookTogether(set) : this.#lookAll(set));
    // the image of the camera whose frame is the rig's
    const own = set.views.find(({ frame, extrinsics }) => frame.frameId === set.frameId && isIdentity(extrinsics));
    return this.#finish({ ...set, camera: own?.frame.camera }, sights);
  }

  /**
   * The same of what each camera has made of its frame by itself, for `fusion: joints`: of a pipeline that is cut.
   *
   * @throws VoxhandError `USAGE` for a moment without a look
   */
  fuse(moment: RigMoment): TrackResult[] {
    const { stamp, looks } = moment;
    demandFrames(looks.length);
    return this.#finish(
      moment,
      looks.map((look) => this.#sightBy(look, stamp)),
    );
  }

  #finish(moment: Omit<RigMoment, 'looks'>, sights: readonly CameraSight[]): TrackResult[] {
    if (sights.every(({ result }) => result === undefined)) {
      this.counters.dropped(this.#lineOf(sights[0].name).counters.lastDrop);
      return [];
    }
    const result = this.#fusion.fused(moment, sights);
    const { hands, lost } = result;
    this.counters.delivered(hands.length > 0 ? undefined : (lost[0]?.reason ?? 'no-hand'));
    return this.#clock.run('smoothing', () => this.#smoothing.push(result));
  }

  /** What may wait until the last results are out, see `HandFitter.settle`; else the next moment begins with it. */
  settle(): void {
    this.#fusion.settle();
  }

  /** The stream ends: results that are still held back. */
  flush(): TrackResult[] {
    return this.#smoothing.flush();
  }

  /** Forget the hands and where they were, as at the start. Gives the results that were still held back. */
  reset(): TrackResult[] {
    for (const line of this.#lines.values()) {
      line.tracker.reset();
      line.sight = 0;
    }
    this.#base = undefined;
    this.#fusion.reset();
    return this.flush();
  }

  /** Every camera by itself, all at once: they share the networks. */
  #lookAll({ views, stamp }: FrameSet): Promise<CameraSight[]> {
    return Promise.all(views.map((view) => this.#look(view, stamp)));
  }

  /** The best camera with the points of all, and the others where it is their turn or the best one sees nothing. */
  async #lookTogether(set: FrameSet): Promise<CameraSight[]> {
    const { views } = set;
    const lines = views.map(({ name }) => this.#lineOf(name));
    const best = lines.reduce((one, other) => (other.sight > one.sight ? other : one));
    const present = lines.find(({ name }) => name === this.#base);
    const base = present !== undefined && best.sight - present.sight <= TAKE_OVER ? present : best;
    this.#base = base.name;
    const baseView = views[lines.indexOf(base)];
    const { velocity } = this.#fusion;
    this.#others = views.flatMap((view) => {
      if (view === baseView) return [];
      // points of another moment are brought to that of the base's frame, in the rig's frame
      const seconds = Number(baseView.frame.stamp - view.frame.stamp) / 1e9;
      const shift = velocity.map((v) => v * seconds) as unknown as Vec3;
      const moved = composeTransforms({ ...IDENTITY_TRANSFORM, translation: shift }, view.extrinsics);
      return [{ frame: view.frame, transform: composeTransforms(invertTransform(baseView.extrinsics), moved) }];
    });
    const sights = [await this.#look(baseView, set.stamp)];
    this.#others = [];
    for (const [i, view] of views.entries()) {
      if (view === baseView) continue;
      const isTurn = ++lines[i].since >= LOOK_EVERY || sights[0].hands.length === 0;
      if (isTurn) sights.push(await this.#look(view, set.stamp));
    }
    // what others see alone is compared, and not fused: their points are in the cube already
    for (const other of sights.slice(1)) this.#fusion.compare(sights[0], other);
    return sights.find(({ hands }) => hands.length > 0) === sights[0] ? [sights[0]] : sights;
  }

  /** What one camera sees, in the rig's frame and at the set's moment. */
  async #look(view: CameraView, stamp: bigint): Promise<CameraSight> {
    const { name, extrinsics, frame } = view;
    const line = this.#lineOf(name);
    line.since = 0;
    const { stamp: taken, frameId } = frame;
    const [result] = await line.tracker.track({ stamp: taken, frameId, views: [view] });
    return this.#sightBy({ name, extrinsics, stamp: taken, result }, stamp);
  }

  #sightBy(look: CameraLook, stamp: bigint): CameraSight {
    const line = this.#lineOf(look.name);
    line.frames++;
    if (look.dropped !== undefined) line.counters.dropped(look.dropped);
    const sight = this.#fusion.sight(look, stamp);
    const { hands } = sight;
    if (hands.length > 0) line.withHand++;
    const now = hands.length === 0 ? 0 : hands.reduce((sum, hand) => sum + sightOf(hand), 0) / hands.length;
    line.sight += (line.sight === 0 ? 1 : SIGHT_SHARE) * (now - line.sight);
    return sight;
  }

  #lineOf(name: string): CameraLine {
    let line = this.#lines.get(name);
    if (line === undefined) {
      const { prior: _prior, onFitter: _onFitter, cameraTracker, ...shared } = this.#parts;
      const counters = new LineCounters();
      const others = (grid: GridBuilder) => this.#addOthers(grid);
      const parts = { ...shared, counters, others, leavesFit: true, times: this.times, smoothing: () => UNSMOOTHED };
      const tracker = cameraTracker?.(name, parts) ?? new HandTracker(this.#config, parts);
      line = { name, tracker, counters, frames: 0, withHand: 0, sight: 0, since: 0 };
      this.#lines.set(name, line);
    }
    return line;
  }

  #addOthers(grid: GridBuilder): void {
    for (const { frame, transform } of this.#others) addFrame(grid, frame, { transform: transformMatrix(transform) });
  }
}

/** What tracks by a configuration: the hands of one camera, or of the cameras of a rig. */
export function trackerFor(config: TrackerConfig, parts: TrackerParts): HandTracker | RigTracker {
  return Object.keys(config.cameras).length > 0 ? new RigTracker(config, parts) : new HandTracker(config, parts);
}

function demandFrames(count: number): void {
  if (count > 0) return;
  throw new VoxhandError('USAGE', 'a moment without frames', { expected: 'one view or more', found: 'none' });
}

function isIdentity({ translation, rotation }: Transform): boolean {
  return translation.every((value) => value === 0) && rotation[3] === 1;
}
