import { type Transform, transformPoints } from '../geometry/index.js';
import { asLost } from '../hand/index.js';
import type { TransformBuffer } from '../rig/index.js';
import type { TrackerConfig } from './config.js';
import { Counters } from './counters.js';
import type { HandDetail, TrackResult } from './track-result.js';

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
 * for (const result of await tracker.track(frame)) await publisher.publish(target.apply(result));
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
    const { frameId, stamp, hands } = result;
    if (this.#target === '' || frameId === this.#target) return result;
    const lookup = this.#buffer.lookup(this.#target, frameId, stamp);
    if (lookup.state === 'found') {
      const moved = this.#moved(result, lookup.transform);
      if (moved.hands.every(({ positions }) => positions.every(Number.isFinite))) {
        this.#problem = undefined;
        return moved;
      }
    }
    const text = lookup.state === 'missing' ? lookup.text : 'the transforms lead to no finite place';
    this.#problem = `joints cannot be brought into ${JSON.stringify(this.#target)}: ${text}`;
    if (hands.length > 0) this.#counters.lostAfterwards(NO_TRANSFORM);
    return this.#lost(result);
  }

  #moved(result: TrackResult, transform: Transform): TrackResult {
    const frameId = this.#target;
    const moved = <T extends { readonly positions: Float64Array }>(hand: T) => {
      return { ...hand, positions: transformPoints(transform, hand.positions) };
    };
    const detail = ({ reference, raw }: HandDetail): HandDetail => {
      const rawMoved = new Map([...raw].map(([decoder, joints]) => [decoder, { ...moved(joints), frameId }]));
      if (reference.state === 'lost') return { reference, raw: rawMoved };
      const [x, y, z] = transformPoints(transform, reference.point.position);
      return {
        reference: { state: 'found', point: { ...reference.point, position: [x, y, z], arm: undefined } },
        raw: rawMoved,
      };
    };
    const details = new Map([...result.details].map(([id, of]) => [id, detail(of)]));
    return { ...result, frameId, hands: result.hands.map(moved), details };
  }

  /** Nothing of the frame may go out under the target frame's name: its reference points neither. */
  #lost(result: TrackResult): TrackResult {
    const lost = result.hands.map((hand) => asLost(hand, NO_TRANSFORM));
    const detail = ({ reference }: HandDetail): HandDetail => ({
      reference: reference.state === 'lost' ? reference : { state: 'lost', reason: 'no-candidate' },
      raw: new Map(),
    });
    const details = new Map([...result.details].map(([id, of]) => [id, detail(of)]));
    return { ...result, frameId: this.#target, hands: [], lost: [...lost, ...result.lost], details };
  }
}
