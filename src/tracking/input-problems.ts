import type { DropCause } from './counters.js';

/** What was wrong with messages of one topic, of one kind: plain data. */
export interface InputProblem {
  readonly topic: string;
  /** An error code or a pairing cause, as in the counts of what was dropped; or `camera-mismatch`. */
  readonly cause: DropCause;
  readonly count: number;
  /** Of the first one, in full. */
  readonly text: string;
  /** What to do about it. */
  readonly remedy: string;
}

const CAMERA_TOPIC = 'set topics.camera_info to the info of the camera that took the depth images';
const DEPTH_TOPIC = 'set topics.depth to a depth topic: 16UC1, mono16, 32FC1 or compressedDepth (PNG or RVL)';
const TRANSPORT = 'check the camera driver and the transport; voxhand check finds the frames';

const REMEDIES = new Map<DropCause, string>([
  [
    'camera-missing',
    'record the camera info with the depth images, or set topics.camera_info; with input.pairing: stamp their stamps must agree within input.tolerance',
  ],
  ['camera-mismatch', CAMERA_TOPIC],
  ['CAMERA_INVALID', 'calibrate the camera, or have its driver fill in K and P; record again when it does'],
  ['CAMERA_UNSUPPORTED', 'use rectified images (input.rectified), or a lens model that is supported'],
  ['DEPTH_ENCODING', DEPTH_TOPIC],
  ['DEPTH_FORMAT', 'record the raw depth topic or compressedDepth (PNG or RVL), and set topics.depth to it'],
  ['DEPTH_SIZE', `${CAMERA_TOPIC}, of the same size; where images are too large, raise input.max_pixels`],
  ['PNG_INVALID', TRANSPORT],
  ['RVL_INVALID', TRANSPORT],
  ['MESSAGE_INVALID', 'do as the text says where it names a way; else check the publisher and its message package'],
  ['SCHEMA_UNSUPPORTED', 'record the topic with its definition (ros2msg), as JSON or as protobuf'],
  ['queue-full', 'use input.pairing: latest, or a longer queue_size'],
  ['time-jump', 'nothing for a recording that loops; else look for a second publisher'],
]);

/** What to do about a cause of drops, in a few words. */
export function remedyOf(cause: DropCause): string {
  return REMEDIES.get(cause) ?? 'see docs/troubleshooting.md, "Frames that were dropped"';
}

/** Causes and topics are bounded by the code; this bounds them for certain. */
const MOST = 64;

/** What was wrong with the input, by topic and cause: of each the first, and how many there were. */
export class InputProblems {
  readonly #problems = new Map<string, InputProblem>();

  add(cause: DropCause, text: string, topic: string): void {
    const key = `${topic} ${cause}`;
    const known = this.#problems.get(key);
    if (known !== undefined) this.#problems.set(key, { ...known, count: known.count + 1 });
    else if (this.#problems.size < MOST) {
      this.#problems.set(key, { topic, cause, count: 1, text, remedy: remedyOf(cause) });
    }
  }

  /** In the order in which they came first. */
  all(): readonly InputProblem[] {
    return [...this.#problems.values()];
  }
}
