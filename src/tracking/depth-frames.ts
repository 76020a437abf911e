import {
  CAMERA_SCHEMAS,
  CameraCache,
  type CameraInfo,
  type CameraModel,
  canonicalSchema,
  DEPTH_SCHEMAS,
  type DepthFrame,
  DepthPairer,
  decodeDepthMessage,
  headerOf,
  type PairOutcome,
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
  /** Told of every message that was dropped: for logs. `topic` and `logTime` say where. */
  readonly onDrop?: ((cause: string, message: string, topic: string, logTime: bigint) => void) | undefined;
}

interface Received {
  readonly message: unknown;
  readonly bus: BusMessage;
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
  config: TrackerConfig,
  { counters = new Counters(), times, stopwatch, firstCameraInfo, onDrop }: DepthFramesOptions,
): AsyncGenerator<DepthFrame, void, void> {
  const { topics, input } = config;
  const cameras = new CameraCache({ rectified: input.rectified });
  const pairer = new DepthPairer<Received, CameraModel>({ mode: input.pairing, tolerance: input.tolerance });
  const settings = { depthUnit: input.depthUnit, limits: { maxPixels: input.maxPixels }, inflate: nodeInflate };

  const drop = (cause: string, text: string, { topic, logTime }: BusMessage) => {
    counters.dropped(cause);
    onDrop?.(cause, text, topic, logTime);
  };
  const dropError = (error: VoxhandError, message: BusMessage) => drop(error.code, error.message, message);

  if (firstCameraInfo !== undefined && input.pairing === 'latest') take(firstCameraInfo, false);
  for await (const message of bus.subscribe([topics.depth, topics.cameraInfo])) {
    const begin = stopwatch?.() ?? 0;
    const isDepth = message.topic === topics.depth;
    if (isDepth) counters.arrived();
    yield* framesOf(take(message, isDepth), begin);
  }
  yield* framesOf(pairer.end(), 0);

  /** What a message brings about; one that cannot be read brings nothing. */
  function take(message: BusMessage, isDepth: boolean): readonly PairOutcome<Received, CameraModel>[] {
    try {
      const decoded = recordedCodec(message).decode(message.data);
      const { stamp, frameId } = headerOf(decoded);
      return isDepth
        ? pairer.depth({ stamp, value: { message: decoded, bus: message, frameId } })
        : pairer.camera({ stamp, value: cameras.modelFor(decoded as CameraInfo) });
    } catch (thrown) {
      const error = toVoxhandError(thrown, 'MESSAGE_INVALID');
      // an unreadable camera info costs no frame by itself: the frames that miss it are counted as camera-missing
      if (isDepth) dropError(error, message);
      else onDrop?.(error.code, error.message, message.topic, message.logTime);
      return [];
    }
  }

  function* framesOf(outcomes: readonly PairOutcome<Received, CameraModel>[], begin: number): Generator<DepthFrame> {
    for (const outcome of outcomes) {
      const { bus: message } = outcome.depth.value;
      if (outcome.kind === 'drop') {
        drop(outcome.cause, `depth image without camera info (${outcome.cause})`, message);
        continue;
      }
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

  function decode({ stamp, value }: Stamped<Received>, camera: CameraModel): DepthFrame {
    return decodeDepthMessage(value.bus.schemaName, value.message, { stamp, frameId: value.frameId, camera }, settings);
  }
}

/** The first message of a recording's topic; undefined where there is none. */
export async function firstMessage(recording: BusSource, topic: string): Promise<BusMessage | undefined> {
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

/** Does a topic of this schema carry camera intrinsics? */
export function isCameraSchema(schemaName: string): boolean {
  return CAMERA_SCHEMAS.includes(canonicalSchema(schemaName));
}
