import { VoxhandError } from '../../errors/index.js';
import type { GestureProfile } from '../../gestures/index.js';
import type { HandVoxels, VoxelsOrigin } from '../../messages/index.js';
import { TransformBuffer } from '../../rig/index.js';
import { UNSMOOTHED } from '../../smoothing/index.js';
import type { LiveTimers } from '../../timing/index.js';
import {
  type Arrival,
  InferenceHalf,
  type InferenceHalfParts,
  type SeenFrame,
  type SeenHand,
  type TrackerConfig,
  type TrackResult,
} from '../../tracking/index.js';
import { type BusSink, NO_SINK } from '../../transport/port/index.js';
import { cameraConfig } from './camera-config.js';
import { ServedOutput } from './served-output.js';
import type { ServedRig } from './served-rig.js';

/** The voxels of a frame's hands, which wait for the network. */
export interface WaitingFrame {
  readonly camera: ServedCamera;
  readonly origin: VoxelsOrigin;
  readonly frame: SeenFrame;
  readonly arrival: Arrival;
}

export interface ServedCameraOptions extends Omit<InferenceHalfParts, 'counters'> {
  readonly name: string;
  readonly config: TrackerConfig;
  readonly sink: BusSink;
  readonly now?: () => bigint;
  readonly timers: LiveTimers;
  readonly transforms?: TransformBuffer;
  readonly gestures?: GestureProfile;
  /** The rig that the camera is one of: then it publishes nothing itself. */
  readonly rig?: ServedRig | undefined;
  readonly onResult?: (camera: string, result: TrackResult) => void;
}

/** A frame of which not all messages have come. */
interface Gathering {
  readonly origin: VoxelsOrigin;
  readonly arrival: Arrival;
  /** Messages that it has. */
  readonly count: number;
  readonly hands: SeenHand[];
}

/** What is the matter with a message's place in its camera's row; undefined where it comes as it should. */
export type Disorder = 'camera-name-twice' | 'out-of-order';

/** One camera of an inference role: its half of the pipeline, its topics, the frame that waits, and whether it is still there. */
export class ServedCamera extends ServedOutput {
  readonly name: string;
  /** Seconds of the timers. */
  lastSeen: number;
  waiting: WaitingFrame | undefined;
  #gathering: Gathering | undefined;
  /** Why the frame with the newest sequence is not worked on, where a message of it was refused. */
  #refused: VoxhandError | undefined;
  /** Where its results go. */
  readonly topics: TrackerConfig['topics'];
  readonly #timers: LiveTimers;
  readonly #half: InferenceHalf;
  readonly #rig: ServedRig | undefined;
  #session: number | undefined;
  #formerSession: number | undefined;
  #sequence = 0;

