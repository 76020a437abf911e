import { createHash } from 'node:crypto';
import type { DepthFrame } from '../../frames/index.js';
import { VoxhandError } from '../../hand/index.js';
import type { Inference, InferenceStatus } from '../../inference/inference.js';
import { cdrCodec, OPTICAL_ROTATION, toDepthImageMessage, toTfMessage } from '../../messages/index.js';
import {
  Counters,
  type CountsSnapshot,
  formatConfig,
  HandTracker,
  type Stage,
  type StageSummary,
  StageTimes,
  type TrackerConfig,
  type TrackerParts,
  type TrackResult,
} from '../../pipeline/index.js';
import { VERSION } from '../../version.js';
import { depthFrames } from '../depth-frames.js';
import { HandPublisher, handTopics } from '../hand-publisher.js';
import type { BusMessage, BusSink, BusSource, Publisher } from '../port/index.js';
import { withInputTopics } from './input-topics.js';
import { createMcapSink, type McapSink } from './mcap-sink.js';
import { openMcap } from './mcap-source.js';

export interface ReplayOptions {
  readonly config: TrackerConfig;
  readonly inference: Inference;
  readonly prior?: TrackerParts['prior'];
  readonly refiner?: TrackerParts['refiner'];
  /** Recording to write; none by default. */
  readonly output?: string;
  /**
   * What becomes of the depth images in the output. `raw`: as plain 16UC1 images in millimetres, which viewers show in
   * 3D (they do not decode compressedDepth). `copy`: as they were. `none`: left out. Default `raw`.
   */
  readonly depth?: 'raw' | 'copy' | 'none';
  /** Further provenance for the output's metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Seconds of a monotonic clock, to measure stages. */
  readonly stopwatch?: TrackerParts['stopwatch'];
  /** Called for every frame that was worked on, before the next one is read. */
  readonly onFrame?: (frame: DepthFrame, results: readonly TrackResult[]) => void | Promise<void>;
  /** Called at the end with the results that a centred window had still held back. */
  readonly onFlush?: (results: readonly TrackResult[]) => void | Promise<void>;
  readonly onDrop?: (cause: string, message: string, topic: string, logTime: bigint) => void;
  /** Ends the replay after the frame in hand; what was written stays valid. */
  readonly signal?: AbortSignal;
}

export interface ReplaySummary {
  readonly input: string;
  readonly output?: string;
  readonly counts: CountsSnapshot;
  /** Durations, seconds. */
  readonly stages: Partial<Record<Stage, StageSummary>>;
  readonly inference: InferenceStatus;
  readonly depthTopic: string;
  readonly cameraTopic: string;
  /** The input breaks off or is damaged, and how. */
  readonly loss?: { readonly code: string; readonly message: string; readonly lostBytes: number };
  /** Stopped by the signal. */
  readonly aborted: boolean;
}

/** A topic that only describes the static place of the camera: what viewers need to show its frame. */
const TF_STATIC = '/tf_static';

/**
 * Replay a recording through the pipeline in lock step: each depth frame is read when the one before is done and its
 * results are written. Memory does not depend on the recording's length; the same input, configuration, model and
 * provider give the same bytes.
 *
 * The output holds the results and everything else of the input: other topics are copied as they are, but not results of
 * an earlier replay. The camera's frame is hung into a `world` frame by a static transform, unless the recording has
 * transforms of its own.
 *
 * @throws VoxhandError as `openMcap` and `createMcapSink`; `TOPIC_NOT_FOUND`; `INFERENCE_FAILED` once the inference has
 * given up. Faults of single frames are counted instead.
 */
