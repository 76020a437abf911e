import { type DepthFrame, namespaceOf, rawTopicOf, unproject } from '../depth/index.js';
import { VoxhandError } from '../errors/index.js';
import {
  composeTransforms,
  IDENTITY_TRANSFORM,
  invertTransform,
  type Transform,
  transformPoints,
} from '../geometry/index.js';
import { ROOT_OF_MIDDLE, type TrackedHand } from '../hand/index.js';
import {
  type AlignResult,
  alignTracks,
  disagreementUnder,
  type JointTrack,
  median,
  type RigFile,
  type RigQuality,
  TransformBuffer,
} from '../rig/index.js';
import { depthReader, firstMessage, isDepthSchema } from '../tracking/depth-frames.js';
import {
  configuredCameras,
  findInputTopics,
  HandTracker,
  type TrackerConfig,
  type TrackerParts,
} from '../tracking/index.js';
import { takeTransforms } from '../tracking/transforms-from.js';
import { openRecording } from '../transport/mcap/open-recording.js';
import type { BusSource } from '../transport/port/index.js';

export interface CalibrateOptions {
  readonly config: TrackerConfig;
  /** Loads what the trackers need; called when it is clear which cameras there are. */
  readonly load: () => Promise<TrackerParts>;
  /** Told of each depth frame that was looked at; waited for. */
  readonly onFrame?: (done: number, total: number) => void | Promise<void>;
  /** Ends the reading; what was read counts. */
  readonly signal?: AbortSignal;
}

/** Points on the hand that a camera saw, in its own optical frame. */
export interface HandCloud {
  readonly time: number;
  /** x, y, z of each, metres. */
  readonly points: Float64Array;
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
  /** Against the first camera; absent of that one itself. */
  readonly result?: AlignResult;
  /** Where it was said to be, by settings, rig file or `/tf_static`; absent where nothing said it. */
  readonly told?: { readonly place: Transform; readonly clockOffset: number };
  /** Median distance of its palms to those of the first camera under what was said, metres. */
  readonly toldResidual?: number;
  readonly clouds: readonly HandCloud[];
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
/** Clouds that are kept of a camera, at most, and points of each. */
const MOST_CLOUDS = 40;
const CLOUD_POINTS = 300;
/** Moments that are laid over each other in a picture: more hide each other. */
const MOST_OVERLAID = 2;
/** Points so near to a hand's middle root are of it, metres. */
const CLOUD_RADIUS = 0.11;
/** Seconds between two clouds at first, and between those of two cameras that are laid over each other, at most. */
const FIRST_SLOT = 0.2;
const SAME_MOMENT = 0.04;
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
  clouds: HandCloud[];
  /** At most one cloud in so many seconds: the same spans of time for all cameras. */
  cloudSlot: number;
  frame: string;
  frames: number;
  withHand: number;
}

