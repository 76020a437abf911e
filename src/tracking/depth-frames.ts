import {
  CAMERA_SCHEMAS,
  CameraCache,
  type CameraInfo,
  type CameraModel,
  CLOUD_SCHEMAS,
  cameraMismatch,
  cameraOfCloud,
  canonicalSchema,
  DEPTH_SCHEMAS,
  type DepthFrame,
  DepthPairer,
  decodeDepthMessage,
  headerOf,
  type PairDropCause,
  type PairOutcome,
  type PointCloud,
  type SamplePool,
  type Stamped,
} from '../depth/index.js';
import { toVoxhandError, type VoxhandError } from '../errors/index.js';
import { recordedCodec } from '../messages/index.js';
import type { BusMessage, BusSource, LiveBus } from '../transport/port/index.js';
import { nodeInflate } from '../transport/port/node-inflate.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import { FrameStream } from './frame-stream.js';
import type { StageTimes, Stopwatch } from './stage-times.js';

export interface DepthFramesOptions {
  /** Counts every depth message, and each that gives no frame by its error code or pairing cause. */
  readonly counters?: Counters;
  readonly times?: StageTimes;
  /** Seconds of a monotonic clock, to measure decoding. */
  readonly stopwatch?: Stopwatch | undefined;
  /**
   * A camera info to use until the first one comes, under pairing `latest`: of a recording, its first one, so that depth
   * images that were recorded just before it are not lost.
   */
  readonly firstCameraInfo?: BusMessage | undefined;
  /** Memory for the frames, of whoever gives each of them back: see `SamplePool`. */
  readonly pool?: SamplePool | undefined;
  /** Whether the bus is a recording, whose topics are all known; by default every bus without a clock of its own. */
  readonly recorded?: boolean;
  /**
   * Told of every message that was dropped, and once of a camera info that seems to be of another camera ({@link CAMERA_MISMATCH}), which
   * drops nothing: for logs. `topic` and `logTime` say where.
   */
  readonly onDrop?: ((cause: string, message: string, topic: string, logTime: bigint) => void) | undefined;
}

/** What is said, as if it were a drop, of a camera info that seems to be of another camera. Frames go on. */
export const CAMERA_MISMATCH = 'camera-mismatch';

interface Received {
  readonly message: unknown;
  readonly bus: BusMessage;
  readonly frameId: string;
}

/** A camera and the frame that its info names. */
interface NamedCamera {
  readonly camera: CameraModel;
  readonly frameId: string;
}

/**
 * The depth frames of a bus: depth messages of any kind that frames/ decodes, paired with their camera info.
 *
 * The stream can be pulled (see `FrameStream`), so that a recording is read in lock step with the pipeline. A message
 * that cannot be read is counted and skipped; the stream goes on. It ends with the recording.
 *
 * @example
 * ```ts
 * const bus = await mcapBus('cell.mcap');
 * depthFrames(bus, config).subscribe((frame) => console.log(frame.stamp, frame.width, frame.height));
 * ```
 */
export function depthFrames(
  bus: BusSource,
  config: TrackerConfig,
  options: DepthFramesOptions = {},
): FrameStream<DepthFrame> {
  // each loop over the stream pairs and counts anew
  return new FrameStream(
    { [Symbol.asyncIterator]: () => readFrames(bus, config, options) },
    { waits: !isLiveBus(bus) },
  );
}

async function* readFrames(
  bus: BusSource,
  { topics, input }: TrackerConfig,
  options: DepthFramesOptions,
): AsyncGenerator<DepthFrame, void, void> {
  const reader = depthReader({ topics, input }, options);
  const { recorded = !isLiveBus(bus) } = options;
  const read = [topics.depth, ...recordedOf(recorded ? bus : undefined, [topics.cameraInfo])];
  for await (const message of bus.subscribe(read)) yield* reader.take(message);
  yield* reader.end();
}

