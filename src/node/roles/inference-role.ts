import { toVoxhandError, VoxhandError } from '../../errors/index.js';
import type { GestureProfile } from '../../gestures/index.js';
import { allAnswers, inferAll } from '../../inference/infer-all.js';
import type { Inference, InferenceResult } from '../../inference/inference.js';
import type { HandProportions } from '../../kinematics/index.js';
import {
  cdrCodec,
  fromHandVoxelsMessage,
  HAND_FEEDBACK_SCHEMA,
  HAND_VOXELS_SCHEMA,
  type HandFeedbackMessage,
  type HandVoxelsMessage,
  recordedCodec,
  toHandFeedbackMessage,
  type VoxelsAnswer,
  type VoxelsOrigin,
  voxelsOrigin,
} from '../../messages/index.js';
import type { TransformBuffer } from '../../rig/index.js';
import type { PosePrior } from '../../smoothing/index.js';
import { Counts, type LiveTimers } from '../../timing/index.js';
import { processTimers } from '../../timing/live-timers.js';
import {
  type InferenceHalf,
  jointReader,
  StageClock,
  StageTimes,
  type Stopwatch,
  type TrackerConfig,
  type TrackResult,
  type VoxelisedHand,
} from '../../tracking/index.js';
import type { Bus, BusMessage, BusSink, Publisher } from '../../transport/port/index.js';
import { CameraRegistry, type ServedCameraStatus } from './camera-registry.js';
import { FrameLine } from './frame-line.js';
import { type OnRoleEvent, type RunningRole, SaidOnce } from './running-role.js';
import type { WaitingFrame } from './served-camera.js';
import { ServedRig, type ServedRigStatus } from './served-rig.js';
import { checkCuttable, handOfVoxels } from './voxel-frames.js';

/** A refusal is shown in the status for so long, seconds. */
const REFUSAL_SHOWN = 10;

export interface InferenceRoleOptions {
  /** Where the voxels come from. */
  readonly bus: Bus;
  readonly config: TrackerConfig;
  /** Stays open. */
  readonly inference: Inference;
  /** Needed where `prior` is among the smoothing stages. */
  readonly prior?: PosePrior;
  /** The hand of `kinematics.hand`. */
  readonly proportions?: HandProportions;
  /** What gestures are recognised in the results; none by default. */
  readonly gestures?: GestureProfile;
  /** Where joints, markers and answers go; `bus` by default. */
  readonly sink?: BusSink;
  /** The bus's clock, nanoseconds, of which a result's age is said; without it ages are zero. */
  readonly now?: () => bigint;
  /** Needed where `output.target_frame` is set. Whoever gives it feeds it: see `transformsFrom`. */
  readonly transforms?: TransformBuffer;
  /** Topics that voxels come on; `config.topics.voxels` by default, for all cameras. */
  readonly voxelTopics?: readonly string[];
  readonly times?: StageTimes;
  readonly stopwatch?: Stopwatch;
  /** What deadlines and silences are measured by; the machine's clock by default. */
  readonly timers?: LiveTimers;
  readonly onEvent?: OnRoleEvent;
  /** Told of each result that was published, in order, and of which camera it is; of a rig none (empty). Must not throw. */
  readonly onResult?: (camera: string, result: TrackResult) => void;
}

export interface InferenceRoleStatus {
  readonly role: 'inference';
  readonly cameras: readonly ServedCameraStatus[];
  /** With `cameras`: how their hands are fused. */
  readonly rig?: ServedRigStatus;
  /** Messages that are no camera's: by error code, or `too-many-cameras`, `not-of-the-rig`, `camera-name-twice`, `out-of-order`. */
  readonly refused: Readonly<Record<string, number>>;
  /** How many runs of the network saw so many hands at once: `{ 1: 800, 2: 120 }`. */
  readonly batches: Readonly<Record<string, number>>;
  /** Why a message was refused lately, in words. */
  readonly lastRefusal?: string;
}

