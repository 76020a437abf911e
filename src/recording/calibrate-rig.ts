import type { DepthFrame } from '../depth/index.js';
import {
  composeTransforms,
  IDENTITY_TRANSFORM,
  invertTransform,
  type Transform,
  transformPoints,
} from '../geometry/index.js';
import type { TrackedHand } from '../hand/index.js';
import {
  type AlignResult,
  alignTracks,
  disagreementUnder,
  type JointTrack,
  median,
  type RigFile,
  type RigQuality,
  refineBySurface,
  SAME_MOMENT,
  type SurfacePatch,
  surfacePatch,
  TransformBuffer,
} from '../rig/index.js';
import { UNSMOOTHED } from '../smoothing/index.js';
import { Counts } from '../timing/index.js';
import { depthReader, firstMessage } from '../tracking/depth-frames.js';
import { configuredCameras, HandTracker, type TrackerConfig, type TrackerParts } from '../tracking/index.js';
import type { ConfiguredCamera } from '../tracking/rig-config.js';
import { sharedParts } from '../tracking/shared-parts.js';
import { takeTransforms } from '../tracking/transforms-from.js';
import { openRecording } from '../transport/mcap/open-recording.js';
import type { BusMessage } from '../transport/port/index.js';
import { withRecordedCameras } from './calibration-cameras.js';

export interface CalibrateOptions {
  readonly config: TrackerConfig;
  /** Loads what the trackers need; called when it is clear which cameras there are. */
  readonly load: () => Promise<TrackerParts>;
  /** Told of each depth frame that was looked at; waited for. */
  readonly onFrame?: (done: number, total: number) => void | Promise<void>;
  /** Ends the reading; what was read counts. */
  readonly signal?: AbortSignal;
}

/** A frame of one of the cameras, and the surest hand in it in the camera's optical frame. */
export interface SeenFrame {
  readonly camera: string;
  readonly frame: DepthFrame;
  readonly hand: TrackedHand | undefined;
}

/** A camera that takes part in a calibration. */
export interface CalibratedCamera {
  readonly name: string;
  readonly depthTopic: string;
  /** Its optical frame. */
  readonly frame: string;
  /** Frames that were read, and those with a hand. */
  readonly frames: number;
  readonly withHand: number;
  /** Frames that were not looked at, by cause. */
  readonly leftOut: Readonly<Record<string, number>>;
  /** Against the first camera; absent of that one itself. */
  readonly result?: AlignResult;
  /** Where it was said to be, by settings, rig file or `/tf_static`; absent where nothing said it. */
  readonly told?: { readonly place: Transform; readonly clockOffset: number };
  /** Median distance of its palms to those of the first camera under what was said, metres. */
  readonly toldResidual?: number;
  readonly patches: readonly SurfacePatch[];
}

export interface RigCalibration {
  readonly input: string;
  /** The optical frame of the first camera. */
  readonly frame: string;
  readonly cameras: readonly CalibratedCamera[];
  readonly aborted: boolean;
}

/** Memory is bounded by the moments that count: five minutes at 30 Hz. */
const MOST_MOMENTS = 9000;
/** Patches of the hand's surface that are kept of a camera, at most. */
const MOST_PATCHES = 100;
/** Moments that are laid over each other in a picture: more hide each other. */
const MOST_OVERLAID = 2;
/** Seconds between two patches at first. */
const FIRST_SLOT = 0.2;
/** Delays between a frame's stamp and its arrival that a median is taken over. */
const DELAYS = 300;

interface Line {
  readonly name: string;
  readonly depth: string;
  readonly cameraInfo: string;
  readonly reader: ReturnType<typeof depthReader>;
  readonly tracker: HandTracker;
  readonly track: { stamps: number[]; positions: Float64Array[]; confidences: Float32Array[] };
  readonly delays: number[];
  readonly leftOut: Counts;
  patches: { readonly slot: number; readonly patch: SurfacePatch }[];
  /** At most one patch in so many seconds: the same spans of time for all cameras. */
  slotSeconds: number;
  frame: string;
  frames: number;
  withHand: number;
}

