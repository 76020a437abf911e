import { PresenceMeter, presenceWeightsFor, type ReferencePoint } from '../detection/index.js';
import { type HandJoints, meanConfidence } from '../hand/index.js';
import type { NetworkFacts } from '../inference/inference.js';
import type { TrackerConfig } from './config.js';

/** So high a presence score is believed whatever there was at its place before. */
const SURE = 0.9;

type Joints = Pick<HandJoints, 'positions' | 'confidences'>;

/**
 * Whether the joints of one hand are believed: by the presence score where one was fitted for the method of detection and the model, else by the mean
 * confidence. Both halves of a cut pipeline have one; from the same frames they say the same.
 */
export class PresenceGate {
  readonly #config: TrackerConfig;
  readonly #meter: PresenceMeter | undefined;
  /** Whether the last frame's hand was believed. */
  #tracking = false;

  constructor(config: TrackerConfig, { name }: Pick<NetworkFacts, 'name'>) {
    const weights = presenceWeightsFor(config.detection.method, name);
    this.#config = config;
    this.#meter = weights && new PresenceMeter(weights);
  }

  /** The presence score of the frame's joints, 0 to 1; undefined where none was fitted. To be asked once a frame. */
  score(stamp: bigint, { confidence }: ReferencePoint, joints: Joints): number | undefined {
    return this.#meter?.score({ stamp, ...joints, evidence: confidence });
  }

  /**
   * Whether joints with this score are believed.
   *
   * @param trusted whether this was surely a hand a moment ago
   */
  believes(presence: number | undefined, joints: Joints, trusted: boolean): boolean {
    const { heatMaps, detection } = this.#config;
    if (presence !== undefined && this.#meter !== undefined) {
      if (this.#tracking && trusted) return presence >= detection.keepPresence;
      // what was refused for a while and looks better for a moment is no hand
      const isJudged = this.#tracking || trusted || presence >= SURE;
      return Math.min(presence, isJudged ? 1 : this.#meter.lately) >= detection.acquirePresence;
    }
    const { minConfidence, acquireConfidence } = heatMaps;
    const needed = this.#tracking ? minConfidence : Math.max(minConfidence, acquireConfidence);
    return !(meanConfidence(joints) < needed);
  }

  /** Whether the detector should look again. */
  doubts(stamp: bigint, point: ReferencePoint, joints: Joints): boolean {
    const presence = this.score(stamp, point, joints);
    if (presence === undefined) return meanConfidence(joints) < this.#config.heatMaps.acquireConfidence;
    return presence < this.#config.detection.doubt;
  }

  /** What became of the joints that were scored last. */
  settle(tracked: boolean): void {
    this.#tracking = tracked;
    this.#meter?.settle(tracked);
  }

  /** A frame without a hand. */
  lost(): void {
    this.#tracking = false;
    this.#meter?.reset();
  }
}