/**
 * The inference side of a pipeline that is cut after the voxels: takes the occupied voxels of several cameras, runs one network
 * over them, publishes each camera's joints as the whole pipeline does, and answers each message.
 *
 * Each camera has one frame waiting at most; a newer one takes its place, which is counted and answered. Of a network whose graph
 * leaves the number of grids open, all cameras' voxels go through it in one run: the first waits up to `distribution.batch_deadline`
 * for the others. Any other network sees one after another, whoever has waited longest first.
 *
 * Up to `distribution.max_cameras` cameras are told apart by name. With more than one allowed, each one's results have topics of
 * their own (`/left/hand/joints`); with one, the plain ones. With `cameras` in the configuration, those are one rig: what is read of them is
 * put together by its stamps, fused and published on the plain topics, and no other camera is served. A camera that falls silent has its hand taken back within max(3
 * periods, 250 ms). Messages that cannot be are counted, answered where it can be said whose they are, and skipped.
 *
 * @throws VoxhandError `CONFIG_INVALID` where the configuration asks for what the model cannot give, or for a target frame
 * without transforms
 * @example
 * ```ts
 * const { close, ...parts } = await loadParts(config);
 * const role = runInferenceRole({ bus, config, ...parts, now: () => bus.now() });
 * await role.done;
 * await close();
 * ```
 */
export function runInferenceRole(options: InferenceRoleOptions): RunningRole<InferenceRoleStatus> {
  return new InferenceRole(options);
}

/** A hand that was found, and its frame. */
interface FoundHand {
  readonly waiting: WaitingFrame;
  readonly hand: VoxelisedHand;
}

class InferenceRole implements RunningRole<InferenceRoleStatus> {
  readonly done: Promise<void>;
  readonly #config: TrackerConfig;
  readonly #inference: Inference;
  readonly #timers: LiveTimers;
  readonly #clock: StageClock;
  readonly #said: SaidOnce;
  readonly #refused = new Counts();
  readonly #batches = new Counts();
  readonly #feedback: Publisher<HandFeedbackMessage>;
  readonly #messages: AsyncIterator<BusMessage>;
  readonly #cameras: CameraRegistry;
  readonly #line: FrameLine;
  readonly #rig: ServedRig | undefined;
  #lastRefusal: { readonly text: string; readonly seconds: number } | undefined;