/** Reads the depth messages and camera infos of one camera. */
export interface DepthReader {
  /** The frames that a message of either topic brings about. */
  take(message: BusMessage): Iterable<DepthFrame>;
  /** The frames that still waited for their camera info. */
  end(): Iterable<DepthFrame>;
}

export interface DepthReaderOptions extends Omit<DepthFramesOptions, 'counters'> {
  readonly counters?: Pick<Counters, 'arrived' | 'dropped'>;
}

/** A camera's messages to its frames: decoded, and paired with its camera info. */
export function depthReader(
  {
    topics,
    input,
  }: { readonly topics: Pick<TrackerConfig['topics'], 'depth' | 'cameraInfo'> } & Pick<TrackerConfig, 'input'>,
  { counters = new Counters(), times, stopwatch, firstCameraInfo, pool, onDrop }: DepthReaderOptions,
): DepthReader {
  const cameras = new CameraCache({ rectified: input.rectified });
  const pairer = new DepthPairer<Received, NamedCamera>({ mode: input.pairing, tolerance: input.tolerance });
  const settings = {
    ...{ depthUnit: input.depthUnit, limits: { maxPixels: input.maxPixels }, inflate: nodeInflate },
    ...(pool && { memory: (count: number) => pool.take(count) }),
  };

  const drop = (cause: string, text: string, { topic, logTime }: BusMessage) => {
    counters.dropped(cause);
    onDrop?.(cause, text, topic, logTime);
  };
  /** Of the newest camera info, where it cannot be used. */
  let cameraError: VoxhandError | undefined;
  /** Whether any camera info came; until then a point cloud has a camera of its own. */
  let cameraCame = false;
  let ownCamera: CameraModel | undefined;
  /** The pair of frames whose camera infos were looked at. */
  let compared = '';
  const dropError = (error: VoxhandError, message: BusMessage) => drop(error.code, error.message, message);

  if (firstCameraInfo !== undefined && input.pairing === 'latest') take(firstCameraInfo, false);
  return {
    take(message) {
      const begin = stopwatch?.() ?? 0;
      const isDepth = message.topic === topics.depth;
      if (isDepth) counters.arrived();
      return framesOf(take(message, isDepth), begin);
    },
    end: () => framesOf(pairer.end(), 0),
  };

  /** What a message brings about; one that cannot be read brings nothing. */
  function take(message: BusMessage, isDepth: boolean): readonly PairOutcome<Received, NamedCamera>[] {
    try {
      const decoded = recordedCodec(message).decode(message.data);
      const { stamp, frameId } = headerOf(decoded);
      if (isDepth) {
        const own =
          isCloudSchema(message.schemaName) && !cameraCame ? withOwnCamera(decoded as PointCloud, stamp, frameId) : [];
        return [...own, ...pairer.depth({ stamp, value: { message: decoded, bus: message, frameId } })];
      }
      cameraCame = true;
      const camera = cameras.modelFor(decoded as CameraInfo);
      cameraError = undefined;
      return pairer.camera({ stamp, value: { camera, frameId } });
    } catch (thrown) {
      const error = toVoxhandError(thrown, 'MESSAGE_INVALID');
      if (isDepth) dropError(error, message);
      else {
        // an unreadable camera info costs no frame by itself: the frames that miss it are counted with its error
        cameraError = error;
        // one that was read ahead is counted where it stands in the recording
        if (message !== firstCameraInfo) onDrop?.(error.code, error.message, message.topic, message.logTime);
      }
      return [];
    }
  }

  /** A cloud whose camera nobody tells is looked at with the one that it tells itself. */
  function withOwnCamera(cloud: PointCloud, stamp: bigint, frameId: string) {
    ownCamera ??= cameraOfCloud(cloud, settings.limits);
    return pairer.camera({ stamp, value: { camera: ownCamera, frameId } });
  }

  /** Say where the info seems to be of another camera; once for each pair of frames. */
  function compare({ frameId }: Received, camera: NamedCamera, { logTime }: BusMessage): void {
    const pair = JSON.stringify([frameId, camera.frameId]);
    if (pair === compared) return;
    compared = pair;
    const text = cameraMismatch(
      { topic: topics.depth, frameId },
      { topic: topics.cameraInfo, frameId: camera.frameId },
    );
    if (text !== undefined) onDrop?.(CAMERA_MISMATCH, text, topics.cameraInfo, logTime);
  }

  function* framesOf(outcomes: readonly PairOutcome<Received, NamedCamera>[], begin: number): Generator<DepthFrame> {
    for (const outcome of outcomes) {
      const { bus: message } = outcome.depth.value;
      if (outcome.kind === 'drop') {
        // infos that came and cannot be used are the cause, not that none came
        if (outcome.cause === 'camera-missing' && cameraError !== undefined) dropError(cameraError, message);
        else drop(outcome.cause, MISSING[outcome.cause](topics.cameraInfo), message);
        continue;
      }
      compare(outcome.depth.value, outcome.camera.value, message);
      let frame: DepthFrame;
      try {
        frame = decode(outcome.depth, outcome.camera.value);
      } catch (thrown) {
        dropError(toVoxhandError(thrown, 'MESSAGE_INVALID'), message);
        continue;
      }
      if (stopwatch !== undefined && begin > 0) times?.add('decode', stopwatch() - begin);
      yield frame;
    }
  }

  function decode({ stamp, value }: Stamped<Received>, { camera, frameId: cameraFrame }: NamedCamera): DepthFrame {
    // a driver that leaves out the frame of its images may name it in its camera info
    const frameId = value.frameId === '' ? cameraFrame : value.frameId;
    const frame = decodeDepthMessage(value.bus.schemaName, value.message, { stamp, frameId, camera }, settings);
    if (value.bus.own) pool?.takeAlong(frame, value.bus.data);
    return frame;
  }
}

