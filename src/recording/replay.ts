import { createHash } from 'node:crypto';
import { endianness } from 'node:os';
import { type DepthFrame, MILLIMETRE, rawTopicOf, samplesOf } from '../depth/index.js';
import { VoxhandError } from '../errors/index.js';
import type { FaultCounts, FaultSpec } from '../faults/index.js';
import { composeTransforms, invertTransform } from '../geometry/index.js';
import type { GestureProfile } from '../gestures/index.js';
import type { Inference, InferenceStatus } from '../inference/inference.js';
import { cdrCodec, OPTICAL_ROTATION, toDepthImageMessage, toImageMessage, toTfMessage } from '../messages/index.js';
import type { CameraView } from '../rig/index.js';
import type { DurationSummary } from '../timing/index.js';
import { firstMessage } from '../tracking/depth-frames.js';
import {
  Counters,
  type CountsSnapshot,
  findInputTopics,
  formatConfig,
  type InputProblem,
  InputProblems,
  inputTopics,
  StageTimes,
  type TrackerConfig,
  type TrackerParts,
  TrackingSession,
  type TrackingSummary,
  type TrackResult,
  trackerFor,
} from '../tracking/index.js';
import { digestedTopics, handTopics } from '../tracking/output-topics.js';
import { modelProvenance } from '../transport/mcap/index.js';
import type { McapInfo } from '../transport/mcap/info.js';
import { createMcapSink, type McapSink } from '../transport/mcap/mcap-sink.js';
import { openRecording } from '../transport/mcap/open-recording.js';
import { RecordingView } from '../transport/mcap/recording-view.js';
import {
  type BusSink,
  type BusSource,
  FaultySource,
  type PlaybackControl,
  type Publisher,
  teeSink,
} from '../transport/port/index.js';
import { VERSION } from '../version.js';
import { rangeOf } from './cut.js';
import { PlayedSource } from './player/played-source.js';
import { type PlayableSource, Player, type PlayerOptions } from './player/player.js';
import { DigestMeter, digestSink, type ResultDigest } from './result-digest.js';

/** How a replay is going. */
export interface ReplayProgress {
  readonly config: TrackerConfig;
  /** The recording that is written, where there is one: for what the caller adds to it. */
  readonly output?: BusSink;
  counts(): CountsSnapshot;
  /** Durations, seconds; of late. */
  stages(): ReplaySummary['stages'];
  /** From a frame's turn until its results were published, seconds; nothing without a stopwatch. */
  latency(): DurationSummary | undefined;
}

export interface ReplayOptions {
  readonly config: TrackerConfig;
  readonly inference: Inference;
  readonly prior?: TrackerParts['prior'];
  readonly refiner?: TrackerParts['refiner'];
  readonly detection?: TrackerParts['detection'];
  /** What gestures are recognised in the results, with `gestures.profile`; none by default. */
  readonly gestures?: GestureProfile;
  /** Recording to write; none by default. */
  readonly output?: string;
  /**
   * What becomes of the depth images in the output. `raw`: as plain 16UC1 images in millimetres, which viewers show in
   * 3D (they do not decode compressedDepth). `copy`: as they were. `none`: left out. Default `raw`.
   */
  readonly depth?: 'raw' | 'copy' | 'none';
  /** Topics of the input that are not copied to the output: those that the caller writes to `ReplayProgress.output`. */
  readonly replaces?: readonly string[];
  /** Further provenance for the output's metadata. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Seconds of a monotonic clock, to measure stages. */
  readonly stopwatch?: TrackerParts['stopwatch'];
  /** Called for every frame that was worked on, of a rig for every moment, before the next one is read. */
  readonly onFrame?: (
    frame: DepthFrame,
    results: readonly TrackResult[],
    progress: ReplayProgress,
    views: readonly CameraView[],
  ) => void | Promise<void>;
  /** Called at the end with the results that a centred window had still held back. */
  readonly onFlush?: (results: readonly TrackResult[]) => void | Promise<void>;
  readonly onDrop?: (cause: string, message: string, topic: string, logTime: bigint) => void;
  /** Ends the replay after the frame in hand; what was written stays valid. */
  readonly signal?: AbortSignal;
  /** Seconds from the recording's first message on; 0 by default. */
  readonly start?: number;
  /** Seconds from `start` on; up to the end by default. */
  readonly duration?: number;
  /** Names or patterns of the topics that are replayed, see `topicMatcher`; all of them by default. */
  readonly topics?: readonly string[];
  /** What topics are called from here on, by what the recording calls them. */
  readonly remap?: Readonly<Record<string, string>>;
  /** What goes wrong with depth images and camera infos, or with the topics that it names, on their way in. */
  readonly faults?: FaultSpec;
  /** How often the recording is replayed; 1 by default. More often there can be no `output`. */
  readonly times?: number;
  /** Replay at the recording's own pace, or that times `speed`; by default as fast as the pipeline goes. */
  readonly pace?: Pick<PlayerOptions, 'speed' | 'startPaused' | 'stay' | 'timers' | 'onIdle'>;
  /**
   * Where results go beside the output: a server, a ROS 2 graph. It stays open. Of the input it gets the topics that `takes`
   * says, all by default, but not those that results are published on.
   */
  readonly live?: { readonly sink: BusSink; readonly takes?: (topic: string) => boolean };
  /** Told of the player before it begins, where there is a `pace`, so that others can control it. */
  readonly onPlayer?: (player: PlaybackControl, config: TrackerConfig) => void;
}

