import { depthFrames } from './bus/depth-frames.js';
import { createFoxgloveServer, type FoxgloveServer, ViewerPublisher, viewerTopics } from './bus/foxglove/index.js';
import type { FoxgloveServerOptions } from './bus/foxglove/server/options.js';
import { HandPublisher, handTopics } from './bus/hand-publisher.js';
import { openRecording, type RecordingSource, withInputTopics } from './bus/mcap/index.js';
import { PlayedSource, Player } from './bus/mcap/player/index.js';
import type { BusMessage, BusSource } from './bus/port/index.js';
import type { DepthFrame } from './frames/index.js';
import { VoxhandError } from './hand/index.js';
import type { Inference } from './inference/index.js';
import { cdrCodec, toDiagnosticArray } from './messages/index.js';
import {
  Counters,
  DurationRing,
  HandTracker,
  StageTimes,
  type TrackerConfig,
  type TrackerParts,
  type TrackResult,
} from './pipeline/index.js';
import { replayDiagnostics } from './replay-diagnostics.js';

export interface ServeRecordingOptions {
  readonly config: TrackerConfig;
  readonly inference: Inference;
  readonly prior?: TrackerParts['prior'];
  readonly refiner?: TrackerParts['refiner'];
  /** Where and to whom; `playback` and `onSubscribe` are set here. */
  readonly server?: Omit<FoxgloveServerOptions, 'playback' | 'onSubscribe' | 'time'>;
  /** Times real time; 1 by default. */
  readonly speed?: number;
  /** From the beginning again at the end; by default it stays at the end, where a viewer may go back. */
  readonly loop?: boolean;
  readonly startPaused?: boolean;
  /** Seconds of a monotonic clock: measures stages, and paces the diagnostics. */
  readonly stopwatch: () => number;
  readonly onDrop?: (cause: string, message: string, topic: string, logTime: bigint) => void;
}

/** A recording that is being played, tracked and served. */
export interface ServedRecording {
  readonly server: FoxgloveServer;
  readonly player: Player;
  /** Resolves when it was closed; rejects where the recording or the inference fails for good. */
  readonly done: Promise<void>;
  /** End it. The inference stays open. */
  close(): Promise<void>;
}

/** Diagnostics are said this often, seconds. */
const REPORT_PERIOD = 1;
/** Of the last ten seconds or so. */
const KEPT_TIMES = 300;

/**
 * Play a recording at its own pace through the pipeline to viewers: the page, Foxglove, Lichtblick. They may pause, step, seek
 * and change the speed.
 *
 * Every frame that is played is tracked, in order: where the network is slower than the recording, the player waits. After a
 * jump in time (a seek, a step back, a loop) the tracker begins anew. Topics that the pipeline does not make itself are served as
 * they are.
 *
 * @throws VoxhandError as `openRecording` and `createFoxgloveServer`; `TOPIC_NOT_FOUND`; `RECORDING_EMPTY`
 */