/**
 * Where the cameras of a recording are, from a hand that moves in front of them: each camera's frames go through the tracker by themselves,
 * without smoothing, and the hand's joints over time are aligned. See `alignTracks`.
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
    const parts = await load();
    const lines: Line[] = [];
    for (const { name, depth, cameraInfo } of cameras) {
      const firstCameraInfo = await firstMessage(recording, cameraInfo);
      const reader = depthReader({ topics: { depth, cameraInfo }, input: config.input }, { firstCameraInfo });
      const tracker = new HandTracker(config, {
        ...parts,
        smoothing: () => ({ push: (hand) => [hand], flush: () => [] }),
      });
      const track = { stamps: [], positions: [], confidences: [] };
      const counts = { frame: '', frames: 0, withHand: 0, cloudSlot: FIRST_SLOT };
      lines.push({ name, depth, cameraInfo, reader, tracker, track, delays: [], clouds: [], ...counts });
    }
    const lineOf = new Map(
      lines.flatMap((line) => [line.depth, line.cameraInfo].map((topic) => [topic, line] as const)),
    );
    const total = recording.topics().reduce((sum, { topic, messageCount = 0 }) => {
      return sum + (lines.some(({ depth }) => depth === topic) ? messageCount : 0);
    }, 0);
    const transforms = new TransformBuffer(config.transforms);
    const { tf, tfStatic } = config.topics;
    const recorded = new Set(recording.topics().map(({ topic }) => topic));
    const topics = [...lineOf.keys(), ...[tf, tfStatic].filter((topic) => recorded.has(topic))];
    let base: bigint | undefined;
    let done = 0;
    for await (const message of recording.subscribe(topics)) {
      if (signal?.aborted === true) break;
      const line = lineOf.get(message.topic);
      if (line === undefined) {
        takeTransforms(transforms, message, tfStatic);
        continue;
      }
      for (const frame of line.reader.take(message)) {
        base ??= frame.stamp;
        if (line.delays.length < DELAYS) line.delays.push(Number(message.logTime - frame.stamp) / 1e9);
        await look(line, frame, Number(frame.stamp - base) / 1e9);
        await onFrame?.(++done, total);
      }
    }
    const [first] = lines;
    return {
      ...{ input: path, frame: first.frame, aborted: signal?.aborted ?? false },
      cameras: lines.map((line, i) => calibrated(line, first, cameras[i], cameras[0], transforms)),
    };
  } finally {
    await recording.close();
  }
}

async function look(line: Line, frame: DepthFrame, time: number): Promise<void> {
  line.frame ||= frame.frameId;
  line.frames++;
  const [result] = await line.tracker.track(frame);
  const [hand] = [...(result?.hands ?? [])].sort((a, b) => (b.presence ?? 1) - (a.presence ?? 1));
  if (hand === undefined) return;
  line.withHand++;
  const { track } = line;
  if (track.stamps.length >= MOST_MOMENTS || time <= (track.stamps.at(-1) ?? Number.NEGATIVE_INFINITY)) return;
  track.stamps.push(time);
  track.positions.push(hand.positions);
  track.confidences.push(hand.confidences);
  const last = line.clouds.at(-1);
  if (last !== undefined && slotOf(last, line.cloudSlot) === slotOf({ time }, line.cloudSlot)) return;
  line.clouds.push({ time, points: cloudOf(frame, hand) });
  if (line.clouds.length <= MOST_CLOUDS) return;
  line.cloudSlot *= 2;
  line.clouds = line.clouds.filter((cloud, i) => {
    return i === 0 || slotOf(cloud, line.cloudSlot) !== slotOf(line.clouds[i - 1], line.cloudSlot);
  });
}

function slotOf({ time }: Pick<HandCloud, 'time'>, seconds: number): number {
  return Math.floor(time / seconds);
}

/** Points around the hand, evenly picked. */
function cloudOf(frame: DepthFrame, { positions }: TrackedHand): Float64Array {
  const middle = positions.subarray(3 * ROOT_OF_MIDDLE, 3 * ROOT_OF_MIDDLE + 3);
  const { fx, fy, cx, cy } = frame.camera;
  const reach = CLOUD_RADIUS / middle[2];
  const [u, v] = [(fx * middle[0]) / middle[2] + cx, (fy * middle[1]) / middle[2] + cy];
  const step = Math.max(1, Math.round(Math.sqrt((4 * reach * fx * reach * fy) / (3 * CLOUD_POINTS))));
  const points: number[] = [];
  for (let y = Math.round(v - reach * fy); y <= v + reach * fy; y += step) {
    for (let x = Math.round(u - reach * fx); x <= u + reach * fx; x += step) {
      const point = unproject(frame, x, y);
      if (point === undefined) continue;
      if (Math.hypot(point[0] - middle[0], point[1] - middle[1], point[2] - middle[2]) < CLOUD_RADIUS)
        points.push(...point);
    }
  }
  return Float64Array.from(points);
}