export interface ReplaySummary extends TrackingSummary {
  readonly input: string;
  readonly output?: string;
  readonly inference: InferenceStatus;
  /** What was wrong with depth images and camera infos: of each cause the first error in full, and what to do. */
  readonly problems: readonly InputProblem[];
  /** The input breaks off or is damaged, and how. */
  readonly loss?: { readonly code: string; readonly message: string; readonly lostBytes: number };
  /** Of what was published on the topics of joints and gestures: the same for the same results, whatever else is written. */
  readonly digest: ResultDigest;
  /** What went wrong because it was asked for. */
  readonly faults?: FaultCounts;
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
 * Replayed several times, or moved back by who controls its player, the pipeline begins anew at each jump.
 *
 * @param path a file, or a folder of them as `openRecording` takes it
 * @throws VoxhandError as `openRecording` and `createMcapSink`; `USAGE` for an output of several passes; `TOPIC_NOT_FOUND`;
 * `RECORDING_EMPTY` where no depth image is in the part that is replayed; `INFERENCE_FAILED` once the inference has given up. Faults of
 * single frames are counted instead.
 */
export async function replayRecording(path: string, options: ReplayOptions): Promise<ReplaySummary> {
  const { inference, output, depth = 'raw', stopwatch, onFrame, signal, live, times: passes = 1 } = options;
  if (output !== undefined && passes > 1) {
    throw new VoxhandError('USAGE', 'a recording that is replayed again and again cannot be recorded', {
      expected: 'an output, or several times',
      where: output,
    });
  }
  const recording = await openRecording(path);
  let sink: McapSink | undefined;
  try {
    if (recording.info().messageCount === 0) {
      throw new VoxhandError('RECORDING_EMPTY', 'nothing to replay', {
        expected: 'messages',
        found: 'none',
        where: path,
      });
    }
    const names = { ...(options.topics && { topics: options.topics }), ...(options.remap && { remap: options.remap }) };
    const whole = new RecordingView(recording, names);
    const source = new RecordingView(recording, { ...names, range: await rangeOf(recording, options) });
    const info = source.info();
    const config = await findInputTopics({ ...options.config, policy: 'every' }, whole, path);
    if (output !== undefined) {
      const metadata = provenance(config, inference, options.metadata);
      sink = await createMcapSink(output, { library: `voxhand ${VERSION}`, metadata });
    }
    const meter = new DigestMeter();
    const digested = digestedTopics(config);
    const sinks = [...(sink ? [sink] : []), ...(live ? [live.sink] : [])];
    const published = digestSink(meter, { topics: digested, ...(sinks.length > 0 && { sink: teeSink(sinks) }) });
    // what neither is digested nor goes anywhere is not encoded
    const wanted = { ...config, output: { ...config.output, lazy: true } };
    const images =
      sink && depth === 'raw'
        ? new DepthImages(
            sink,
            config,
            info.topics.map(({ topic }) => topic),
          )
        : undefined;
    const { depth: depthTopic, cameraInfo } = config.topics;
    const input = inputTopics(config);
    const faulty =
      options.faults && new FaultySource(source, { topics: [...input.depth, ...input.cameraInfo], ...options.faults });
    const player = playerOf(faulty ?? source, info, config, options);
    const played =
      player === undefined ? (faulty ?? source) : new PlayedSource(source, player, { onJump: () => session.jump() });
    const replaced = [...replacedTopics(config, depth), ...(options.replaces ?? [])];
    const copies: Copy[] = [];
    if (sink !== undefined) copies.push({ sink, takes: (topic) => !replaced.includes(topic) });
    if (live !== undefined) {
      const { sink: liveSink, takes = () => true } = live;
      const own = handTopics(config);
      copies.push({ sink: liveSink, takes: (topic) => takes(topic) && !own.includes(topic) });
    }
    const tee = copies.length === 0 ? played : teed(played, copies);
    // said once, it may have been said before the part that is replayed
    const firstCameraInfo = (await firstMessage(source, cameraInfo)) ?? (await firstMessage(whole, cameraInfo));
    const { prior, refiner, detection, gestures, onFlush } = options;
    const measured = { counters: new Counters(), times: new StageTimes(), ...(stopwatch && { stopwatch }) };
    const { counters, times } = measured;
    const tracker = trackerFor(config, {
      ...{ inference, ...measured },
      ...(prior && { prior }),
      ...(refiner && { refiner }),
      ...(detection && { detection }),
    });
    const problems = new InputProblems();
    const onDrop: ReplayOptions['onDrop'] = (cause, text, topic, logTime) => {
      problems.add(cause, text, topic);
      options.onDrop?.(cause, text, topic, logTime);
    };
    const session: TrackingSession = new TrackingSession({
      ...{
        source: tee,
        ahead: source,
        live: false,
        sink: published,
        config: wanted,
        tracker,
        gestures,
        inference,
        ...measured,
      },
      ...{ firstCameraInfo, onDrop, onFlush },
      onTurn: (_, views) => images?.publish(views),
      onFrame: (frame, results, views) => onFrame?.(frame, results, progress, views),
    });
    const progress: ReplayProgress = {
      config,
      ...(sink && { output: sink }),
      counts: () => counters.snapshot(),
      stages: () => times.summary(),
      latency: () => session.facts().latency,
    };
    if (player !== undefined && options.pace !== undefined) options.onPlayer?.(player, config);
    const stop = () => {
      player?.close();
      void session.stop();
    };
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted !== true) await session.run();
    // none may come where that was asked for
    if (counters.snapshot().in === 0 && signal?.aborted !== true && options.faults === undefined) {
      throw new VoxhandError('RECORDING_EMPTY', 'no depth image was replayed', {
        expected: `images on ${depthTopic} in the part that was asked for: see voxhand info, --start and --duration`,
        found: 'none',
        where: path,
      });
    }
    await sink?.close();
    const { loss } = recording.info();
    return {
      input: path,
      ...(output === undefined ? {} : { output }),
      ...session.summary(),
      inference: inference.status(),
      problems: problems.all(),
      ...(loss === undefined ? {} : { loss }),
      digest: meter.digest(),
      ...(faulty && { faults: faulty.counts }),
      aborted: signal?.aborted ?? false,
    };
  } catch (error) {
    // what was recorded up to here stays, under its own name, and readable
    await sink?.close().catch(() => undefined);
    throw error;
  } finally {
    await recording.close();
  }
}

