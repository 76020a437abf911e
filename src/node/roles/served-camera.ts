import { toVoxhandError, type VoxhandError } from '../../errors/index.js';
import type { HandVoxels, VoxelsOrigin } from '../../messages/index.js';
import type { TransformBuffer } from '../../rig/index.js';
import type { DurationSummary, LiveTimers } from '../../timing/index.js';
import { HandOutput } from '../../tracking/hand-output.js';
import {
  Counters,
  InferenceHalf,
  type InferenceHalfParts,
  type SeenFrame,
  StaleWatch,
  TargetFrame,
  type TrackerConfig,
  type TrackResult,
} from '../../tracking/index.js';
import type { BusSink } from '../../transport/port/index.js';
import { cameraConfig } from './camera-config.js';
import { Tally } from './running-role.js';

/** A message of cells that waits for the network. */
export interface WaitingFrame {
  readonly camera: ServedCamera;
  readonly origin: VoxelsOrigin;
  readonly frame: SeenFrame;
  /** Seconds of the timers. */
  readonly arrived: number;
  /** The camera's at that time. */
  readonly epoch: number;
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
  readonly #options: ServedCameraOptions;
  readonly #half: InferenceHalf;
  readonly #output: HandOutput;
  readonly #target: TargetFrame | undefined;
  readonly #watch: StaleWatch;
  readonly #withheld = new Tally();
  #session: number | undefined;
  #formerSession: number | undefined;
  #sequence = 0;
  /** Changes whenever what came before must not be shown any more. */
  #epoch = 0;
  #begunAnew = 0;

  /** @throws VoxhandError as `InferenceHalf` */
  constructor(options: ServedCameraOptions) {
    const { name, config, sink, now, timers, transforms, ...parts } = options;
    this.#options = options;
    this.name = name;
    this.lastSeen = timers.seconds();
    this.#half = new InferenceHalf(config, { ...parts, counters: this.counters });
    const own = cameraConfig(config, name);
    this.#output = new HandOutput({ sink, config: own, ...(now && { now }), seconds: () => timers.seconds() });
    this.#target = transforms && new TargetFrame(config, transforms, { counters: this.counters });
    this.#watch = new StaleWatch(timers, (silence) => {
      this.reset();
      this.#output.lose(silence).catch(() => undefined); // a bus that takes no more is noticed with the next result
    });
  }

  /** What is wrong at the moment, in words: its messages, the network, or a transform that is missing. */
  get problem(): string | undefined {
    return this.trouble ?? this.#target?.problem;
  }

  /** A message was not worked on. */
  drop({ code, message }: VoxhandError): void {
    this.counters.dropped(code);
    this.trouble = message;
  }

  output(): { hand: boolean; age: DurationSummary | undefined; publishing: DurationSummary | undefined } {
    return { hand: this.#output.showsHand, age: this.#output.ages(), publishing: this.#output.durations() };
  }

  get published(): number {
    return this.#output.published;
  }

  /** Results that were worked out and did not go out: `stale`, about a hand of long ago, or an error code. */
  withheld(): Readonly<Record<string, number>> {
    return this.#withheld.snapshot();
  }

  /** A message has come; says what is the matter with it, if anything is. */
  admit({ session, sequence }: VoxelsOrigin): Disorder | undefined {
    this.lastSeen = this.#options.timers.seconds();
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
    this.#watch.frame();
    return undefined;
  }

  /** Put a frame in front of the network; gives back the one that waited there and is replaced. */
  put(voxels: HandVoxels, frame: SeenFrame): WaitingFrame | undefined {
    const { stamp, frameId, camera, session, sequence } = voxels;
    const replaced = this.waiting;
    const arrived = this.#options.timers.seconds();
    const origin = { stamp, frameId, camera, session, sequence };
    this.waiting = { camera: this, origin, frame, arrived, epoch: this.#epoch };
    return replaced;
  }

  /** The frame that waits, which then waits no more. */
  take(): WaitingFrame | undefined {
    const { waiting } = this;
    this.waiting = undefined;
    return waiting;
  }

  /** The half that the frame goes to, without what it knew of a hand before a reset. */
  halfFor(): InferenceHalf {
    if (this.#begunAnew !== this.#epoch) {
      this.#begunAnew = this.#epoch;
      for (const _ of this.#half.reset()) this.#withheld.add('stale');
    }
    return this.#half;
  }

  /** @throws VoxhandError `WRITE_FAILED` where the bus takes no more */
  async publish(results: readonly TrackResult[], { arrived, epoch }: WaitingFrame): Promise<void> {
    if (results.length === 0) return;
    const current = () => epoch === this.#epoch;
    if (!this.#watch.took(this.#options.timers.seconds() - arrived) && current()) {
      this.reset();
      await this.#output.lose();
    }
    for (const result of results) {
      const final = this.#target?.apply(result) ?? result;
      let withheld: string | undefined;
      try {
        if (!(await this.#output.publish(final, current))) withheld = 'stale';
      } catch (thrown) {
        const { code } = toVoxhandError(thrown);
        if (code === 'WRITE_FAILED') throw thrown;
        withheld = code;
      }
      if (withheld !== undefined) {
        this.#withheld.add(withheld);
        continue;
      }
      if (current()) this.#watch.shown();
      this.#options.onResult?.(this.name, final);
    }
  }

  /** Results that a centred window still holds back, at the end. */
  async flush(): Promise<void> {
    for (const result of this.#half.flush()) await this.#output.publish(this.#target?.apply(result) ?? result);
  }

  /** Begin anew with the next frame. */
  reset(): void {
    this.#epoch++;
  }

  /** Say that the hand is lost, if one was said to be there, and watch no more. */
  async end(): Promise<void> {
    this.#watch.stop();
    await this.#output.lose();
  }
}
