import type { Observable } from 'rxjs';
import type { DepthFrame } from '../../depth/index.js';
import { toVoxhandError, VoxhandError } from '../../errors/index.js';
import {
  cdrCodec,
  fromHandFeedbackMessage,
  HAND_FEEDBACK_SCHEMA,
  HAND_VOXELS_SCHEMA,
  type HandFeedbackMessage,
  type HandVoxelsMessage,
  recordedCodec,
  toHandVoxelsMessage,
  type VoxelsAnswer,
} from '../../messages/index.js';
import { onlyFrame, toFrameSet } from '../../rig/index.js';
import { Counts, type LiveTimers } from '../../timing/index.js';
import { processTimers } from '../../timing/live-timers.js';
import {
  CameraHalf,
  type CameraHalfParts,
  Counters,
  type CountsSnapshot,
  ownCamera,
  type StageTimes,
  type Stopwatch,
  type TrackerConfig,
  TrackingSession,
} from '../../tracking/index.js';
import type { Bus, BusMessage, BusSink, Publisher } from '../../transport/port/index.js';
import { type OnRoleEvent, type RunningRole, SaidOnce } from './running-role.js';
import { type CubeFacts, checkCuttable, voxelsOfHand } from './voxel-frames.js';

/** Frames that come while nobody listens to the voxels are dropped under this cause. */
const UNHEARD = 'nobody-listens';

export interface CameraRoleOptions {
  /** Where the answers come from; the depth frames too, unless `frames` is given. */
  readonly bus: Bus;
  /** Where the voxels go; `bus` by default. */
  readonly sink?: BusSink;
  readonly config: TrackerConfig;
  /** The network of the inference role, or one that sees the same cube. */
  readonly model: CubeFacts & CameraHalfParts['model'];
  /** Needed where `detection.method` is `learned`. */
  readonly detection?: CameraHalfParts['detection'];
  /** Needed where `reference.refine` asks for it. */
  readonly refiner?: CameraHalfParts['refiner'];
  /** Depth frames from elsewhere. Whoever gives them counts their arrival. */
  readonly frames?: Observable<DepthFrame>;
  readonly counters?: Counters;
  readonly times?: StageTimes;
  readonly stopwatch?: Stopwatch;
  /** What `distribution.reply_timeout` is measured by; the machine's clock by default. */
  readonly timers?: LiveTimers;
  /** Tells one run of the process from another, 32 bits; at random by default. */
  readonly session?: number;
  readonly onEvent?: OnRoleEvent;
  /** Told of every depth message that was dropped before it became a frame. */
  readonly onDrop?: (cause: string, message: string, topic: string, logTime: bigint) => void;
}

export interface CameraRoleStatus {
  readonly role: 'camera';
  readonly camera: string;
  /** Of depth messages; `out` are messages of voxels, `tracked` those with a hand. */
  readonly counts: CountsSnapshot;
  /** What came of the messages: `read`, `noted`, `failed`, `replaced`, `timeout`; and answers that came too `late`. */
  readonly replies: Readonly<Record<string, number>>;
  /** Messages on the topic of answers that are none, by error code. */
  readonly refused: Readonly<Record<string, number>>;
  /** What is wrong at the moment, in words. */
  readonly problem?: string;
}

/**
 * The camera side of a pipeline that is cut after the voxels: finds the hands in each depth frame, publishes the occupied voxels of
 * the cube around each, and waits for what the inference side reads in them, by which it looks for the hands in the next frame.
 *
 * The messages of one frame are under way at a time; `config.policy` says what happens to frames that come meanwhile. An answer that does not
 * come within `distribution.reply_timeout` is counted and done without. A frame without a hand is published too.
 *
 * With `cameras` in the configuration it looks through the one that `distribution.camera` names.
 *
 * While nobody listens to the voxels, frames are dropped (`nobody-listens`), unless `output.lazy` is off.
 *
 * @throws VoxhandError as `CameraHalf`
 * @example
 * ```ts
 * const { close, ...parts } = await loadCameraParts(config);
 * const role = runCameraRole({ bus, config, ...parts });
 * await role.done;
 * await close();
 * ```
 */
export function runCameraRole(options: CameraRoleOptions): RunningRole<CameraRoleStatus> {
  return new CameraRole(options);
}

/** The answers to a frame's messages, by the ids of its hands; undefined where the role was stopped. */
type Reply = ReadonlyMap<number, VoxelsAnswer> | 'timeout' | undefined;

