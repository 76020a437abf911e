import type { DepthFrame } from '../depth/index.js';
import { VoxhandError } from '../errors/index.js';
import { apart, Counts, later, nanoseconds } from '../timing/index.js';
import { median } from './median.js';

/** Why a frame is in no set: it came after a set of its time or later, or waited when time was set back. */
export type SyncLoss = 'late' | 'time-jump';

export interface FrameSyncOptions {
  /** Names; the first one is the camera by whose stamps a moment is called where it has a frame of it. */
  readonly cameras: readonly string[];
  /** Frames whose stamps are this far apart may still be of one moment, seconds; 0.02 by default. */
  readonly tolerance?: number;
  /** A moment is not waited for any longer once a camera's stamps are this far beyond it, seconds; 0.05 by default. */
  readonly deadline?: number;
  /** What is added to the stamps of a camera, seconds; for clocks that are known to differ. */
  readonly clockOffsets?: Readonly<Record<string, number>>;
}

/** What is put together by its stamp, nanoseconds: a frame, or what was made of one. */
interface Stamped {
  readonly stamp: bigint;
}

/** A camera's frame on its way into a set. */
export interface SyncedFrame<Frame extends Stamped = DepthFrame> {
  readonly camera: string;
  /** With the camera's clock offset in its stamp. */
  readonly frame: Frame;
}

/** Frames of one moment: at most one of each camera, in the order of the rig. */
export interface SyncedSet<Frame extends Stamped = DepthFrame> {
  /** Of the first of them. */
  readonly stamp: bigint;
  readonly frames: readonly SyncedFrame<Frame>[];
}

/** How the frames of a camera go: plain data. */
export interface CameraSyncFacts {
  readonly name: string;
  /** Frames that came: `frames = fused + waiting + the sum of lost`. */
  readonly frames: number;
  /** Frames that went into a set. */
  readonly fused: number;
  readonly waiting: number;
  readonly lost: Readonly<Partial<Record<SyncLoss, number>>>;
  /** Sets that the camera was expected in and is missing from. */
  readonly missing: number;
  /** `silent`: has sent nothing for three of its periods, or nothing yet while others do. */
  readonly state: 'delivering' | 'silent';
  /** Median seconds between its frames of late; undefined before it is known. */
  readonly period: number | undefined;
  /**
   * By how much its stamps are behind those of the first camera at the moment of arrival, seconds: its clock's offset and the difference of the
   * cameras' delays together. Undefined before it is known.
   */
  readonly clockDifference: number | undefined;
}

/** Periods and delays that a median is taken over. */
const KEPT = 31;
/** Of a camera that has been silent for so many of its periods no frame is expected. */
const SILENT_AFTER = 3;
/** Frames of one camera that wait at most: more are the moments of a camera that has stopped. */
const MOST_WAITING = 8;
/** A camera may be later than it has lately been by this share. */
const LAG_MARGIN = 1.25;
/** Of a camera that has sent one frame only, seconds. */
const USUAL_PERIOD = 0.2;
/** A stamp that is older than the last of its camera by more than this is of another time: a looped recording, a clock that was set. */
const TIME_JUMP = 1_000_000_000n;

interface CameraState<Frame> {
  readonly name: string;
  readonly offset: bigint;
  readonly periods: number[];
  readonly delays: number[];
  readonly lost: Counts<SyncLoss>;
  /** In the order of their stamps; more than one only while another camera's frame is on its way. */
  readonly waiting: Frame[];
  /** By how much its frames' stamps were behind the newest one of all cameras when they came, seconds. */
  readonly lags: number[];
  /** Of the last frame that came. */
  newest: bigint | undefined;
  frames: number;
  /** Of the present time: none right after a jump. */
  recent: number;
  fused: number;
  missing: number;
}

/**
 * Puts the frames of several cameras together by their stamps.
 *
 * A moment begins with a frame. It is complete when each camera that is expected has given one within `tolerance`; what is expected is
 * told by each camera's own period, so that a slower camera is only waited for when its next frame is due, and one that has been silent for
 * three periods not at all. A moment that is not complete is closed when any camera's stamps are `deadline` beyond it, or when one of its own
 * cameras gives its next frame and no camera that is expected has lately been so late that its frame may still be on its way; the cameras that
 * were expected are counted as missing.
 *
 * There is no clock: stamps alone decide, so that a recording gives the same sets however fast it is read. One frame of each camera waits, and
 * up to eight while a camera's frames come later than the next ones of the others. Sets come in the order of their stamps, and a frame older than the last set is dropped as `late`.
 */
