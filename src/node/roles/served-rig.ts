import type { GestureProfile } from '../../gestures/index.js';
import type { Inference } from '../../inference/inference.js';
import type { HandProportions } from '../../kinematics/index.js';
import { type CameraSyncFacts, FrameSync, type SyncedSet, TransformBuffer } from '../../rig/index.js';
import type { PosePrior } from '../../smoothing/index.js';
import type { LiveTimers } from '../../timing/index.js';
import {
  type CountsSnapshot,
  type FusionFacts,
  NO_TRANSFORM,
  type OutputFacts,
  RigPlaces,
  RigTracker,
  type StageTimes,
  syncOptions,
  type TrackerConfig,
  type TrackResult,
} from '../../tracking/index.js';
import type { BusSink } from '../../transport/port/index.js';
import { ServedOutput } from './served-output.js';

export interface ServedRigOptions {
  readonly config: TrackerConfig;
  readonly inference: Inference;
  readonly sink: BusSink;
  readonly timers: LiveTimers;
  readonly times?: StageTimes;
  readonly prior?: PosePrior;
  readonly proportions?: HandProportions;
  readonly gestures?: GestureProfile;
  readonly now?: () => bigint;
  /** Where the cameras are that no setting says it of. Whoever gives it feeds it. */
  readonly transforms?: TransformBuffer;
  readonly onResult?: (camera: string, result: TrackResult) => void;
}

/** How the fusion of an inference role goes: plain data. */
export interface ServedRigStatus {
  /** Of moments. */
  readonly counts: CountsSnapshot;
  readonly cameras: readonly CameraSyncFacts[];
  readonly fusion: FusionFacts;
  readonly output: OutputFacts;
  /** Why a camera is left out of the last moment, in words. */
  readonly placeProblem?: string;
  /** Why nothing goes out, in words. */
  readonly problem?: string;
}

/** What was read in the voxels of one frame of a camera. */
interface ReadFrame {
  readonly stamp: bigint;
  /** The camera's optical frame. */
  readonly frameId: string;
  /** Undefined where the frame failed. */
  readonly result: TrackResult | undefined;
  /** Why it failed: an error code. */
  readonly dropped?: string;
}

/**
 * The cameras of an inference role that are one rig: what was read in the voxels of each is put together by its stamps, as frames are in a
 * pipeline that is not cut, fused, smoothed and published as one set of hands.
 */
export class ServedRig extends ServedOutput {
  readonly #places: RigPlaces;
  readonly #tracker: RigTracker;
  readonly #now: (() => bigint) | undefined;
  readonly #sync: FrameSync<ReadFrame>;
  /** One moment after the other. */
  #line: Promise<void> = Promise.resolve();

  /** @throws VoxhandError `CONFIG_INVALID` as `configuredCameras` and `RigTracker` */
  constructor(options: ServedRigOptions) {
    const { config, inference, sink, timers, times, prior, proportions, now, gestures, onResult } = options;
    const transforms = options.transforms ?? new TransformBuffer(config.transforms);
    super({
      sink,
      config,
      timers,
      now,
      gestures,
      transforms,
      onResult: onResult && ((result) => onResult('', result)),
    });
    const stopwatch = () => timers.seconds();
    this.#now = now;
    this.#places = new RigPlaces(config, transforms);
    this.#sync = new FrameSync(syncOptions(config, this.#places.cameras));
    // what each camera sees is read before it comes here
    const cameraTracker = () => ({ track: async () => [], reset: () => [] });
    const measured = { counters: this.counters, stopwatch, ...(times && { times }) };
    const known = { ...(prior && { prior }), ...(proportions && { proportions }) };
    this.#tracker = new RigTracker(config, { inference, cameraTracker, ...measured, ...known });
  }

  /** Whether this camera is one of the rig. */
  has(camera: string): boolean {
    return this.#places.cameras.some(({ name }) => name === camera);
  }

  status(): ServedRigStatus {
    const output = this.output();
    const placeProblem = this.#places.problem;
    const { problem } = this;
    return {
      counts: this.counters.snapshot(),
      cameras: this.#sync.facts(),
      fusion: this.#tracker.facts(),
      output,
      ...(placeProblem !== undefined && { placeProblem }),
      ...(problem !== undefined && { problem }),
    };
  }

  /**
   * What came of a camera's frame. Resolves when the moments that it ends are published.
   *
   * @throws VoxhandError `WRITE_FAILED` where the bus takes no more
   */
  take(camera: string, frame: ReadFrame): Promise<void> {
    this.results.alive();
    return this.#publish(this.#sync.push(camera, frame, this.#now?.()));
  }

  /** The voxels come to their end: what still waits. */
  async flush(): Promise<void> {
    await this.#publish(this.#sync.flush());
    await this.results.deliver(this.#tracker.flush());
  }

  #publish(sets: readonly SyncedSet<ReadFrame>[]): Promise<void> {
    const work = this.#line.then(async () => {
      for (const set of sets) {
        await this.results.deliver(this.#fused(set), this.results.arrived());
        this.#tracker.settle();
      }
    });
    this.#line = work.catch(() => undefined);
    return work;
  }

  #fused({ frames }: SyncedSet<ReadFrame>): TrackResult[] {
    this.counters.arrived();
    const seen = frames.map(({ camera: name, frame }) => ({ name, ...frame }));
    const looks = this.#places.placed(seen, () => undefined);
    if (looks.length === 0) {
      this.counters.dropped(NO_TRANSFORM);
      return [];
    }
    const [{ stamp }] = looks;
    this.next(stamp);
    return this.renew(this.#tracker).fuse({ stamp, frameId: this.#places.frameId, looks });
  }
}
