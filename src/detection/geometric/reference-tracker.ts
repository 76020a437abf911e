import type { DepthFrame } from '../../depth/depth-frame.js';
import { samplesOf } from '../../depth/stored-depth.js';
import { VoxhandError } from '../../errors/index.js';
import { distance, type Vec3 } from '../../geometry/index.js';
import { secondsBetween } from '../../timing/index.js';
import type { PixelWindow } from './depth-grid.js';
import type { Finding } from './hand-finder.js';
import { HandFinder } from './hand-finder.js';
import type { ReferenceConfig } from './reference-config.js';
import { referenceConfig } from './reference-config.js';
import type { LostReason, ReferenceResult } from './reference-point.js';

/** Cells of a tracked window are this wide at the hand, metres: a finger is three of them. */
const TRACKED_PITCH = 0.0045;
/** Nothing that a hand does is faster, metres per second. */
const MAX_SPEED = 4;
/** No depth camera sees anything nearer, metres. */
const MIN_DEPTH = 0.02;
/** Another hand farther than this from the tracked one is another hand, metres. */
const OTHER_HAND = 0.12;
/** Decoded joints that are not believed so many times in a row make the tracker look around. */
const MAX_DOUBTS = 5;

/**
 * Says where the hand is, frame by frame.
 *
 * The first frame, and each one after a loss, is searched whole; then only a window around the point where the last
 * frames say the hand is. One tracker follows one hand of one camera; frames must come in the order of their stamps.
 * The same frames give the same results: time is read from the stamps only.
 */
export interface ReferenceTracker {
  /**
   * @throws VoxhandError `DEPTH_SIZE` or `CAMERA_INVALID` for a frame that contradicts itself; the tracker stays as it
   * was.
   */
  track(frame: DepthFrame): ReferenceResult;
  /**
   * Tell the tracker what came out of its last point: the centre of the decoded joints (metres, optical frame) and how
   * sure the decoder is. Believed, it is where the next frame looks; not believed several times in a row, the whole
   * frame is searched again.
   */
  feedback(center: Vec3, confidence: number): void;
  /** Forget the last pose. */
  reset(): void;
}

/** A hand that is being followed. */
interface Track {
  readonly stamp: bigint;
  readonly position: Vec3;
  readonly palm: Vec3;
  /** Metres per second. */
  readonly velocity: Vec3;
}

type Found = Extract<Finding, { found: true }>;

/**
 * @param config what differs from the defaults
 * @throws VoxhandError `CONFIG_INVALID`
 */
export function createReferenceTracker(config: Partial<ReferenceConfig> = {}): ReferenceTracker {
  return new WindowTracker(referenceConfig(config));
}

class WindowTracker implements ReferenceTracker {
  readonly #config: ReferenceConfig;
  readonly #finder: HandFinder;
  #track: Track | undefined;
  #sinceRecheck = 0;
  #suspected = false;
  #doubts = 0;
  #fedBack: Vec3 | undefined;

  constructor(config: ReferenceConfig) {
    this.#config = config;
    this.#finder = new HandFinder(config);
  }

  track(frame: DepthFrame): ReferenceResult {
    checkFrame(frame);
    const previous = this.#track;
    if (previous === undefined) return this.#acquire(frame, undefined);
    const elapsed = secondsBetween(previous.stamp, frame.stamp);
    if (elapsed < 0 || elapsed > this.#config.maxGap) {
      this.reset();
      return this.#acquire(frame, undefined);
    }
    const expected = this.#expected(previous, elapsed);
    const here = this.#finder.find(
      frame,
      windowAround(frame, expected, this.#config.windowRadius),
      Math.max(1, Math.round((TRACKED_PITCH * frame.camera.fx) / expected[2])),
      this.#config.keepScore,
      expected,
      this.#config.trackRadius,
    );
    if (!here.found) return this.#acquire(frame, expected);
    const other = this.#recheck(frame, here);
    return other !== undefined
      ? this.#found(frame, other, 'acquired')
      : this.#found(frame, here, 'tracked', previous, elapsed);
  }

  feedback(center: Vec3, confidence: number): void {
    if (confidence >= this.#config.minFeedbackConfidence && center.every(Number.isFinite)) {
      this.#fedBack = center;
      this.#doubts = 0;
    } else {
      this.#fedBack = undefined;
      this.#doubts++;
    }
  }

  reset(): void {
    this.#track = undefined;
    this.#fedBack = undefined;
    this.#suspected = false;
    this.#sinceRecheck = 0;
    this.#doubts = 0;
  }