function calibrated(
  line: Line,
  first: Line,
  settings: ReturnType<typeof configuredCameras>[number],
  firstSettings: ReturnType<typeof configuredCameras>[number],
  transforms: TransformBuffer,
): CalibratedCamera {
  const { name, depth: depthTopic, frame, frames, withHand, clouds } = line;
  const known = { name, depthTopic, frame, frames, withHand, clouds };
  if (line === first) return known;
  const tracks: readonly [JointTrack, JointTrack] = [first.track, line.track];
  // by the clock of whoever recorded: what is left is the difference of the cameras' delays
  const clockOffset = (median(line.delays) ?? Number.NaN) - (median(first.delays) ?? Number.NaN);
  const result = alignTracks(...tracks, { clockOffset: Number.isFinite(clockOffset) ? clockOffset : 0 });
  const told = toldPlace(line, first, settings, firstSettings, transforms);
  if (told === undefined) return { ...known, result };
  return { ...known, result, told, toldResidual: disagreementUnder(...tracks, told).median };
}

/** Where a camera is said to be in the first one's frame. */
function toldPlace(
  line: Line,
  first: Line,
  { place, clockOffset }: ReturnType<typeof configuredCameras>[number],
  firstSettings: ReturnType<typeof configuredCameras>[number],
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

/** Both cameras' clouds at moments that are the same by a clock offset, the other one's in the first one's frame by a place. */
export function overlaidClouds(
  first: CalibratedCamera,
  other: CalibratedCamera,
  place: Transform,
  clockOffset: number,
): { readonly first: Float64Array; readonly other: Float64Array } {
  const pairs = other.clouds.flatMap((cloud) => {
    const time = cloud.time + clockOffset;
    const near = first.clouds.find((one) => Math.abs(one.time - time) < SAME_MOMENT);
    return near === undefined ? [] : [{ near, cloud, apart: Math.abs(near.time - time) }];
  });
  const some = pairs.sort((a, b) => a.apart - b.apart).slice(0, MOST_OVERLAID);
  return {
    first: Float64Array.from(some.flatMap(({ near }) => [...near.points])),
    other: Float64Array.from(some.flatMap(({ cloud }) => [...transformPoints(place, cloud.points)])),
  };
}

/** The configuration with the cameras of a recording, where it names none. */
async function withRecordedCameras(config: TrackerConfig, recording: BusSource, where: string): Promise<TrackerConfig> {
  if (Object.keys(config.cameras).length > 1) return findInputTopics(config, recording, where);
  const images = [
    ...new Set(recording.topics().flatMap(({ topic, schemaName }) => (isDepthSchema(schemaName) ? [topic] : []))),
  ];
  const depths = images.filter((topic) => rawTopicOf(topic) === topic || !images.includes(rawTopicOf(topic)));
  const cameras: Record<string, { depth: string; cameraInfo: string }> = {};
  for (const depth of depths) {
    const one = { ...config, cameras: {}, topics: { ...config.topics, depth } };
    const found = await findInputTopics(one, recording, where).catch(() => undefined);
    if (found === undefined || namespaceOf(found.topics.cameraInfo) !== namespaceOf(rawTopicOf(depth))) continue;
    cameras[nameOf(depth, depths)] = { depth, cameraInfo: found.topics.cameraInfo };
  }
  if (Object.keys(cameras).length < 2) {
    throw new VoxhandError('USAGE', 'a calibration needs two cameras or more', {
      expected: 'depth images with camera info of two cameras, or cameras.<name> in the configuration',
      found: depths.join(', ') || 'no depth images',
      where,
    });
  }
  return { ...config, cameras };
}

/** What a topic's name differs from the others in, as a camera's name: `/left/depth/image_rect_raw` is `left`. */
function nameOf(topic: string, all: readonly string[]): string {
  const parts = topic.split('/').filter((part) => part !== '');
  const own = parts.filter((part) => !all.every((other) => other.split('/').includes(part)));
  const name = (own[0] ?? parts[0] ?? 'camera').replace(/[^A-Za-z0-9_]/g, '_').slice(0, 32);
  return /^[A-Za-z]/.test(name) ? name : `camera_${name}`.slice(0, 32);
}