/** Why a depth image stays without camera info, in words. */
const MISSING: Readonly<Record<PairDropCause, (topic: string) => string>> = {
  'camera-missing': (topic) => `no camera info on ${topic} for this depth image`,
  'queue-full': (topic) => `the camera info on ${topic} did not come before newer depth images did`,
  'time-jump': () => 'time stepped back while the depth image waited for its camera info',
};

/** Of these topics those that a recording has, which refuses others; without one, all of them. */
export function recordedOf(recording: BusSource | undefined, topics: readonly string[]): string[] {
  const known = recording?.topics() ?? [];
  return topics.filter((topic) => known.length === 0 || known.some((one) => one.topic === topic));
}

/** The first message of a recording's topic; undefined where there is none. */
export async function firstMessage(recording: BusSource, topic: string): Promise<BusMessage | undefined> {
  if (recordedOf(recording, [topic]).length === 0) return undefined;
  for await (const message of recording.subscribe([topic])) return message;
  return undefined;
}

/** Whether messages come on this bus whether they are asked for or not; a recording waits. */
export function isLiveBus(bus: BusSource): bus is BusSource & Pick<LiveBus, 'now' | 'onEvent' | 'states'> {
  return 'now' in bus && 'onEvent' in bus;
}

/** Does a topic of this schema carry images that could be depth? */
export function isDepthSchema(schemaName: string): boolean {
  return DEPTH_SCHEMAS.includes(canonicalSchema(schemaName));
}

/** Does a topic of this schema carry point clouds? They are read where their topic is configured, and never guessed. */
export function isCloudSchema(schemaName: string): boolean {
  return CLOUD_SCHEMAS.includes(canonicalSchema(schemaName));
}

/** Does a topic of this schema carry camera intrinsics? */
export function isCameraSchema(schemaName: string): boolean {
  return CAMERA_SCHEMAS.includes(canonicalSchema(schemaName));
}
