import { FrameSync, SAME_MOMENT } from '../rig/index.js';
import { configuredCameras } from '../tracking/index.js';
import type { BusMessage, BusSource } from '../transport/port/index.js';
import { type CalibrateOptions, RigCalibrator, type SeenFrame } from './calibrate-rig.js';
import { depthTopics, tooFewCameras, withLiveCameras } from './calibration-cameras.js';

export interface LiveCalibrateOptions extends Pick<CalibrateOptions, 'config' | 'load' | 'signal'> {
  /**
   * Told of each depth frame that was looked at; waited for. Returns whether the calibration ends with the frames of this moment.
   *
   * @param waiting seconds of waving that have come and are still to be looked at
   */
  readonly onFrame: (seen: SeenFrame, calibrator: RigCalibrator, waiting: number) => Promise<boolean>;
}

/** Milliseconds between two looks for the topics of two cameras. */
const LOOK_AGAIN = 200;
/** Other messages that wait with a moment, at most. */
const MOST_OTHERS = 256;
/** Of what comes faster than it can be looked at a moment is kept in so many seconds, so many at most and of so many bytes. */
const KEPT_EVERY = 0.2;
const MOST_MOMENTS = 200;
const MOST_BYTES = 256e6;
/** A frame of a moment is not waited for any longer when another camera's frames are this far beyond it, seconds. */
const DEADLINE = 0.1;

/**
 * Where the cameras of a live bus are, see {@link RigCalibrator}, until `onFrame` or the signal ends it, or the bus ends. Where frames come
 * faster than they can be looked at, five moments in a second are kept for later, within bounds of memory, and the others left out: of the
 * newest ones that which most cameras have a frame of stays. Without
 * `cameras` in the configuration, the cameras are those whose topics, with `depth` in their names, have a camera info beside them.
 *
 * @throws VoxhandError of the bus, or as {@link RigCalibrator}; `USAGE` where it was ended before there were two cameras
 */
export async function calibrateLive(
  bus: BusSource,
  { config: given, load, signal, onFrame }: LiveCalibrateOptions,
): Promise<RigCalibrator> {
  let config = withLiveCameras(given, bus);
  while (config === undefined && signal?.aborted !== true) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
    config = withLiveCameras(given, bus);
  }
  if (config === undefined) throw tooFewCameras(depthTopics(bus));
  const calibrator = new RigCalibrator(config, await load());
  const inbox = new MomentInbox(bus, calibrator);
  signal?.addEventListener('abort', inbox.close);
  try {
    let done = false;
    for await (const messages of inbox) {
      for (const seen of await calibrator.take(messages)) {
        done = (await onFrame(seen, calibrator, inbox.seconds())) || done;
      }
      if (done || signal?.aborted === true) break;
    }
  } finally {
    signal?.removeEventListener('abort', inbox.close);
    inbox.close();
  }
  return calibrator;
}

/** What is looked at in one go: the depth messages of a moment, and what came before them. */
interface Turn {
  others: BusMessage[];
  moment: readonly BusMessage[];
}

/**
 * The messages of a bus for whom they come too fast: it reads all the time, and keeps the depth messages of a moment in {@link KEPT_EVERY}
 * seconds. Moments are told by the times of arrival, since the cameras' clocks may differ by anything.
 */
class MomentInbox {
  readonly #calibrator: RigCalibrator;
  readonly #nameOf: ReadonlyMap<string, string>;
  readonly #sync: FrameSync<{ readonly stamp: bigint; readonly message: BusMessage }>;
  readonly #messages: AsyncIterator<BusMessage>;
  readonly #reading: Promise<void>;
  #turns: Turn[] = [];
  #bytes = 0;
  /** When the moment came that was given out last, nanoseconds. */
  #given: bigint | undefined;
  /** The bus has ended. */
  #ended = false;
  #closed = false;
  #wake: () => void = () => undefined;