export async function replayRecording(path: string, options: ReplayOptions): Promise<ReplaySummary> {
  const { inference, output, depth = 'raw', stopwatch, onFrame, onDrop, signal } = options;
  const source = await openMcap(path);
  let sink: McapSink | undefined;
  try {
    const info = source.info();
    if (info.messageCount === 0) {
      throw new VoxhandError('RECORDING_EMPTY', 'nothing to replay', {
        expected: 'messages',
        found: 'none',
        where: path,
      });
    }
    const config = withInputTopics({ ...options.config, policy: 'every' }, info.topics, path);
    if (output !== undefined) {
      const metadata = provenance(config, inference, options.metadata);
      sink = await createMcapSink(output, { library: `voxhand ${VERSION}`, metadata });
    }
    const counters = new Counters();
    const times = new StageTimes();
    const tracker = new HandTracker(config, {
      inference,
      counters,
      times,
      ...(options.prior && { prior: options.prior }),
      ...(options.refiner && { refiner: options.refiner }),
      ...(stopwatch && { stopwatch }),
    });
    const publisher = sink && new HandPublisher(sink, config);
    const images =
      sink && depth === 'raw'
        ? new DepthImages(
            sink,
            config,
            info.topics.map(({ topic }) => topic),
          )
        : undefined;
    const tee = sink === undefined ? source : new Tee(source, sink, replacedTopics(config, depth));
    const firstCameraInfo = await firstMessage(source, config.topics.cameraInfo);
    const frames = depthFrames(tee, config, {
      counters,
      ...(firstCameraInfo && { firstCameraInfo }),
      times,
      ...(stopwatch && { stopwatch }),
      ...(onDrop && { onDrop }),
    });

    const publish = async (results: readonly TrackResult[]) => {
      for (const result of results) await publisher?.publish(result);
    };
    let aborted = false;
    for await (const frame of frames) {
      if (signal?.aborted) {
        aborted = true;
        counters.dropped('aborted');
        break;
      }
      const results = await tracker.track(frame);
      failIfGone(inference);
      await images?.publish(frame);
      await publish(results);
      await onFrame?.(frame, results);
    }
    const last = tracker.flush();
    await publish(last);
    await options.onFlush?.(last);
    await sink?.close();
    const { loss } = source.info();
    return {
      input: path,
      ...(output === undefined ? {} : { output }),
      counts: counters.snapshot(),
      stages: times.summary(),
      inference: inference.status(),
      depthTopic: config.topics.depth,
      cameraTopic: config.topics.cameraInfo,
      ...(loss === undefined ? {} : { loss }),
      aborted,
    };
  } catch (error) {
    // what was recorded up to here stays, under its own name, and readable
    await sink?.close().catch(() => undefined);
    throw error;
  } finally {
    await source.close();
  }
}

/** What is not copied from the input, because the output has its own. */
function replacedTopics(config: TrackerConfig, depth: NonNullable<ReplayOptions['depth']>): string[] {
  const images = { raw: [config.topics.depth, rawImageTopic(config)], copy: [], none: [config.topics.depth] };
  return [...handTopics(config), ...images[depth]];
}

function rawImageTopic({ topics }: TrackerConfig): string {
  return topics.depth.replace(/\/compressedDepth$/, '');
}

async function firstMessage(source: BusSource, topic: string): Promise<BusMessage | undefined> {
  for await (const message of source.subscribe([topic])) return message;
  return undefined;
}

/** Where results come from, for the output's metadata. */
function provenance(config: TrackerConfig, inference: Inference, more: Readonly<Record<string, string>> = {}) {
  const { model, providerActual } = inference.status();
  return {
    sdk: `voxhand ${VERSION}`,
    configuration_sha256: createHash('sha256').update(formatConfig(config)).digest('hex'),
    model: `${model.name} ${model.version}`,
    model_sha256: model.sha256,
    provider: providerActual,
    ...more,
  };
}

function failIfGone(inference: Inference): void {
  const { state, failure } = inference.status();
  if (state !== 'failed') return;
  throw new VoxhandError('INFERENCE_FAILED', 'the inference has given up', {
    ...(failure === undefined ? {} : { found: failure.message }),
  });
}

/** Reads all topics, copies those that the pipeline does not take to the sink, and those it takes unless excluded. */
class Tee implements BusSource {
  constructor(
    private readonly source: BusSource,
    private readonly sink: BusSink,
    private readonly excluded: readonly string[],
  ) {}

  topics() {
    return this.source.topics();
  }

  async *subscribe(topics: readonly string[]): AsyncGenerator<BusMessage, void, void> {
    const taken = new Set(topics);
    for await (const message of this.source.subscribe()) {
      if (!this.excluded.includes(message.topic)) await this.sink.write(message);
      if (taken.has(message.topic)) yield message;
    }
  }

  close(): Promise<void> {
    return this.source.close();
  }
}

/** Writes depth frames as raw images, and once the camera's place in the world. */
class DepthImages {
  readonly #images: Publisher<ReturnType<typeof toDepthImageMessage>>;
  readonly #transforms: Publisher<ReturnType<typeof toTfMessage>> | undefined;
  #placed = false;

  constructor(sink: BusSink, config: TrackerConfig, inputTopics: readonly string[]) {
    const topic = rawImageTopic(config);
    this.#images = sink.advertise(topic, cdrCodec('sensor_msgs/msg/Image'));
    if (inputTopics.includes(TF_STATIC)) return;
    this.#transforms = sink.advertise(TF_STATIC, cdrCodec('tf2_msgs/msg/TFMessage'));
  }

  async publish(frame: DepthFrame): Promise<void> {
    if (!this.#placed) {
      this.#placed = true;
      const camera = { stamp: frame.stamp, frameId: frame.frameId, orientation: OPTICAL_ROTATION };
      await this.#transforms?.publish(toTfMessage(camera), frame.stamp);
    }
    await this.#images.publish(toDepthImageMessage(frame), frame.stamp);
  }
}
