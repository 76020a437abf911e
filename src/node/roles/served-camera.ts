import type { VoxhandError } from '../../errors/index.js';
import type { HandVoxels, VoxelsOrigin } from '../../messages/index.js';
import { TransformBuffer } from '../../rig/index.js';
import type { LiveTimers } from '../../timing/index.js';
import {
  type Arrival,
  Counters,
  InferenceHalf,
  type InferenceHalfParts,
  type OutputFacts,
  ResultOutput,
  type SeenFrame,
  StampGuard,
  type TrackerConfig,
  type TrackResult,
} from '../../tracking/index.js';
import type { BusSink } from '../../transport/port/index.js';
import { cameraConfig } from './camera-config.js';

/** A message of cells that waits for the network. */
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
  readonly onResult?: (camera: string, result: TrackResult) => void;
}

/** What is the matter with a message's place in its camera's row; undefined where it comes as it should. */
export type Disorder = 'camera-name-twice' | 'out-of-order';

/** One camera of an inference role: its half of the pipeline, its topics, the message that waits, and whether it is still there. */
export class ServedCamera {
  readonly name: string;
  readonly counters = new Counters();
  /** Seconds of the timers. */
  lastSeen: number;
  waiting: WaitingFrame | undefined;
  /** Why the last message was not worked on; undefined since one was. */
  trouble: string | undefined;
  /** Where its results go. */
  readonly topics: TrackerConfig['topics'];
  readonly #timers: LiveTimers;
  readonly #half: InferenceHalf;
  readonly #output: ResultOutput;
  readonly #stamps = new StampGuard();
  #session: number | undefined;
  #formerSession: number | undefined;
  #sequence = 0;

  /** @throws VoxhandError as `InferenceHalf` */
  constructor(options: ServedCameraOptions) {
    const { name, config, sink, now, timers, transforms, onResult, ...parts } = options;
    this.name = name;
    this.#timers = timers;
    this.lastSeen = timers.seconds();
    this.#half = new InferenceHalf(config, { ...parts, counters: this.counters });
    const own = cameraConfig(config, name);
    this.topics = own.topics;
    this.#output = new ResultOutput({
      ...{ sink, config: own, counters: this.counters, timers, now },
      transforms: transforms ?? new TransformBuffer(config.transforms),
      onUnpublishable: ({ message }) => {
        this.trouble = message;
      },
      onResult: onResult && ((result) => onResult(name, result)),
    });
  }

  /** What is wrong at the moment, in words: its messages, the network, or a transform that is missing. */
  get problem(): string | undefined {
    return this.trouble ?? this.#output.facts().transformProblem;
  }

  /** A message was not worked on. */
  drop({ code, message }: VoxhandError): void {
    this.counters.dropped(code);
    this.trouble = message;
  }

  output(): OutputFacts {
    return this.#output.facts();
  }

  /** A message has come; says what is the matter with it, if anything is. */
  admit({ session, sequence, stamp }: VoxelsOrigin): Disorder | undefined {
    this.lastSeen = this.#timers.seconds();
    if (session !== this.#session) {
      // a camera process that was started again has a new session; one that comes back after another has not ended
      if (session === this.#formerSession) return 'camera-name-twice';
      this.#formerSession = this.#session;
      this.#session = session;
      this.reset();
    } else if ((sequence - this.#sequence) >>> 0 > 0x7fff_ffff || sequence === this.#sequence) {
      return 'out-of-order';
    }
    this.#sequence = sequence;
    if (this.#stamps.see(stamp) === 'jump') this.#output.begin('time-jump');
    this.#output.alive();
    return undefined;
  }

  /** Put a frame in front of the network; gives back the one that waited there and is replaced. */
  put(voxels: HandVoxels, frame: SeenFrame): WaitingFrame | undefined {
    const { stamp, frameId, camera, session, sequence } = voxels;
    const replaced = this.waiting;
    const origin = { stamp, frameId, camera, session, sequence };
    this.waiting = { camera: this, origin, frame, arrival: this.#output.arrived() };
    return replaced;
  }

  /** The frame that waits, which then waits no more. */
  take(): WaitingFrame | undefined {
    const { waiting } = this;
    this.waiting = undefined;
    return waiting;
  }

  /** The half that the frame goes to, without what it knew of hands before a reset. */
  halfFor(): InferenceHalf {
    if (this.#output.renewed()) this.#output.withhold(this.#half.reset());
    return this.#half;
  }

  /** @throws VoxhandError `WRITE_FAILED` where the bus takes no more */
  publish(results: readonly TrackResult[], { arrival }: WaitingFrame): Promise<void> {
    return this.#output.deliver(results, arrival);
  }

  /** Results that a centred window still holds back, at the end. */
  flush(): Promise<void> {
    return this.#output.deliver(this.#half.flush());
  }

  /** The next frame finds a half that knows of no hand. */
  reset(): void {
    this.#stamps.reset();
    this.#output.begin('reset');
  }

  /** Say that the hands are lost that were said to be there, and watch no more. */
  end(): Promise<void> {
    return this.#output.leave('deactivated');
  }
}