interface Expected {
  readonly sequence: number;
  readonly stamp: bigint;
  /** Ids of the hands that are not answered yet. */
  readonly missing: Set<number>;
  readonly answers: Map<number, VoxelsAnswer>;
  readonly resolve: (reply: Reply) => void;
}

class CameraRole implements RunningRole<CameraRoleStatus> {
  readonly done: Promise<void>;
  readonly #config: TrackerConfig;
  readonly #half: CameraHalf;
  readonly #counters: Counters;
  readonly #times: StageTimes | undefined;
  readonly #stopwatch: Stopwatch | undefined;
  readonly #timers: LiveTimers;
  readonly #session: number;
  readonly #replies = new Counts();
  readonly #refused = new Counts();
  readonly #said: SaidOnce;
  readonly #voxels: Publisher<HandVoxelsMessage>;
  readonly #answers: AsyncIterator<BusMessage>;
  readonly #tracking: TrackingSession;
  #sequence = 0;
  #expected: Expected | undefined;
  /** Changes with every reset: an answer to what was before does not count. */
  #epoch = 0;
  #problem: string | undefined;
  #stopped = false;

  constructor(options: CameraRoleOptions) {
    const { bus, sink = bus, model, detection, refiner, counters = new Counters(), times, stopwatch } = options;
    const config = ownCamera(options.config);
    const { timers = processTimers, session = Math.floor(Math.random() * 2 ** 32), frames, onDrop } = options;
    this.#config = config;
    this.#counters = counters;
    this.#times = times;
    this.#stopwatch = stopwatch;
    this.#timers = timers;
    this.#session = session;
    this.#said = new SaidOnce(options.onEvent);
    const measured = { counters, ...(times && { times }), ...(stopwatch && { stopwatch }) };
    const locating = { ...(detection && { detection }), ...(refiner && { refiner }) };
    checkCuttable(options.config);
    this.#half = new CameraHalf(config, { model, ...measured, ...locating });
    this.#voxels = sink.advertise(config.topics.voxels, cdrCodec(HAND_VOXELS_SCHEMA));
    this.#answers = bus.subscribe([config.topics.feedback])[Symbol.asyncIterator]();
    this.#tracking = new TrackingSession({
      source: bus,
      config,
      // what comes of a frame comes out at the inference side
      tracker: { track: (frame) => this.#work(onlyFrame(toFrameSet(frame))).then(() => []) },
      live: config.policy === 'latest',
      ...measured,
      ...(frames && { frames }),
      ...(onDrop && { onDrop }),
    });
    this.done = this.#run();
    this.done.catch(() => undefined); // whoever cares awaits it
  }

  status(): CameraRoleStatus {
    return {
      role: 'camera',
      camera: this.#config.distribution.camera,
      counts: this.#counters.snapshot(),
      replies: this.#replies.snapshot(),
      refused: this.#refused.snapshot(),
      ...(this.#problem !== undefined && { problem: this.#problem }),
    };
  }

  reset(): void {
    this.#epoch++;
    this.#half.reset();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#settle(undefined);
    await this.#tracking.stop();
    await this.done.catch(() => undefined);
  }

  async #run(): Promise<void> {
    const listening = this.#listen();
    try {
      await this.#tracking.run();
    } finally {
      await this.#answers.return?.();
      await listening;
    }
  }

  async #work(frame: DepthFrame): Promise<void> {
    if (this.#config.output.lazy && !this.#voxels.wanted()) {
      this.#problem = `no subscribers on ${this.#voxels.topic}: is an inference role running and its topic the same?`;
      this.#counters.dropped(UNHEARD);
      return;
    }
    const epoch = this.#epoch;
    let reply: Promise<Reply>;
    try {
      const seen = await this.#half.see(frame);
      if (this.#stopped) {
        this.#counters.dropped('stopped');
        return;
      }
      const { stamp, hands } = seen;
      const origin = { camera: this.#config.distribution.camera, session: this.#session, sequence: this.#sequence };
      const messages = hands.map((hand) => toHandVoxelsMessage(voxelsOfHand(seen, hand, origin)));
      for (const hand of hands) if (hand.state === 'found') this.#half.recycle(hand.grid.data);
      this.#sequence = (this.#sequence + 1) >>> 0;
      const ids = hands.map(({ id }) => id);
      reply = this.#reply(origin.sequence, stamp, ids);
      for (const message of messages) await this.#voxels.publish(message, stamp);
      const [first] = hands;
      const none = hands.every(({ state }) => state === 'lost') && first.state === 'lost';
      this.#counters.delivered(none ? (first.lostReason ?? first.reference.reason) : undefined);
    } catch (thrown) {
      this.#settle(undefined);
      const error = toVoxhandError(thrown);
      this.#counters.dropped(error.code);
      if (error.code === 'WRITE_FAILED') throw error;
      return;
    }
    const begin = this.#stopwatch?.() ?? 0;
    const answer = await reply;
    if (answer === undefined) return; // stopped
    if (this.#stopwatch !== undefined) this.#times?.add('reply', this.#stopwatch() - begin);
    this.#heard(answer, epoch);
  }

  #heard(reply: Exclude<Reply, undefined>, epoch: number): void {
    const { topic } = this.#voxels;
    if (reply === 'timeout') {
      this.#replies.add(reply);
      const { replyTimeout } = this.#config.distribution;
      this.#problem = `no answer on ${this.#config.topics.feedback} within ${replyTimeout} s to the voxels on ${topic}`;
      this.#said.over('answered');
      this.#said.say('timeout', { severity: 'warn', kind: 'reply-timeout', topic, text: this.#problem });
      return;
    }
    const answers = [...reply];
    for (const [, { outcome }] of answers) this.#replies.add(outcome);
    this.#said.over('timeout');
    const [failed] = answers.flatMap(([, answer]) => (answer.outcome === 'failed' ? [answer] : []));
    if (failed !== undefined) {
      this.#problem = `the inference role does not process the voxels: ${failed.reason}`;
      const code = failed.reason.split(':', 1)[0];
      this.#said.say(`failed ${code}`, { severity: 'error', kind: 'camera-refused', topic, text: this.#problem });
      return;
    }
    this.#said.over('failed');
    this.#said.say('answered', {
      severity: 'info',
      kind: 'connected',
      topic,
      text: `the voxels on ${topic} are answered`,
    });
    this.#problem = undefined;
    if (epoch !== this.#epoch) return;
    this.#half.feedback(
      new Map(answers.flatMap(([id, answer]) => (answer.outcome === 'read' ? [[id, answer] as const] : []))),
    );
  }

  #reply(sequence: number, stamp: bigint, hands: readonly number[]): Promise<Reply> {
    return new Promise((resolve) => {
      const timer = this.#timers.setTimeout(
        () => this.#settle('timeout'),
        1000 * this.#config.distribution.replyTimeout,
      );
      this.#expected = {
        sequence,
        stamp,
        missing: new Set(hands),
        answers: new Map(),
        resolve: (reply) => {
          this.#timers.clearTimeout(timer);
          resolve(reply);
        },
      };
    });
  }

  #settle(reply: Reply): void {
    const expected = this.#expected;
    this.#expected = undefined;
    expected?.resolve(reply);
  }

  #take(handId: number, answer: VoxelsAnswer): void {
    const expected = this.#expected;
    if (expected === undefined) return;
    expected.missing.delete(handId);
    expected.answers.set(handId, answer);
    if (expected.missing.size === 0) this.#settle(expected.answers);
  }

  async #listen(): Promise<void> {
    const { camera } = this.#config.distribution;
    for (let step = await this.#answers.next(); step.done !== true; step = await this.#answers.next()) {
      try {
        const { stamp, sequence, handId, answer, ...from } = feedbackOf(step.value);
        if (from.camera !== camera || from.session !== this.#session) continue;
        const expected = this.#expected;
        const isExpected = expected?.sequence === sequence && expected.stamp === stamp && expected.missing.has(handId);
        if (isExpected) this.#take(handId, answer);
        else this.#replies.add('late');
      } catch (thrown) {
        this.#refused.add(toVoxhandError(thrown, 'MESSAGE_INVALID').code);
      }
    }
  }
}

function feedbackOf(message: BusMessage) {
  if (message.schemaName !== HAND_FEEDBACK_SCHEMA) {
    throw new VoxhandError('MESSAGE_INVALID', 'no answer', {
      expected: HAND_FEEDBACK_SCHEMA,
      found: message.schemaName,
      where: message.topic,
    });
  }
  return fromHandFeedbackMessage(recordedCodec(message).decode(message.data) as HandFeedbackMessage);
}
