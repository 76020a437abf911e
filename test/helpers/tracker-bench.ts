import type { DepthFrame } from '../../src/depth/depth-frame.js';
import { idealInference } from '../../src/inference/ideal-inference.js';
import type { Inference, InferenceStatus } from '../../src/inference/inference.js';
import { stubInference } from '../../src/inference/stub-inference.js';
import { cdrCodec } from '../../src/messages/cdr-codec.js';
import type { DiagnosticArrayMessage } from '../../src/messages/generated.js';
import { fromHandJointsMessage } from '../../src/messages/hand-joints-message.js';
import { toCameraInfoMessage, toDepthImageMessage } from '../../src/messages/images.js';
import { recordedCodec } from '../../src/messages/recorded-codec.js';
import { wholeSession } from '../../src/node/live-tracker.js';
import { TrackerNode, type TrackerNodeOptions } from '../../src/node/tracker-node.js';
import type { TrackerConfig } from '../../src/tracking/config.js';
import type { LoadedParts } from '../../src/tracking/load-parts.js';
import { MemoryBus } from '../../src/transport/memory/memory-bus.js';
import type { BusEvent, BusMessage, LiveBus, TopicState } from '../../src/transport/port/bus.js';
import { geometricConfig } from './geometric-config.js';
import { ManualClock, settle } from './manual-clock.js';
import { smallFrames } from './recordings.js';

/** A memory bus with what a live graph has beside: events, and publishers that are known without a message. */
export class LiveMemoryBus extends MemoryBus {
  readonly publishers = new Map<string, number>();
  readonly #listeners = new Set<(event: BusEvent) => void>();

  tell(event: BusEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  override onEvent(listener?: (event: BusEvent) => void): () => void {
    if (listener !== undefined) this.#listeners.add(listener);
    return () => {
      if (listener !== undefined) this.#listeners.delete(listener);
    };
  }

  override states(): readonly TopicState[] {
    const known = super.states();
    const more = [...this.publishers.keys()].filter((name) => !known.some(({ topic }) => topic === name));
    return [...known, ...more.map((topic) => ({ topic, messages: 0, dropped: {} }))].map((state) => {
      const publishers = this.publishers.get(state.topic);
      return publishers === undefined ? state : { ...state, publishers };
    });
  }
}

/** A network that is never wrong about the bench's hand, small enough to be quick. */
export function benchInference(): Inference {
  const [{ truth }] = smallFrames(1);
  const model = stubInference(() => [], {
    name: 'ideal',
    version: '1.0.0',
    sha256: 'ab'.repeat(32),
    gridSize: 44,
    heatMapSize: 22,
  }).model;
  return idealInference(() => truth, model);
}

/** An inference whose answers wait until they are let go. */
export class HeldInference {
  readonly inference: Inference;
  readonly #waiting: (() => void)[] = [];
  held = false;
  state: InferenceStatus['state'] | undefined;
  restarts = 0;