  constructor(bus: BusSource, calibrator: RigCalibrator) {
    const cameras = configuredCameras(calibrator.config);
    this.#calibrator = calibrator;
    this.#nameOf = new Map(cameras.map(({ name, depth }) => [depth, name]));
    const names = cameras.map(({ name }) => name);
    this.#sync = new FrameSync({ cameras: names, tolerance: SAME_MOMENT, deadline: DEADLINE });
    this.#messages = bus.subscribe(calibrator.topics)[Symbol.asyncIterator]();
    this.#reading = this.#read();
    this.#reading.catch(() => undefined); // told to whoever takes the messages
  }

  /** Of waving that waits. */
  seconds(): number {
    const [last] = this.#turns.at(-1)?.moment ?? [];
    return last === undefined || this.#given === undefined ? 0 : Number(last.logTime - this.#given) / 1e9;
  }

  /** Ends the reading. What nobody has taken by then is counted as left out. */
  readonly close = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.#messages.return?.().catch(() => undefined);
    for (const { name, lost } of this.#sync.facts()) {
      for (const [cause, count] of Object.entries(lost)) this.#calibrator.leaveOut(name, cause, count);
    }
    const synced = this.#sync.flush().map(({ frames }) => frames.map(({ frame }) => frame.message));
    for (const moment of [...this.#turns.map((turn) => turn.moment), ...synced]) this.#leave(moment, 'ended');
    this.#turns = [];
    this.#wake();
  };

  /** What came beside depth and the depth messages of a moment, in turns. */
  async *[Symbol.asyncIterator](): AsyncGenerator<readonly BusMessage[], void, void> {
    for (;;) {
      const turn = this.#turns.shift();
      if (turn !== undefined) {
        this.#bytes -= bytesOf(turn.moment);
        this.#given = turn.moment[0]?.logTime ?? this.#given;
        yield [...turn.others, ...turn.moment];
        continue;
      }
      if (this.#ended || this.#closed) return this.#reading;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  async #read(): Promise<void> {
    try {
      for (let step = await this.#messages.next(); step.done !== true; step = await this.#messages.next()) {
        this.#take(step.value);
        this.#wake();
      }
      for (const { frames } of this.#sync.flush()) this.#offer(frames.map(({ frame }) => frame.message));
    } finally {
      this.#ended = true;
      this.#wake();
    }
  }

  #take(message: BusMessage): void {
    const camera = this.#nameOf.get(message.topic);
    if (camera === undefined) {
      if (this.#turns.length === 0) this.#turns.push({ others: [], moment: [] });
      const { others } = this.#turns[this.#turns.length - 1];
      others.push(message);
      if (others.length > MOST_OTHERS) others.shift();
      return;
    }
    for (const { frames } of this.#sync.push(camera, { stamp: message.logTime, message })) {
      this.#offer(frames.map(({ frame }) => frame.message));
    }
  }

  /**
   * Keep a moment behind those that wait. Of two that are both soon after the one before them, the one that more cameras have a frame of stays,
   * else the newer one.
   */
  #offer(moment: readonly BusMessage[]): void {
    const last = this.#turns.at(-1);
    if (last === undefined || (last.moment.length > 0 && !this.#isSoon(last))) {
      if (this.#turns.length >= MOST_MOMENTS || this.#bytes + bytesOf(moment) > MOST_BYTES) {
        this.#leave(moment, 'full');
      } else {
        this.#bytes += bytesOf(moment);
        this.#turns.push({ others: [], moment });
      }
      return;
    }
    const [kept, left] = moment.length < last.moment.length ? [last.moment, moment] : [moment, last.moment];
    this.#bytes += bytesOf(kept) - bytesOf(last.moment);
    last.moment = kept;
    this.#leave(left, left.length < kept.length ? 'incomplete' : 'replaced');
  }

  #isSoon({ moment: [first] }: Turn): boolean {
    const before = this.#turns.at(-2)?.moment[0]?.logTime ?? this.#given;
    return before !== undefined && Number(first.logTime - before) / 1e9 < KEPT_EVERY;
  }

  #leave(messages: readonly BusMessage[], cause: string): void {
    for (const { topic } of messages) this.#calibrator.leaveOut(this.#nameOf.get(topic) ?? topic, cause);
  }
}

function bytesOf(messages: readonly BusMessage[]): number {
  return messages.reduce((sum, { data }) => sum + data.byteLength, 0);
}