  /** Where the palm should be after `elapsed` seconds. Joints that were fed back correct the point, if they are near. */
  #expected(track: Track, elapsed: number): Vec3 {
    const { palm, position, velocity } = track;
    const fedBack = this.#fedBack;
    this.#fedBack = undefined;
    const ahead = this.#config.prediction * elapsed;
    // Never behind the camera, however fast the hand came.
    const zNear = Math.max(MIN_DEPTH, this.#config.zone.z[0]);
    const near = fedBack !== undefined && distance(fedBack, position) < this.#config.trackRadius;
    const from = near ? mix(palm, fedBack, 0.5) : palm;
    return [
      from[0] + ahead * velocity[0],
      from[1] + ahead * velocity[1],
      Math.max(zNear, from[2] + ahead * velocity[2]),
    ];
  }

  #acquire(frame: DepthFrame, expected: Vec3 | undefined): ReferenceResult {
    const finding = this.#searchAll(frame, expected);
    if (!finding.found) {
      this.reset();
      return lost(finding.reason);
    }
    return this.#found(frame, finding, 'acquired');
  }

  #searchAll(frame: DepthFrame, expected: Vec3 | undefined): Finding {
    const { width, height } = frame;
    const step = Math.max(1, Math.ceil(Math.max(width, height) / this.#config.gridCells));
    return this.#finder.find(frame, [0, 0, width, height], step, this.#config.acquireScore, expected);
  }

  /** Now and then, look at the whole frame: a better hand elsewhere, seen in two frames in a row, takes over. */
  #recheck(frame: DepthFrame, here: Found): Found | undefined {
    const { recheckFrames, switchMargin } = this.#config;
    const due = recheckFrames > 0 && ++this.#sinceRecheck >= recheckFrames;
    if (!due && !this.#suspected && this.#doubts < MAX_DOUBTS) return undefined;
    this.#sinceRecheck = 0;
    this.#doubts = 0;
    const best = this.#searchAll(frame, undefined);
    const better = best.found && distance(best.palm, here.palm) > OTHER_HAND && best.score > here.score + switchMargin;
    const takesOver = better && this.#suspected;
    this.#suspected = better && !takesOver;
    return takesOver ? best : undefined;
  }

  #found(
    frame: DepthFrame,
    finding: Found,
    source: 'acquired' | 'tracked',
    previous?: Track,
    elapsed = 0,
  ): ReferenceResult {
    const { position, palm, arm, score } = finding;
    const velocity = velocityBetween(previous, position, elapsed);
    this.#track = { stamp: frame.stamp, position, palm, velocity };
    if (source === 'acquired') this.#sinceRecheck = 0;
    return { state: 'found', point: { position, arm, confidence: Math.min(1, score), source } };
  }
}

function lost(reason: LostReason): ReferenceResult {
  return { state: 'lost', reason };
}

function velocityBetween(previous: Track | undefined, position: Vec3, elapsed: number): Vec3 {
  if (previous === undefined || elapsed <= 0) return [0, 0, 0];
  const from = previous.position;
  const speed = distance(position, from) / elapsed;
  const scale = (speed > MAX_SPEED ? MAX_SPEED / speed : 1) / elapsed;
  return [(position[0] - from[0]) * scale, (position[1] - from[1]) * scale, (position[2] - from[2]) * scale];
}

function mix(a: Vec3, b: Vec3, share: number): Vec3 {
  return [a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share, a[2] + (b[2] - a[2]) * share];
}

/** Pixels that a square of half edge `radius` around `center`, facing the camera, covers. */
function windowAround(frame: DepthFrame, center: Vec3, radius: number): PixelWindow {
  const { fx, fy, cx, cy } = frame.camera;
  const [x, y, z] = center;
  return [
    cx + ((x - radius) / z) * fx,
    cy + ((y - radius) / z) * fy,
    cx + ((x + radius) / z) * fx,
    cy + ((y + radius) / z) * fy,
  ];
}

function checkFrame(frame: DepthFrame): void {
  const { width, height, camera } = frame;
  const { samples, stride } = samplesOf(frame);
  if (!(width > 0 && height > 0) || samples.length < stride * (height - 1) + width) {
    throw new VoxhandError('DEPTH_SIZE', 'depth image is smaller than its declared size', {
      expected: `${width} * ${height} values`,
      found: `${samples.length}`,
      where: `frame ${frame.frameId} at ${frame.stamp} ns`,
    });
  }
  if (!(camera.fx > 0 && camera.fy > 0 && Number.isFinite(camera.fx * camera.fy))) {
    throw new VoxhandError('CAMERA_INVALID', 'focal length', {
      expected: 'fx > 0 and fy > 0',
      found: `fx ${camera.fx}, fy ${camera.fy}`,
      where: `frame ${frame.frameId}`,
    });
  }
}