  constructor(options: InferenceRoleOptions) {
    const { bus, sink = bus, config, inference, prior, now, transforms, stopwatch, onResult } = options;
    const { times = new StageTimes(), timers = processTimers } = options;
    jointReader(config, inference.model); // refuses before a camera comes
    checkCuttable(config);
    if (config.output.targetFrame !== '' && transforms === undefined) {
      throw new VoxhandError('CONFIG_INVALID', 'a target frame, and no transforms to get there', {
        expected: 'a TransformBuffer',
        found: 'none',
        where: 'output.target_frame',
      });
    }
    this.#config = config;
    this.#inference = inference;
    this.#timers = timers;
    this.#clock = new StageClock(times, stopwatch);
    this.#said = new SaidOnce(options.onEvent);
    this.#line = new FrameLine(timers);
    const shared = {
      ...{ config, sink, timers, times },
      ...(prior && { prior }),
      ...(options.proportions && { proportions: options.proportions }),
      ...(options.gestures && { gestures: options.gestures }),
      ...(now && { now }),
      ...(transforms && { transforms }),
      ...(onResult && { onResult }),
    };
    this.#rig = Object.keys(config.cameras).length > 0 ? new ServedRig({ ...shared, inference }) : undefined;
    this.#cameras = new CameraRegistry({
      ...shared,
      ...{ model: inference.model, rig: this.#rig },
      ...(stopwatch && { stopwatch }),
    });
    this.#feedback = sink.advertise(config.topics.feedback, cdrCodec(HAND_FEEDBACK_SCHEMA));
    this.#messages = bus.subscribe(options.voxelTopics ?? [config.topics.voxels])[Symbol.asyncIterator]();
    this.done = this.#run();
    this.done.catch(() => undefined); // whoever cares awaits it
  }

  status(): InferenceRoleStatus {
    const now = this.#timers.seconds();
    const refusal = this.#lastRefusal;
    return {
      role: 'inference',
      cameras: this.#cameras.status(),
      ...(this.#rig && { rig: this.#rig.status() }),
      refused: this.#refused.snapshot(),
      batches: this.#batches.snapshot(),
      ...(refusal !== undefined && now - refusal.seconds < REFUSAL_SHOWN && { lastRefusal: refusal.text }),
    };
  }

  reset(): void {
    for (const camera of this.#cameras.all()) camera.reset();
    this.#rig?.reset();
  }

  async stop(): Promise<void> {
    this.#line.close();
    await this.#messages.return?.();
    await this.done.catch(() => undefined);
  }

  async #run(): Promise<void> {
    const working = this.#work();
    const listening = this.#listen();
    try {
      // whichever fails ends both
      await Promise.race([working, listening.then(() => working)]);
      for (const camera of this.#cameras.all()) await camera.flush();
      await this.#rig?.flush();
    } finally {
      this.#line.close();
      await this.#messages.return?.();
      await Promise.allSettled([working, listening]);
      // the bus may be gone already: then nobody is left who shows a hand
      for (const output of [...this.#cameras.all(), ...(this.#rig ? [this.#rig] : [])])
        await output.end().catch(() => undefined);
    }
  }

  async #listen(): Promise<void> {
    try {
      for (let step = await this.#messages.next(); step.done !== true; step = await this.#messages.next()) {
        await this.#take(step.value);
      }
    } finally {
      this.#line.close();
    }
  }

  async #take(message: BusMessage): Promise<void> {
    let decoded: HandVoxelsMessage;
    let origin: VoxelsOrigin;
    try {
      decoded = voxelsMessage(message);
      origin = voxelsOrigin(decoded);
    } catch (thrown) {
      const error = toVoxhandError(thrown, 'MESSAGE_INVALID');
      this.#refuse(error.code, error.message, message.topic); // nobody knows whom to answer
      return;
    }
    const { hand_id: handId } = decoded;
    let known = this.#cameras.get(origin.camera);
    const disorder = known?.admit(origin, handId);
    if (disorder !== undefined) {
      const text = `camera ${origin.camera}: ${DISORDERS[disorder]}`;
      this.#refuse(disorder, text, message.topic, origin.camera);
      if (disorder === 'camera-name-twice') await this.#answer(origin, [handId], failed(disorder, text));
      return;
    }
    try {
      const voxels = fromHandVoxelsMessage(decoded, this.#inference.model.gridSize);
      const hand = handOfVoxels(voxels, this.#inference.model);
      if (known === undefined) {
        if (this.#rig?.has(origin.camera) === false) {
          const text = `camera ${origin.camera} is not one of the rig: ${Object.keys(this.#config.cameras).join(', ')}`;
          this.#refuse('not-of-the-rig', text, message.topic);
          await this.#answer(origin, [handId], failed('not-of-the-rig', text));
          return;
        }
        known = this.#cameras.open(origin.camera);
        if (known === undefined) {
          const text = `camera ${origin.camera}: ${this.#cameras.size} cameras are served already (distribution.max_cameras)`;
          this.#refuse('too-many-cameras', text, message.topic);
          await this.#answer(origin, [handId], failed('too-many-cameras', text));
          return;
        }
        const { joints } = known.topics;
        const text = `camera ${origin.camera}: its voxels come, its joints go out on ${joints}`;
        this.#said.say(`open ${origin.camera}`, { severity: 'info', kind: 'connected', topic: message.topic, text });
        known.admit(origin, handId);
      }
      const { isWhole, replaced } = known.put(voxels, hand);
      if (isWhole) this.#line.add(known);
      this.#said.over(`${origin.camera} `);
      if (replaced !== undefined) {
        known.counters.dropped('replaced');
        await this.#answer(replaced.origin, idsOf(replaced), { outcome: 'replaced' });
      }
    } catch (thrown) {
      const error = toVoxhandError(thrown, 'MESSAGE_INVALID');
      if (error.code === 'WRITE_FAILED') throw error;
      const text = `camera ${origin.camera}: ${error.message}`;
      let ids = [handId];
      if (known === undefined) this.#refuse(error.code, text, message.topic);
      else {
        ids = [...known.refuse(error), handId];
        this.#say(`${known.name} ${error.code}`, 'camera-refused', text, message.topic);
      }
      await this.#answer(origin, ids, failed(error.code, error.message));
    }
  }

  #refuse(cause: string, text: string, topic: string, camera = 'refused'): void {
    this.#refused.add(cause);
    this.#lastRefusal = { text, seconds: this.#timers.seconds() };
    const kind = cause === 'too-many-cameras' || cause === 'camera-name-twice' ? cause : 'camera-refused';
    this.#say(`${camera} ${cause}`, kind, text, topic);
  }

  #say(key: string, kind: string, text: string, topic: string): void {
    this.#said.say(key, { severity: 'error', kind, topic, text });
  }

  async #work(): Promise<void> {
    const several = this.#inference.inferBatch !== undefined;
    const { batchDeadline } = this.#config.distribution;
    while (await this.#line.wait()) {
      if (several) await this.#line.gather(batchDeadline, () => this.#cameras.active());
      await this.#serve(this.#line.take(several));
    }
  }

  async #serve(waiting: readonly WaitingFrame[]): Promise<void> {
    const found: FoundHand[] = [];
    const frames: WaitingFrame[] = [];
    for (const one of waiting) {
      const hands = one.frame.hands.filter((hand) => hand.state === 'found');
      found.push(...hands.map((hand) => ({ waiting: one, hand })));
      if (hands.length > 0) frames.push(one);
      else await this.#read(one, new Map());
    }
    if (found.length === 0) return;
    let answers: readonly (InferenceResult | VoxhandError)[];
    try {
      answers = await this.#clock.wait('inference', () => this.#infer(found));
    } catch (thrown) {
      for (const one of frames) await this.#fail(one, thrown);
      if (this.#inference.status().state === 'failed') throw thrown;
      return;
    }
    for (const frame of frames) {
      const own = found.flatMap(({ waiting: of, hand }, i) => (of === frame ? [[hand.id, answers[i]] as const] : []));
      await this.#read(frame, new Map(own));
    }
    const failure = answers.find((answer) => answer instanceof VoxhandError);
    if (failure !== undefined && this.#inference.status().state === 'failed') throw failure;
  }

  #infer(found: readonly FoundHand[]): Promise<readonly (InferenceResult | VoxhandError)[]> {
    if (this.#inference.inferBatch !== undefined) this.#batches.add(`${found.length}`);
    else this.#batches.add('1', found.length);
    return inferAll(
      this.#inference,
      found.map(({ hand }) => hand.grid.data),
      found.map(({ waiting: { frame }, hand }) => ({ cube: hand.grid.cube, stamp: frame.stamp })),
    );
  }

  /** A frame without a hand, or whose hands the network has answered to; one that has no answer is the frame's end. */
  async #read(waiting: WaitingFrame, answers: ReadonlyMap<number, InferenceResult | VoxhandError>): Promise<void> {
    const { camera, origin, frame } = waiting;
    const half = camera.halfFor();
    let read: ReturnType<InferenceHalf['read']>;
    try {
      const whole = allAnswers([...answers.values()]);
      const byHand = [...answers.keys()].map((id, i) => [id, { answer: whole[i] }] as const);
      read = half.read(frame, new Map(byHand));
    } catch (thrown) {
      return this.#fail(waiting, thrown);
    }
    if (answers.size > 0) camera.trouble = undefined;
    await camera.publish(read.results, waiting);
    for (const id of idsOf(waiting)) {
      const raw = read.raw.get(id);
      await this.#answer(origin, [id], raw === undefined ? { outcome: 'noted' } : { outcome: 'read', ...raw });
    }
    half.settle();
  }

  async #fail(waiting: WaitingFrame, thrown: unknown): Promise<void> {
    const error = toVoxhandError(thrown, 'INFERENCE_FAILED');
    await waiting.camera.fail(waiting, error);
    await this.#answer(waiting.origin, idsOf(waiting), failed(error.code, error.message));
  }

  /** One answer to the message of each hand. */
  async #answer(origin: VoxelsOrigin, hands: readonly number[], answer: VoxelsAnswer): Promise<void> {
    for (const handId of hands) {
      try {
        await this.#feedback.publish(toHandFeedbackMessage({ ...origin, handId, answer }), origin.stamp);
      } catch (thrown) {
        const { code } = toVoxhandError(thrown);
        if (code === 'WRITE_FAILED') throw thrown;
        this.#refused.add(code);
      }
    }
  }
}

function idsOf({ frame }: WaitingFrame): number[] {
  return frame.hands.map(({ id }) => id);
}

const DISORDERS = {
  'camera-name-twice':
    'two processes send voxels under this name; give each its own distribution.camera (the one that came first is not served)',
  'out-of-order': 'a message came twice or after a newer one',
} as const;

function failed(code: string, text: string): VoxelsAnswer {
  return { outcome: 'failed', reason: `${code}: ${text}` };
}

/** Another type on the topic is refused by its name, before its bytes are looked at. */
function voxelsMessage(message: BusMessage): HandVoxelsMessage {
  if (message.schemaName !== HAND_VOXELS_SCHEMA) {
    throw new VoxhandError('MESSAGE_INVALID', 'no voxels', {
      expected: HAND_VOXELS_SCHEMA,
      found: message.schemaName,
      where: message.topic,
    });
  }
  return recordedCodec(message).decode(message.data) as HandVoxelsMessage;
}