export async function serveRecording(path: string, options: ServeRecordingOptions): Promise<ServedRecording> {
  const { speed = 1, loop = false, startPaused = false } = options;
  const source = await openRecording(path);
  try {
    const { startTime: begin, endTime: end, messageCount } = source.info();
    if (messageCount === 0 || begin === undefined || end === undefined) {
      throw new VoxhandError('RECORDING_EMPTY', 'nothing to play', { expected: 'messages', where: path });
    }
    const config = withInputTopics({ ...options.config, policy: 'every' }, source.topics(), path);
    const player = new Player(source, {
      ...{ begin, end, speed, startPaused, stay: true },
      times: loop ? Number.POSITIVE_INFINITY : 1,
      frameTopic: config.topics.depth,
    });
    let again: () => void = () => undefined;
    const server = await createFoxgloveServer({
      ...options.server,
      playback: player,
      // a viewer that comes while the player rests sees the present frame
      onSubscribe: () => player.state().status !== 'playing' && again(),
    });
    const session = new Session(source, player, server, config, options);
    again = () => session.again();
    const done = session.run().finally(() => source.close());
    done.catch(() => undefined);
    return {
      server,
      player,
      done,
      async close() {
        player.close();
        await done.catch(() => undefined);
        await server.close();
      },
    };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/** One recording's way through the pipeline to a server. */
class Session {
  readonly #source: RecordingSource;
  readonly #player: Player;
  readonly #server: FoxgloveServer;
  readonly #config: TrackerConfig;
  readonly #options: ServeRecordingOptions;
  readonly #viewer: ViewerPublisher;
  readonly #counters = new Counters();
  readonly #times = new StageTimes(KEPT_TIMES);
  readonly #latency = new DurationRing(KEPT_TIMES);
  readonly #rate = new DurationRing(KEPT_TIMES);
  readonly #publisher: HandPublisher;
  #last: TrackResult | undefined;
  #again: Promise<void> = Promise.resolve();

  constructor(
    source: RecordingSource,
    player: Player,
    server: FoxgloveServer,
    config: TrackerConfig,
    options: ServeRecordingOptions,
  ) {
    this.#source = source;
    this.#player = player;
    this.#server = server;
    this.#config = config;
    this.#options = options;
    this.#publisher = new HandPublisher(server, config);
    this.#viewer = new ViewerPublisher(server, config, {
      gridSize: options.inference.model.gridSize,
      transforms: !source.topics().some(({ topic }) => topic === config.topics.tfStatic),
    });
  }

  /** Show the newest frame and its hand once more. */
  again(): void {
    this.#again = this.#again
      .then(async () => {
        if (this.#last !== undefined) await this.#publisher.publish(this.#last);
        await this.#viewer.repeat();
      })
      .catch(() => undefined);
  }

  async run(): Promise<void> {
    const { inference, prior, refiner, stopwatch, onDrop } = this.#options;
    const counters = this.#counters;
    const times = this.#times;
    const tracker = new HandTracker(this.#config, {
      ...{ inference, counters, times, stopwatch },
      ...(prior && { prior }),
      ...(refiner && { refiner }),
    });
    let jumped = false;
    const played = new PlayedSource(this.#source, this.#player, {
      onJump: () => {
        jumped = true;
      },
    });
    const frames = depthFrames(this.#passingOn(played), this.#config, {
      ...{ counters, times, stopwatch },
      ...(onDrop && { onDrop }),
    });
    let reported = Number.NEGATIVE_INFINITY;
    let before: number | undefined;
    try {
      for await (const frame of frames) {
        const began = stopwatch();
        if (before !== undefined) this.#rate.add(began - before);
        before = began;
        if (jumped) for (const _ of tracker.reset()) counters.dropped('time-jump');
        jumped = false;
        const results = await tracker.track(frame);
        failIfGone(inference);
        for (const result of results) {
          await this.#publisher.publish(result);
          this.#last = result;
        }
        await this.#viewer.publish(frame, results);
        this.#latency.add(stopwatch() - began);
        if (stopwatch() - reported < REPORT_PERIOD) continue;
        reported = stopwatch();
        await this.#report(frame);
      }
    } finally {
      await this.#again;
      await this.#viewer.close();
    }
  }

  #report(frame: DepthFrame): Promise<void> {
    const codec = cdrCodec('diagnostic_msgs/msg/DiagnosticArray');
    const publisher = this.#server.advertise(this.#config.topics.diagnostics, codec);
    const statuses = replayDiagnostics({
      config: this.#config,
      frame,
      counts: this.#counters.snapshot(),
      stages: this.#times.summary(),
      latency: this.#latency.summary(),
      framePeriod: this.#rate.summary()?.p50,
      inference: this.#options.inference.status(),
    });
    return publisher.publish(toDiagnosticArray(frame.stamp, statuses), frame.stamp);
  }

  /** What is played, with everything that the pipeline does not make itself passed on to the server. */
  #passingOn(played: BusSource): BusSource {
    const server = this.#server;
    const made = [
      ...handTopics(this.#config),
      ...Object.values(viewerTopics(this.#config)),
      ...[this.#config.topics.depth, this.#config.topics.diagnostics],
    ].filter((topic) => topic !== this.#config.topics.tfStatic);
    return {
      topics: () => played.topics(),
      close: () => played.close(),
      async *subscribe(topics: readonly string[]): AsyncGenerator<BusMessage, void, void> {
        for await (const message of played.subscribe()) {
          if (!made.includes(message.topic)) await server.write(message);
          if (topics.includes(message.topic)) yield message;
        }
      },
    };
  }
}

function failIfGone(inference: Inference): void {
  const { state, failure } = inference.status();
  if (state !== 'failed') return;
  throw new VoxhandError('INFERENCE_FAILED', 'the inference has given up', {
    ...(failure === undefined ? {} : { found: failure.message }),
  });
}
