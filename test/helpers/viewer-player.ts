import { type HandJoints, lostHand } from '../../src/hand/hand-joints.js';
import { cdrCodec } from '../../src/messages/cdr-codec.js';
import type { CameraInfoMessage, HandJointsMessage, ImageMessage } from '../../src/messages/generated.js';
import { toHandJointsMessage } from '../../src/messages/hand-joints-message.js';
import { toCameraInfoMessage, toDepthImageMessage } from '../../src/messages/images.js';
import type { BusSink, Publisher } from '../../src/transport/port/bus.js';
import type {
  PlaybackChange,
  PlaybackCommand,
  PlaybackControl,
  PlaybackState,
} from '../../src/transport/port/playback.js';

export const FRAME = 'depth_optical_frame';
export const CAMERA = { frameId: FRAME, width: 160, height: 120, fx: 140, fy: 140, cx: 79.5, cy: 59.5 };
/** 20 Hz. */
export const PERIOD = 50_000_000n;
const BEGIN = 1_700_000_000_000_000_000n;
const FRAMES = 80;
/** Frames without a hand. */
const LOST_FROM = 50;
const LOST_TO = 64;

/** Frames with the hand on the left and on the right, and the one right after, which has none. */
export const MOMENTS = { left: 2, right: 49, lost: 50 };

/** Where frame `index` is in the film, nanoseconds. */
export function timeOf(index: number): bigint {
  return BEGIN + BigInt(index) * PERIOD;
}

/**
 * A film of an open hand that goes from left to right in front of a wall, leaves, and comes back: joints and depth images,
 * played to a sink under remote control. Loops.
 */
export class ViewerPlayer implements PlaybackControl {
  readonly #listeners = new Set<(change: PlaybackChange) => void>();
  #joints: Publisher<HandJointsMessage> | undefined;
  #depth: Publisher<ImageMessage> | undefined;
  #camera: Publisher<CameraInfoMessage> | undefined;
  #index = 0;
  #playing = true;
  #speed = 1;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The film runs on, but nothing is published: a tracker that hangs. */
  silent = false;

  /** The frame that was published last. */
  get index(): number {
    return this.#index;
  }

  connect(sink: BusSink): void {
    this.#joints = sink.advertise('/hand/joints', cdrCodec('voxhand_msgs/msg/HandJoints'));
    this.#depth = sink.advertise('/depth/image_rect_raw', cdrCodec('sensor_msgs/msg/Image'));
    this.#camera = sink.advertise('/depth/camera_info', cdrCodec('sensor_msgs/msg/CameraInfo'));
    this.#schedule();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  state(): PlaybackState {
    return {
      status: this.#playing ? 'playing' : 'paused',
      currentTime: timeOf(this.#index),
      speed: this.#speed,
      begin: timeOf(0),
      end: timeOf(FRAMES - 1),
    };
  }

  onChange(listener: (change: PlaybackChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** A jump is told before the first message there: whoever serves it throws away what waits of the old place. */
  async command(command: PlaybackCommand): Promise<void> {
    if (command.kind === 'seek' || command.kind === 'step') {
      if (command.kind === 'step') this.#playing = false;
      const index = command.kind === 'step' ? this.#index + command.frames : Number((command.time - BEGIN) / PERIOD);
      this.#index = clamp(index);
      this.#tell(true);
      await this.#show(this.#index);
    } else {
      if (command.kind === 'speed') this.#speed = command.speed;
      else this.#playing = command.kind === 'play';
      this.#tell(false);
    }
    this.#schedule();
  }

  /** Publish the present frame once more: for a viewer that has subscribed while nothing moves. */
  async again(): Promise<void> {
    if (!this.#playing) await this.#show(this.#index);
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (!this.#playing) return;
    this.#timer = setTimeout(
      () => {
        const isEnd = this.#index + 1 >= FRAMES;
        this.#index = isEnd ? 0 : this.#index + 1;
        if (isEnd) this.#tell(true);
        void this.#show(this.#index).then(() => this.#schedule());
      },
      Number(PERIOD) / 1e6 / this.#speed,
    );
  }

  #tell(didSeek: boolean): void {
    for (const listener of this.#listeners) listener({ state: this.state(), didSeek });
  }

  async #show(index: number): Promise<void> {
    if (this.silent) return;
    const stamp = timeOf(index);
    const hand = filmHand(index);
    await this.#camera?.publish(toCameraInfoMessage({ ...CAMERA, stamp }), stamp);
    if (this.#depth?.wanted()) await this.#depth.publish(toDepthImageMessage(depthAt(hand)), stamp);
    await this.#joints?.publish(toHandJointsMessage(hand), stamp);
  }
}

function clamp(index: number): number {
  return Math.min(FRAMES - 1, Math.max(0, index));
}

/** The hand of a frame of the film. */
export function filmHand(index: number): HandJoints {
  const stamp = timeOf(index);
  if (index >= LOST_FROM && index < LOST_TO) return lostHand(stamp, FRAME, 'right');
  const x = -0.08 + (0.16 * index) / FRAMES;
  const points = [[x, 0.06, 0.5]];
  for (let finger = 0; finger < 5; finger++) {
    const across = 0.018 * (finger - 2);
    for (let joint = 0; joint < 4; joint++) {
      points.push([x + across * (1 + joint / 4), 0.02 - 0.025 * joint, 0.5 - 0.003 * joint]);
    }
  }
  return {
    ...lostHand(stamp, FRAME, 'right'),
    tracked: true,
    positions: Float64Array.from(points.flat()),
    confidences: new Float32Array(21).fill(0.8),
  };
}

/** A wall at a metre, and squares of a centimetre where the joints are. */
function depthAt({ stamp, positions }: HandJoints) {
  const { width, height, fx, fy, cx, cy } = CAMERA;
  const depth = new Float32Array(width * height).fill(1);
  for (let i = 0; i < positions.length; i += 3) {
    const [x, y, z] = positions.subarray(i, i + 3);
    const u = Math.round((fx * x) / z + cx);
    const v = Math.round((fy * y) / z + cy);
    for (let dv = -1; dv <= 1; dv++) depth.fill(z, (v + dv) * width + u - 1, (v + dv) * width + u + 2);
  }
  return { stamp, frameId: FRAME, width, height, depth };
}