/**
 * Where the cameras of a recording are, from a hand that moves in front of them, see {@link RigCalibrator}.
 *
 * The cameras are those of `cameras` in the configuration, else every depth topic with a camera info, called by what their topics differ in.
 *
 * @throws VoxhandError as `openRecording`; `TOPIC_NOT_FOUND`; `USAGE` for fewer than two cameras
 */
export async function calibrateRecording(path: string, options: CalibrateOptions): Promise<RigCalibration> {
  const { load, signal, onFrame } = options;
  const recording = await openRecording(path);
  try {
    const config = await withRecordedCameras(options.config, recording, path);
    const cameras = configuredCameras(config);
    const firstInfos = new Map<string, BusMessage>();
    for (const { cameraInfo } of cameras) {
      const first = await firstMessage(recording, cameraInfo);
      if (first !== undefined) firstInfos.set(cameraInfo, first);
    }
    const calibrator = new RigCalibrator(config, await load(), firstInfos);
    const recorded = recording.topics().filter(({ topic }) => calibrator.topics.includes(topic));
    const depths = cameras.map(({ depth }) => depth);
    const total = recorded.reduce((sum, { topic, messageCount = 0 }) => {
      return sum + (depths.includes(topic) ? messageCount : 0);
    }, 0);
    let done = 0;
    let messages: BusMessage[] = [];
    const look = async () => {
      const seen = await calibrator.take(messages);
      messages = [];
      for (const _ of seen) await onFrame?.(++done, total);
    };
    for await (const message of recording.subscribe(recorded.map(({ topic }) => topic))) {
      if (signal?.aborted === true) break;
      // a frame or so of each camera, with its camera info
      if (messages.push(message) >= 2 * cameras.length) await look();
    }
    await look();
    return { input: path, aborted: signal?.aborted ?? false, ...calibrator.found() };
  } finally {
    await recording.close();
  }
}

/**
 * Where cameras are, from a hand that moves in front of them: each camera's frames go through the tracker by themselves, without smoothing,
 * and the hand's joints over time are aligned, then its surface. See `alignTracks` and `refineBySurface`. Memory is bounded: the first five minutes at 30 Hz count.
 */
export class RigCalibrator {
  /** With its cameras. */
  readonly config: TrackerConfig;
  /** What it reads: depth, camera infos, transforms. */
  readonly topics: readonly string[];
  readonly #lines: readonly Line[];
  readonly #cameras: readonly ConfiguredCamera[];
  readonly #transforms: TransformBuffer;
  #base: bigint | undefined;

