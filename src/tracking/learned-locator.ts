import type { DepthFrame } from '../depth/index.js';
import {
  type DetectionStages,
  type FoundHand,
  HandsFinder,
  type ReferencePoint,
  type Side,
} from '../detection/index.js';
import type { NetworkFacts } from '../inference/inference.js';
import type { TrackerConfig } from './config.js';
import { type HandLocator, type LocatedHand, type NoHand, WRONG_SCALES } from './hand-locator.js';
import type { RawAnswer } from './seen-frame.js';
import type { StageClock } from './stage-times.js';

/** A detector and a second stage that are so sure of a hand at another scale are believed. */
const SURE = 0.7;

/**
 * Hands by the learned detector, see `HandsFinder`.
 *
 * A model that wants the hand's direction (`hand-down`) has the middle root in the cube's centre; the others have the hand's centre of
 * mass there, as they were trained, and take the direction to the wrist for the forearm's.
 */
export class LearnedLocator implements HandLocator {
  readonly #finder: HandsFinder;
  readonly #stages: DetectionStages;
  readonly #onRoot: boolean;
  readonly #clock: StageClock;

  constructor(config: TrackerConfig, { roll }: Pick<NetworkFacts, 'roll'>, stages: DetectionStages, clock: StageClock) {
    const { detection, reference, handedness: side } = config;
    const { every, candidates, acquire, acquireMore, keep, maxHands } = detection;
    const { zone, trackRadius, maxGap, prediction } = reference;
    const looks = { every, candidates, acquire, acquireMore, keep, maxHands };
    const settings = { zone, trackRadius, maxGap, prediction, side, ...looks };
    this.#finder = new HandsFinder(settings, stages);
    this.#stages = stages;
    this.#onRoot = roll === 'hand-down';
    this.#clock = clock;
  }

  async locate(frame: DepthFrame): Promise<readonly (LocatedHand | NoHand)[]> {
    const sights = await this.#clock.wait('reference', () => this.#finder.find(frame));
    return sights.map((sight) => (sight.state === 'lost' ? sight : this.#located(sight)));
  }

  #located({ id, side, sideScore, root, mass, direction, confidence, source, settled, rough }: FoundHand): LocatedHand {
    const point: ReferencePoint = {
      position: this.#onRoot ? root : mass,
      arm: direction && [-direction[0], -direction[1]],
      confidence,
      source,
    };
    return { id, state: 'found', point, side, sideScore, unsure: !settled, rough };
  }

  judge(id: number, left: number): Side {
    return this.#finder.judge(id, left);
  }

  feedback(id: number, { positions, tracked, left, arm }: RawAnswer, doubtful: boolean): void {
    const direction = arm && ([-arm[0], -arm[1]] as const);
    this.#finder.feedback(id, {
      positions,
      tracked,
      doubtful,
      ...(left !== undefined && { left }),
      ...(direction && { direction }),
    });
  }

  allow(hands: number): void {
    this.#finder.allow(hands);
  }

  async misscaled(frame: DepthFrame): Promise<number | undefined> {
    for (const scale of WRONG_SCALES) {
      const { hands } = await this.#stages.detector.detect(frame, scale);
      const sure = hands.find(({ score }) => score >= SURE);
      if (sure === undefined) continue;
      const scaled = { ...frame, depth: frame.depth.map((z) => scale * z) };
      if ((await this.#stages.verifier.verify(scaled, sure)).hand >= SURE) return scale;
    }
    return undefined;
  }

  reset(): void {
    this.#finder.reset();
  }
}