/** What plays the recording; undefined where it is just read. */
function playerOf(
  source: PlayableSource,
  { startTime = 0n, endTime = 0n }: McapInfo,
  { topics }: TrackerConfig,
  { pace, times = 1 }: ReplayOptions,
): Player | undefined {
  if (pace === undefined && times === 1) return undefined;
  const speed = pace === undefined ? Number.POSITIVE_INFINITY : (pace.speed ?? 1);
  return new Player(source, { ...pace, begin: startTime, end: endTime, speed, times, frameTopic: topics.depth });
}

/** What is not copied from the input, because the output has its own. */
function replacedTopics(config: TrackerConfig, depth: NonNullable<ReplayOptions['depth']>): string[] {
  const topics = inputTopics(config).depth;
  const images = { raw: [...topics, ...topics.map(rawTopicOf)], copy: [], none: topics };
  return [...handTopics(config), ...images[depth]];
}

/** Where results come from, for the output's metadata. */
function provenance(config: TrackerConfig, inference: Inference, more: Readonly<Record<string, string>> = {}) {
  return {
    sdk: `voxhand ${VERSION}`,
    configuration_sha256: createHash('sha256').update(formatConfig(config)).digest('hex'),
    ...modelProvenance(inference.status()),
    ...more,
  };
}