export class FrameSync<Frame extends Stamped = DepthFrame> {
  readonly #tolerance: bigint;
  readonly #deadline: bigint;
  readonly #cameras: readonly CameraState<Frame>[];
  /** The newest stamp of all cameras. */
  #now: bigint | undefined;
  /** Of the last set that was given out. */
  #last: bigint | undefined;

  /** @throws VoxhandError `CONFIG_INVALID` for times that are no numbers of seconds >= 0, no camera, or two of one name */
  constructor({ cameras, tolerance = 0.02, deadline = 0.05, clockOffsets = {} }: FrameSyncOptions) {
    check(tolerance >= 0 && tolerance < Infinity, 'tolerance', 'seconds >= 0', tolerance);
    check(deadline >= 0 && deadline < Infinity, 'deadline', 'seconds >= 0', deadline);
    check(cameras.length > 0 && new Set(cameras).size === cameras.length, 'cameras', 'different names', cameras);
    this.#tolerance = nanoseconds(tolerance);
    this.#deadline = nanoseconds(deadline);
    this.#cameras = cameras.map((name): CameraState<Frame> => {
      const offset = clockOffsets[name] ?? 0;
      check(Number.isFinite(offset), `cameras.${name}.clock_offset`, 'seconds', offset);
      const counts = { lost: new Counts<SyncLoss>(), frames: 0, recent: 0, fused: 0, missing: 0 };
      return {
        name,
        offset: nanoseconds(offset),
        periods: [],
        delays: [],
        waiting: [],
        lags: [],
        newest: undefined,
        ...counts,
      };
    });
  }

  /**
   * Take a camera's next frame.
   *
   * @param arrived when it came, on the clock of whoever receives, nanoseconds; the log time of a recorded message
   * @returns the sets that are complete or not waited for any longer; each frame is in at most one
   * @throws VoxhandError `USAGE` for a camera that is not in the rig
   */
  push(camera: string, given: Frame, arrived?: bigint): SyncedSet<Frame>[] {
    const state = this.#cameras.find(({ name }) => name === camera);
    if (state === undefined) {
      throw new VoxhandError('USAGE', 'a frame of a camera that is not in the rig', {
        expected: this.#cameras.map(({ name }) => name).join(', '),
        found: camera,
        where: 'FrameSync.push',
      });
    }
    const frame = state.offset === 0n ? given : { ...given, stamp: given.stamp + state.offset };
    const { stamp } = frame;
    const sets: SyncedSet<Frame>[] = [];
    state.frames++;
    if (state.newest !== undefined && state.newest - stamp > TIME_JUMP) this.#forget();
    state.recent++;
    if (arrived !== undefined) keep(state.delays, Number(arrived - stamp) / 1e9);
    if (state.newest !== undefined && stamp > state.newest) keep(state.periods, Number(stamp - state.newest) / 1e9);
    keep(state.lags, this.#now === undefined ? 0 : Math.max(0, Number(this.#now - stamp) / 1e9));
    state.newest = state.newest === undefined ? stamp : later(state.newest, stamp);
    this.#now = this.#now === undefined ? stamp : later(this.#now, stamp);
    // two frames of one camera are of two moments
    for (const { stamp: moment } of [...state.waiting]) {
      if (state.waiting.length >= MOST_WAITING || !this.#isOnItsWay(moment)) sets.push(...this.#close(moment));
    }
    if (this.#last !== undefined && stamp <= this.#last) {
      state.lost.add('late');
      return sets;
    }
    state.waiting.push(frame);
    state.waiting.sort((a, b) => (a.stamp < b.stamp ? -1 : 1));
    for (let due = this.#due(); due !== undefined; due = this.#due()) sets.push(...this.#close(due));
    return sets;
  }

  /** The frames come to their end: what still waits. */
  flush(): SyncedSet<Frame>[] {
    const sets: SyncedSet<Frame>[] = [];
    for (let oldest = this.#oldest(); oldest !== undefined; oldest = this.#oldest()) sets.push(...this.#close(oldest));
    return sets;
  }

  facts(): CameraSyncFacts[] {
    const first = median(this.#cameras[0].delays);
    return this.#cameras.map((camera) => {
      const { name, frames, fused, missing, lost } = camera;
      const delay = median(camera.delays);
      return {
        ...{ name, frames, fused, missing },
        waiting: camera.waiting.length,
        lost: lost.snapshot(),
        state: this.#now !== undefined && this.#isSilent(camera, this.#now) ? 'silent' : 'delivering',
        period: median(camera.periods),
        clockDifference: delay === undefined || first === undefined ? undefined : delay - first,
      };
    });
  }

  /** The stamp of the oldest frame that waits. */
  #oldest(): bigint | undefined {
    let oldest: bigint | undefined;
    for (const { waiting } of this.#cameras) {
      if (waiting.length > 0 && (oldest === undefined || waiting[0].stamp < oldest)) oldest = waiting[0].stamp;
    }
    return oldest;
  }

  /** The moment of the oldest frame that waits, if nothing more is waited for. */
  #due(): bigint | undefined {
    const moment = this.#oldest();
    if (moment === undefined) return undefined;
    const overdue = (this.#now as bigint) - moment >= this.#deadline;
    // a camera whose frame waits has given one, of this moment or of a later one
    const whole = this.#cameras.every((camera) => camera.waiting.length > 0 || !this.#isExpected(camera, moment));
    return overdue || whole ? moment : undefined;
  }

  /** Whether a camera that is expected at a moment and has given nothing has lately been as late as that. */
  #isOnItsWay(moment: bigint): boolean {
    const elapsed = Number((this.#now as bigint) - moment) / 1e9;
    return this.#cameras.some((camera) => {
      if (camera.waiting.length > 0 || !this.#isExpected(camera, moment)) return false;
      return elapsed <= LAG_MARGIN * Math.max(0, ...camera.lags);
    });
  }

  /** Whether a frame of this camera should be within the tolerance of a moment, by its last one and its period. */
  #isExpected(camera: CameraState<Frame>, moment: bigint): boolean {
    const period = median(camera.periods);
    if (this.#isSilent(camera, moment)) return false;
    if (camera.newest === undefined || period === undefined) return true;
    return camera.newest + nanoseconds(period) <= moment + this.#tolerance;
  }

  #isSilent(camera: CameraState<Frame>, moment: bigint): boolean {
    if (camera.newest === undefined) return this.#cameras.some(({ recent }) => recent > SILENT_AFTER);
    const patience = SILENT_AFTER * (median(camera.periods) ?? USUAL_PERIOD);
    return moment - camera.newest > nanoseconds(patience) + this.#tolerance;
  }

  /** Give out the frames within the tolerance of a moment, after those of moments before it. */
  #close(moment: bigint): SyncedSet<Frame>[] {
    const sets: SyncedSet<Frame>[] = [];
    for (let first = this.#oldest(); first !== undefined && first < moment; first = this.#oldest()) {
      sets.push(...this.#close(first));
    }
    const taken = this.#cameras.filter(({ waiting }) => {
      return waiting.length > 0 && apart(waiting[0].stamp, moment) <= this.#tolerance;
    });
    if (taken.length === 0) return sets; // went with the set before
    for (const camera of this.#cameras) {
      if (!taken.includes(camera) && this.#isExpected(camera, moment)) camera.missing++;
    }
    const frames = taken.map((camera): SyncedFrame<Frame> => {
      const frame = camera.waiting.shift() as Frame;
      camera.fused++;
      return { camera: camera.name, frame };
    });
    const { stamp } = frames[0].frame;
    this.#last = stamp;
    return [...sets, { stamp, frames }];
  }

  /** Another time begins: what waits is of the one before. */
  #forget(): void {
    for (const camera of this.#cameras) {
      if (camera.waiting.length > 0) camera.lost.add('time-jump', camera.waiting.length);
      camera.waiting.length = 0;
      camera.lags.length = 0;
      camera.newest = undefined;
      camera.recent = 0;
      camera.periods.length = 0;
    }
    this.#now = undefined;
    this.#last = undefined;
  }
}

function keep(values: number[], value: number): void {
  values.push(value);
  if (values.length > KEPT) values.shift();
}

function check(right: boolean, where: string, expected: string, found: unknown): void {
  if (!right)
    throw new VoxhandError('CONFIG_INVALID', 'frames cannot be synchronised', {
      expected,
      found: String(found),
      where,
    });
}
