import { type Transform, transformPoints } from '../geometry/index.js';
import { type HandJoints, lostHand } from '../hand/index.js';
import type { TransformBuffer } from '../rig/index.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import type { FrameDetail, TrackResult } from './track-result.js';

/** Counted as this where a hand could not be brought into the target frame. */
export const NO_TRANSFORM = 'no-transform';

/**
 * Brings results from the camera's frame into the configured one, after smoothing.
 *
 * Smoothing stays in the camera's frame: its gate, prior and filters were fitted to how a hand moves in front of a camera, and
 * one transform that comes late does not bend them.
 *
 * A result is never held back for a transform. It is looked up when the result is done, an inference after its frame was taken;
 * a transform that has not come by then is taken from the nearest sample within `transforms.tolerance`. Where there is none, the
 * result becomes a said loss in the target frame, so that nobody keeps old joints.
 *
 * Joints, the joints before smoothing and the reference point's position are brought over. The direction of the forearm is one
 * in the camera's image and is left out; the cube stays in the camera's frame.
 *
 * @example
 * ```ts
 * const buffer = new TransformBuffer(config.transforms);
 * const target = new TargetFrame(config, buffer);
 * results.pipe(map((result) => target.apply(result))).subscribe(publishHands(bus, config));
 * ```
 */
export class TargetFrame {
  readonly #target: string;
  readonly #buffer: TransformBuffer;
  readonly #counters: Counters;
  #problem: string | undefined;

  /** Without a target frame in the configuration, results pass as they are. */
  constructor(
    { output }: Pick<TrackerConfig, 'output'>,
    buffer: TransformBuffer,
    { counters = new Counters() }: { readonly counters?: Counters } = {},
  ) {
    this.#target = output.targetFrame;
    this.#buffer = buffer;
    this.#counters = counters;
  }

  /** Why the last result could not be brought over, in words; undefined where it could. */
  get problem(): string | undefined {
    return this.#problem;
  }

  apply(result: TrackResult): TrackResult {
    const { joints, detail } = result;
    if (this.#target === '' || joints.frameId === this.#target) return result;
    const lookup = this.#buffer.lookup(this.#target, joints.frameId, joints.stamp);
    if (lookup.state === 'found') {
      const moved = this.#moved(joints, lookup.transform);
      if (moved.positions.every(Number.isFinite)) {
        this.#problem = undefined;
        return { joints: moved, detail: this.#movedDetail(detail, lookup.transform) };
      }
    }
    const text = lookup.state === 'missing' ? lookup.text : 'the transforms lead to no finite place';
    this.#problem = `joints cannot be brought into ${JSON.stringify(this.#target)}: ${text}`;
    if (joints.tracked) this.#counters.lostAfterwards(NO_TRANSFORM);
    return this.#lost(result);
  }

  #moved(joints: HandJoints, transform: Transform): HandJoints {
    return { ...joints, frameId: this.#target, positions: transformPoints(transform, joints.positions) };
  }

  #movedDetail(detail: FrameDetail, transform: Transform): FrameDetail {
    const { reference, raw } = detail;
    const moved = {
      ...detail,
      frameId: this.#target,
      raw: new Map([...raw].map(([decoder, joints]) => [decoder, this.#moved(joints, transform)])),
    };
    if (reference.state === 'lost') return moved;
    const [x, y, z] = transformPoints(transform, reference.point.position);
    return {
      ...moved,
      reference: { state: 'found', point: { ...reference.point, position: [x, y, z], arm: undefined } },
    };
  }

  /** Nothing of the frame may go out under the target frame's name: its reference point neither. */
  #lost({ joints, detail }: TrackResult): TrackResult {
    const { stamp, handedness, handId, lagFrames } = joints;
    const { reference } = detail;
    return {
      joints: lostHand(stamp, this.#target, handedness, handId, lagFrames),
      detail: {
        ...detail,
        frameId: this.#target,
        reference: reference.state === 'lost' ? reference : { state: 'lost', reason: 'no-candidate' },
        raw: new Map(),
      },
    };
  }
}