  /** @throws VoxhandError as `InferenceHalf` */
  constructor(options: ServedCameraOptions) {
    const { name, config, sink, now, timers, transforms, gestures, rig, onResult, ...parts } = options;
    const own = rig === undefined ? cameraConfig(config, name) : config;
    super({
      ...{ sink: rig === undefined ? sink : NO_SINK, config: own, timers, now },
      gestures: rig === undefined ? gestures : undefined,
      transforms: transforms ?? new TransformBuffer(config.transforms),
      onResult: onResult && ((result) => onResult(name, result)),
    });
    this.name = name;
    this.topics = own.topics;
    this.#timers = timers;
    this.lastSeen = timers.seconds();
    this.#rig = rig;
    const counters = { counters: this.counters };
    this.#half = new InferenceHalf(config, {
      ...parts,
      ...counters,
      ...(rig && { smoothing: () => UNSMOOTHED, leavesFit: true }),
    });
  }

  /** A message was not worked on. */
  drop({ code, message }: VoxhandError): void {
    this.counters.dropped(code);
    this.trouble = message;
  }

  /** A message has come; says what is the matter with it, if anything is. The first one of a frame is counted as the frame's arrival. */
  admit(origin: VoxelsOrigin, handId: number): Disorder | undefined {
    const { session, sequence, stamp } = origin;
    this.lastSeen = this.#timers.seconds();
    if (session !== this.#session) {
      // a camera process that was started again has a new session; one that comes back after another has not ended
      if (session === this.#formerSession) return 'camera-name-twice';
      this.#formerSession = this.#session;
      this.#session = session;
      this.reset();
    } else if (sequence === this.#sequence) {
      const { hands } = this.#gathering ?? {};
      const isAnother = hands?.every(({ id }) => id !== handId) ?? this.#refused !== undefined;
      return isAnother ? undefined : 'out-of-order';
    } else if ((sequence - this.#sequence) >>> 0 > 0x7fff_ffff) {
      return 'out-of-order';
    }
    this.#sequence = sequence;
    if (this.#gathering !== undefined) this.counters.dropped('incomplete');
    this.#gathering = undefined;
    this.#refused = undefined;
    this.counters.arrived();
    this.next(stamp);
    this.results.alive();
    return undefined;
  }

  /**
   * Take the message of a hand; the last one of a frame puts the frame in front of the network.
   *
   * @returns whether a frame was put there, and the one that waited there and is replaced
   * @throws VoxhandError why another message of the same frame was refused; `MESSAGE_INVALID` where it has more than it should
   */
  put(voxels: HandVoxels, hand: SeenHand): { readonly isWhole: boolean; readonly replaced?: WaitingFrame } {
    if (this.#refused !== undefined) throw this.#refused;
    const { stamp, frameId, camera, session, sequence, hands: count } = voxels;
    const origin = { stamp, frameId, camera, session, sequence };
    this.#gathering ??= { origin, arrival: this.results.arrived(), count, hands: [] };
    const { hands, arrival, count: expected } = this.#gathering;
    if (count !== expected || stamp !== this.#gathering.origin.stamp) {
      throw new VoxhandError('MESSAGE_INVALID', 'the messages of a frame contradict each other', {
        expected: `${expected} hands at ${this.#gathering.origin.stamp}`,
        found: `${count} at ${stamp}`,
      });
    }
    hands.push(hand);
    if (hands.length < count) return { isWhole: false };
    this.#gathering = undefined;
    const replaced = this.waiting;
    const frame = { stamp, frameId, hands: hands.sort((a, b) => a.id - b.id) };
    this.waiting = { camera: this, origin, frame, arrival };
    return { isWhole: true, ...(replaced && { replaced }) };
  }

  /**
   * A message was refused, and with it its frame.
   *
   * @returns the ids of the frame's hands whose messages came before
   */
  refuse(error: VoxhandError): number[] {
    const before = this.#gathering?.hands.map(({ id }) => id) ?? [];
    if (this.#refused === undefined) this.drop(error);
    this.#gathering = undefined;
    this.#refused = error;
    return before;
  }

  /** The frame that waits, which then waits no more. */
  take(): WaitingFrame | undefined {
    const { waiting } = this;
    this.waiting = undefined;
    return waiting;
  }

  /** The half that the frame goes to, without what it knew of hands before a reset. */
  halfFor(): InferenceHalf {
    return this.renew(this.#half);
  }

  /** A frame was not worked on. */
  async fail({ origin: { stamp, frameId } }: WaitingFrame, error: VoxhandError): Promise<void> {
    this.drop(error);
    await this.#rig?.take(this.name, { stamp, frameId, result: undefined, dropped: error.code });
  }

  /** @throws VoxhandError `WRITE_FAILED` where the bus takes no more */
  async publish(results: readonly TrackResult[], { origin: { stamp, frameId }, arrival }: WaitingFrame): Promise<void> {
    if (this.#rig === undefined) return this.results.deliver(results, arrival);
    if (!this.results.isCurrent(arrival)) return this.results.withhold(results);
    await this.#rig.take(this.name, { stamp, frameId, result: results[0] });
  }

  /** Results that a centred window still holds back, at the end. */
  flush(): Promise<void> {
    return this.results.deliver(this.#half.flush());
  }
}