/** A sink and what it gets of the input. */
interface Copy {
  readonly sink: BusSink;
  readonly takes: (topic: string) => boolean;
}

/** Reads all topics, and copies them to the sinks that take them before the pipeline gets those that it asks for. */
function teed(source: BusSource, copies: readonly Copy[]): BusSource {
  return {
    topics: () => source.topics(),
    async *subscribe(topics) {
      const taken = topics && new Set(topics);
      for await (const message of source.subscribe()) {
        for (const { sink, takes } of copies) if (takes(message.topic)) await sink.write(message);
        if (taken?.has(message.topic) ?? true) yield message;
      }
    },
    close: () => source.close(),
  };
}

/** Writes depth frames as raw images, and once the cameras' places: of the first one in the world, of others in its frame. */
class DepthImages {
  /** By the cameras' names; of a single camera under any. */
  readonly #images: ReadonlyMap<string, Publisher<ReturnType<typeof toDepthImageMessage>>>;
  readonly #placed = new Set<string>();
  readonly #transforms: Publisher<ReturnType<typeof toTfMessage>> | undefined;
  #first: CameraView | undefined;

  constructor(sink: BusSink, config: TrackerConfig, recorded: readonly string[]) {
    const names = Object.keys(config.cameras);
    const { depth } = inputTopics(config);
    this.#images = new Map(
      depth.map((topic, i) => [names[i] ?? '', sink.advertise(rawTopicOf(topic), cdrCodec('sensor_msgs/msg/Image'))]),
    );
    if (recorded.includes(TF_STATIC)) return;
    this.#transforms = sink.advertise(TF_STATIC, cdrCodec('tf2_msgs/msg/TFMessage'));
  }

  async publish(views: readonly CameraView[]): Promise<void> {
    for (const view of views) {
      const { name, frame } = view;
      if (!this.#placed.has(name)) await this.#place(view);
      await (this.#images.get(name) ?? this.#images.get(''))?.publish(rawImage(frame), frame.stamp);
    }
  }

  async #place(view: CameraView): Promise<void> {
    this.#first ??= view;
    this.#placed.add(view.name);
    const { stamp, frameId } = view.frame;
    const { translation: position, rotation } = composeTransforms(
      invertTransform(this.#first.extrinsics),
      view.extrinsics,
    );
    const inWorld = { stamp, frameId, orientation: OPTICAL_ROTATION };
    const inFirst = { stamp, frameId, parentFrameId: this.#first.frame.frameId, position, orientation: rotation };
    await this.#transforms?.publish(toTfMessage(view === this.#first ? inWorld : inFirst), stamp);
  }
}

/** What `toDepthImageMessage` makes of the frame; where millimetres came in, they go out without becoming metres in between. */
function rawImage(frame: DepthFrame): ReturnType<typeof toDepthImageMessage> {
  const { stamp, frameId, width, height } = frame;
  const { samples, stride, unit } = samplesOf(frame);
  const ready = samples instanceof Uint16Array && unit === MILLIMETRE && stride === width && endianness() === 'LE';
  if (!ready) return toDepthImageMessage(frame);
  const data = new Uint8Array(samples.buffer, samples.byteOffset, 2 * width * height);
  return toImageMessage({ stamp, frameId, width, height, encoding: '16UC1', data });
}
