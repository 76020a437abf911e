import { FrameSync, SAME_MOMENT } from '../rig/index.js';
import { configuredCameras } from '../tracking/index.js';
import type { BusMessage, BusSource } from '../transport/port/index.js';
import { type CalibrateOptions, RigCalibrator, type SeenFrame } from './calibrate-rig.js';
import { depthTopics, tooFewCameras, withLiveCameras } from './calibration-cameras.js';

export interface LiveCalibrateOptions extends Pick<CalibrateOptions, 'config' | 'load' | 'signal'> {
  /** Told of each depth frame that was looked at; waited for. Returns whether the calibration ends with the frames of this moment. */
  readonly onFrame: (seen: SeenFrame, calibrator: RigCalibrator) => Promise<boolean>;
}

/** Milliseconds between two looks for the topics of two cameras. */
const LOOK_AGAIN = 200;
/** Other messages that wait for the frame in hand, at most. */
const MOST_OTHERS = 256;
/** A frame of a moment is not waited for any longer when another camera's frames are this far beyond it, seconds. */
const DEADLINE = 0.1;

/**
 * Where the cameras of a live bus are, see {@link RigCalibrator}, until `onFrame` or the signal ends it, or the bus ends. Where frames come faster than they can
 * be looked at, whole moments are left out: of what came meanwhile the newest moment is looked at that most cameras have a frame of. Without
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
      for (const message of messages) {
        for (const seen of await calibrator.take(message)) done = (await onFrame(seen, calibrator)) || done;
      }
      if (done || signal?.aborted === true) break;
    }
  } finally {
    signal?.removeEventListener('abort', inbox.close);
    inbox.close();
  }
  return calibrator;
}

/**
 * The messages of a bus for whom they come too fast: it reads all the time, and keeps the depth messages of one moment. Moments are told by the
 * times of arrival, since the cameras' clocks may differ by anything.
 */
class MomentInbox {
  readonly #calibrator: RigCalibrator;
  readonly #nameOf: ReadonlyMap<string, string>;
  readonly #sync: FrameSync<{ readonly stamp: bigint; readonly message: BusMessage }>;
  readonly #messages: AsyncIterator<BusMessage>;
  readonly #reading: Promise<void>;
  #others: BusMessage[] = [];
  #moment: readonly BusMessage[] = [];
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

  /** Ends the reading. What nobody has taken by then is counted as left out. */
  readonly close = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.#messages.return?.().catch(() => undefined);
    for (const { name, lost } of this.#sync.facts()) {
      for (const [cause, count] of Object.entries(lost)) this.#calibrator.leaveOut(name, cause, count);
    }
    for (const { frames } of this.#sync.flush())
      this.#leave(
        frames.map(({ frame }) => frame.message),
        'ended',
      );
    this.#leave(this.#moment, 'ended');
    this.#moment = [];
    this.#wake();
  };

  /** What came beside depth and the depth messages of a moment, in turns. */
  async *[Symbol.asyncIterator](): AsyncGenerator<readonly BusMessage[], void, void> {
    for (;;) {
      const messages = [...this.#others, ...this.#moment];
      this.#others = [];
      this.#moment = [];
      if (messages.length > 0) {
        yield messages;
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
      this.#others.push(message);
      if (this.#others.length > MOST_OTHERS) this.#others.shift();
      return;
    }
    for (const { frames } of this.#sync.push(camera, { stamp: message.logTime, message })) {
      this.#offer(frames.map(({ frame }) => frame.message));
    }
  }

  /** Keep the moment that more cameras have a frame of, else the newer one. */
  #offer(moment: readonly BusMessage[]): void {
    const [kept, left] = moment.length < this.#moment.length ? [this.#moment, moment] : [moment, this.#moment];
    this.#moment = kept;
    this.#leave(left, left.length < kept.length ? 'incomplete' : 'replaced');
  }

  #leave(messages: readonly BusMessage[], cause: string): void {
    for (const { topic } of messages) this.#calibrator.leaveOut(this.#nameOf.get(topic) ?? topic, cause);
  }
}