  constructor(inner: Inference = benchInference()) {
    this.inference = {
      ...inner,
      infer: async (grid, context) => {
        if (this.held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
        return inner.infer(grid, context);
      },
      status: () => {
        const status = inner.status();
        const failure = { code: 'INFERENCE_FAILED', message: 'given up after 5 restarts of the worker' } as const;
        const state = this.state ?? status.state;
        return { ...status, state, restarts: this.restarts, ...(state === 'failed' && { failure }) };
      },
    };
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  async release(): Promise<void> {
    this.held = false;
    for (const go of this.#waiting.splice(0)) go();
    await settle();
  }
}

export interface BenchOptions extends Partial<Omit<TrackerNodeOptions, 'bus' | 'config' | 'timers'>> {
  readonly config?: TrackerConfig;
  readonly inference?: Inference;
  readonly load?: (config: TrackerConfig) => Promise<LoadedParts>;
}

const PERIOD = 1 / 30;
/** Bus time at the start. */
export const START = 1_000_000_000_000n;

/** A tracker node on a memory bus with a clock that the test moves, a camera and a listener. */
export class TrackerBench {
  readonly clock = new ManualClock();
  readonly bus = new LiveMemoryBus({ capacity: 1024, now: () => this.clock.nanoseconds(START) });
  readonly node: TrackerNode;
  readonly config: TrackerConfig;
  readonly log: string[] = [];
  readonly loads: TrackerConfig[] = [];
  closes = 0;
  /** All messages of the node's outputs, decoded, by topic. */
  readonly heard = new Map<string, unknown[]>();
  readonly #frame: DepthFrame;
  readonly #listening: { readonly topic: string; readonly messages: AsyncIterator<BusMessage> }[] = [];

  constructor({
    config = geometricConfig({ smoothing: { stages: [] } }),
    inference,
    load,
    ...options
  }: BenchOptions = {}) {
    this.config = config;
    [{ frame: this.#frame }] = smallFrames(1);
    this.node = new TrackerNode({
      open: wholeSession(async (loaded) => {
        this.loads.push(loaded);
        if (load !== undefined) return load(loaded);
        return {
          inference: inference ?? benchInference(),
          close: async () => {
            this.closes++;
          },
        };
      }),
      log: (severity, text) => this.log.push(`${severity}: ${text}`),
      ...options,
      bus: this.bus as LiveBus,
      config,
      timers: this.clock,
    });
    const { joints, poses, markers, scene, diagnostics } = config.topics;
    for (const topic of [joints, poses, markers, scene, diagnostics]) void this.#listen(topic);
  }

  get hands() {
    return this.#heardOn(this.config.topics.joints).map((message) => fromHandJointsMessage(message as never));
  }

  get markers(): { markers: { action: number }[] }[] {
    return this.#heardOn(this.config.topics.markers) as never;
  }

  /** The newest diagnostics by part. */
  get diagnostics(): Record<string, { level: string; message: string; values: Record<string, string> }> {
    const newest = this.#heardOn(this.config.topics.diagnostics).at(-1) as DiagnosticArrayMessage | undefined;
    return Object.fromEntries(
      (newest?.status ?? []).map(({ level, name, message, values }) => [
        name.slice(name.indexOf(': ') + 2),
        {
          level: ['OK', 'WARN', 'ERROR', 'STALE'][level],
          message,
          values: Object.fromEntries(values.map(({ key, value }) => [key, value])),
        },
      ]),
    );
  }

  /** Diagnostics that are not OK. */
  get troubles() {
    return Object.entries(this.diagnostics)
      .filter(([, { level }]) => level !== 'OK')
      .map(([part, { level, message, values }]) => ({ part, level, message, rule: values.rule }));
  }

  /** Listen no more, but to the diagnostics. */
  async mute(): Promise<void> {
    const { diagnostics } = this.config.topics;
    for (const { topic, messages } of this.#listening) if (topic !== diagnostics) await messages.return?.();
    await settle();
  }

  /** What the camera's clock says. */
  get stamp(): bigint {
    return this.clock.nanoseconds(START);
  }

  /** Publish the camera info. */
  async info(change: object = {}): Promise<void> {
    const codec = cdrCodec('sensor_msgs/msg/CameraInfo');
    const message = toCameraInfoMessage({ ...this.#frame.camera, stamp: this.stamp, frameId: 'camera' });
    await this.bus.advertise(this.config.topics.cameraInfo, codec).publish({ ...message, ...change }, this.stamp);
    await settle();
  }

  /** Publish a depth image of a hand, or of nothing. */
  async image(stamp = this.stamp, { hand = true, change = {} }: { hand?: boolean; change?: object } = {}) {
    const codec = cdrCodec('sensor_msgs/msg/Image');
    const { width, height, depth } = this.#frame;
    const seen = hand ? depth : new Float32Array(depth.length);
    const message = toDepthImageMessage({ stamp, frameId: 'camera', width, height, depth: seen });
    await this.bus.advertise(this.config.topics.depth, codec).publish({ ...message, ...change }, this.stamp);
    await settle();
  }

  /** A camera at 30 Hz. */
  async stream(frames: number, options: { hand?: boolean; change?: object } = {}): Promise<void> {
    for (let i = 0; i < frames; i++) {
      await this.image(this.stamp, options);
      await this.clock.advance(PERIOD);
    }
  }

  /** Start the node and show it a hand. */
  async tracking(frames = 3): Promise<void> {
    await this.node.start();
    await settle();
    await this.info();
    await this.stream(frames);
  }

  #heardOn(topic: string): unknown[] {
    return this.heard.get(topic) ?? [];
  }

  async #listen(topic: string): Promise<void> {
    const messages = this.bus.subscribe([topic])[Symbol.asyncIterator]();
    this.#listening.push({ topic, messages });
    for (let step = await messages.next(); step.done !== true; step = await messages.next()) {
      const heard = this.heard.get(topic) ?? [];
      heard.push(recordedCodec(step.value).decode(step.value.data));
      this.heard.set(topic, heard);
    }
  }
}