  /**
   * @param config with `cameras`
   * @param firstInfos of a recording, the first camera info of each topic of them
   * @throws VoxhandError as `HandTracker`
   */
  constructor(config: TrackerConfig, parts: TrackerParts, firstInfos: ReadonlyMap<string, BusMessage> = new Map()) {
    this.config = config;
    this.#cameras = configuredCameras(config);
    this.#transforms = new TransformBuffer(config.transforms);
    const shared = sharedParts(parts);
    this.#lines = this.#cameras.map(({ name, depth, cameraInfo }) => {
      const topics = { depth, cameraInfo };
      const leftOut = new Counts();
      const counters = { arrived: () => undefined, dropped: (cause: string) => leftOut.add(cause) };
      const reading = { counters, firstCameraInfo: firstInfos.get(cameraInfo) };
      const reader = depthReader({ topics, input: config.input }, reading);
      const tracker = new HandTracker(config, {
        ...shared,
        smoothing: () => UNSMOOTHED,
      });
      const track = { stamps: [], positions: [], confidences: [] };
      const counts = { frame: '', frames: 0, withHand: 0, slotSeconds: FIRST_SLOT };
      return { name, depth, cameraInfo, reader, tracker, track, delays: [], leftOut, patches: [], ...counts };
    });
    const { tf, tfStatic } = config.topics;
    this.topics = [...this.#cameras.flatMap(({ depth, cameraInfo }) => [depth, cameraInfo]), tf, tfStatic];
  }

  /**
   * The frames that messages of the {@link topics} brought about, looked at: one camera's one after the other, those of several cameras at once.
   * The next messages may be given then.
   */
  async take(messages: readonly BusMessage[]): Promise<SeenFrame[]> {
    const frames = messages.flatMap((message) => this.#framesOf(message));
    const looks = this.#lines.map(async (line) => {
      const seen: SeenFrame[] = [];
      for (const { frame, arrival } of frames.filter((one) => one.line === line)) {
        seen.push({ camera: line.name, frame, hand: await look(line, frame, this.#seconds(frame.stamp), arrival) });
      }
      return seen;
    });
    return (await Promise.all(looks)).flat();
  }

  #framesOf(message: BusMessage): { readonly line: Line; readonly frame: DepthFrame; readonly arrival: number }[] {
    const line = this.#lines.find(({ depth, cameraInfo }) => message.topic === depth || message.topic === cameraInfo);
    if (line === undefined) {
      takeTransforms(this.#transforms, message, this.config.topics.tfStatic);
      return [];
    }
    return Array.from(line.reader.take(message), (frame) => {
      this.#base ??= frame.stamp;
      if (line.delays.length < DELAYS) line.delays.push(Number(message.logTime - frame.stamp) / 1e9);
      return { line, frame, arrival: this.#seconds(message.logTime) };
    });
  }

  /** Since the first frame. */
  #seconds(stamp: bigint): number {
    return Number(stamp - (this.#base as bigint)) / 1e9;
  }

  /** Counts a frame of a camera that is not looked at. */
  leaveOut(camera: string, cause: string, count = 1): void {
    this.#lines.find(({ name }) => name === camera)?.leftOut.add(cause, count);
  }

  /**
   * What is known by now.
   *
   * @param surfaceAfter seconds of waving until which the joints alone are looked at, which is a part of the work
   */
  found(surfaceAfter = 0): Pick<RigCalibration, 'frame' | 'cameras'> {
    const [first] = this.#lines;
    const cameras = this.#lines.map((line, i) => {
      const said = toldPlace(line, first, this.#cameras[i], this.#cameras[0], this.#transforms);
      return calibrated(line, first, said, surfaceAfter);
    });
    return { frame: first.frame, cameras };
  }
}

async function look(line: Line, frame: DepthFrame, time: number, arrival: number): Promise<TrackedHand | undefined> {
  line.frame ||= frame.frameId;
  line.frames++;
  const [result] = await line.tracker.track(frame);
  const [hand] = [...(result?.hands ?? [])].sort((a, b) => (b.presence ?? 1) - (a.presence ?? 1));
  if (hand === undefined) return undefined;
  line.withHand++;
  keep(line, frame, hand, time, arrival);
  return hand;
}

/** @param arrival seconds: by it the spans of time of cameras whose clocks differ are the same */
function keep(line: Line, frame: DepthFrame, hand: TrackedHand, time: number, arrival: number): void {
  const { track } = line;
  if (track.stamps.length >= MOST_MOMENTS || time <= (track.stamps.at(-1) ?? Number.NEGATIVE_INFINITY)) return;
  track.stamps.push(time);
  track.positions.push(hand.positions);
  track.confidences.push(hand.confidences);
  const slot = Math.floor(arrival / FIRST_SLOT);
  const spanOf = (one: number) => Math.floor((one * FIRST_SLOT) / line.slotSeconds + 1e-9);
  const last = line.patches.at(-1);
  if (last !== undefined && spanOf(last.slot) === spanOf(slot)) return;
  line.patches.push({ slot, patch: surfacePatch(frame, hand.positions, time) });
  if (line.patches.length <= MOST_PATCHES) return;
  line.slotSeconds *= 2;
  line.patches = line.patches.filter((one, i) => i === 0 || spanOf(one.slot) !== spanOf(line.patches[i - 1].slot));
}

function calibrated(line: Line, first: Line, told: CalibratedCamera['told'], surfaceAfter: number): CalibratedCamera {
  const { name, depth: depthTopic, frame, frames, withHand } = line;
  const leftOut = line.leftOut.snapshot();
  const known = { name, depthTopic, frame, frames, withHand, leftOut, patches: patchesOf(line) };
  if (line === first) return known;
  const tracks: readonly [JointTrack, JointTrack] = [first.track, line.track];
  // by the clock of whoever recorded: what is left is the difference of the cameras' delays
  const clockOffset = (median(line.delays) ?? Number.NaN) - (median(first.delays) ?? Number.NaN);
  const joints = alignTracks(...tracks, { clockOffset: Number.isFinite(clockOffset) ? clockOffset : 0 });
  const result =
    joints.state === 'refused' || joints.coverage.duration < surfaceAfter
      ? joints
      : { ...joints, ...refineBySurface(joints, first.track, patchesOf(first), patchesOf(line)) };
  if (told === undefined) return { ...known, result };
  return { ...known, result, told, toldResidual: disagreementUnder(...tracks, told).median };
}

function patchesOf({ patches }: Line): SurfacePatch[] {
  return patches.map(({ patch }) => patch);
}

/** Where a camera is said to be in the first one's frame. */
function toldPlace(
  line: Line,
  first: Line,
  { place, clockOffset }: ConfiguredCamera,
  firstSettings: ConfiguredCamera,
  transforms: TransformBuffer,
): CalibratedCamera['told'] {
  const offset = clockOffset - firstSettings.clockOffset;
  if (place !== undefined && firstSettings.place !== undefined) {
    return { place: composeTransforms(invertTransform(firstSettings.place), place), clockOffset: offset };
  }
  const lookup = transforms.lookup(first.frame, line.frame, 0n);
  return lookup.state === 'found' ? { place: lookup.transform, clockOffset: offset } : undefined;
}

/** The rig file of what was found, with the cameras that could be placed. */
export function rigFileOf({ frame, cameras }: RigCalibration): RigFile {
  const placed = cameras.flatMap(({ name, frame: optical, result }) => {
    if (result === undefined) return [[name, { frame: optical, place: IDENTITY_TRANSFORM, clockOffset: 0 }] as const];
    if (result.state === 'refused') return [];
    return [[name, { frame: optical, place: result.place, clockOffset: result.clockOffset }] as const];
  });
  const quality = cameras.flatMap(({ name, result }): (readonly [string, RigQuality])[] =>
    result?.state === 'aligned' ? [[name, { residual: result.residual.median, moments: result.moments }]] : [],
  );
  return { frame, cameras: new Map(placed), quality: new Map(quality) };
}

/** Both cameras' points at moments that are the same by a clock offset, the other one's in the first one's frame by a place. */
export function overlaidClouds(
  first: CalibratedCamera,
  other: CalibratedCamera,
  place: Transform,
  clockOffset: number,
): { readonly first: Float64Array; readonly other: Float64Array } {
  const pairs = other.patches.flatMap((patch) => {
    const apart = ({ time }: SurfacePatch) => Math.abs(time - patch.time - clockOffset);
    const near = [...first.patches].sort((a, b) => apart(a) - apart(b))[0];
    return near === undefined || apart(near) > SAME_MOMENT ? [] : [{ near, patch, apart: apart(near) }];
  });
  const some = pairs.sort((a, b) => a.apart - b.apart).slice(0, MOST_OVERLAID);
  const seen = (points: Float64Array) => points.filter((value) => !Number.isNaN(value));
  return {
    first: Float64Array.from(some.flatMap(({ near }) => [...seen(near.points)])),
    other: Float64Array.from(some.flatMap(({ patch }) => [...transformPoints(place, seen(patch.points))])),
  };
}
