import type { DepthFrame } from '../depth/index.js';
import type { ReferencePoint } from '../detection/index.js';
import { type DetectionStages, LearnedFinder, type Side } from '../detection/index.js';
import type { NetworkFacts } from '../inference/inference.js';
import type { TrackerConfig } from './config.js';
import { type HandLocator, type LocatedHand, type NoHand, SINGLE_HAND, WRONG_SCALES } from './hand-locator.js';
import type { RawAnswer } from './seen-frame.js';
import type { StageClock } from './stage-times.js';

/** A detector and a second stage that are so sure of a hand at another scale are believed. */
const SURE = 0.7;

/**
 * One hand by the learned detector, see `LearnedFinder`.
 *
 * A model that wants the hand's direction (`hand-down`) has the middle root in the cube's centre; the others have the hand's centre of
 * mass there, as they were trained, and take the direction to the wrist for the forearm's.
 */
export class LearnedLocator implements HandLocator {
  readonly #finder: LearnedFinder;
  readonly #stages: DetectionStages;
  readonly #onRoot: boolean;
  readonly #clock: StageClock;

  constructor(config: TrackerConfig, { roll }: Pick<NetworkFacts, 'roll'>, stages: DetectionStages, clock: StageClock) {
    const { detection, reference, handedness: side } = config;
    const { every, candidates, acquire, keep } = detection;
    const { zone, trackRadius, maxGap, prediction } = reference;
    const settings = { zone, every, candidates, acquire, keep, trackRadius, maxGap, prediction, side };
    this.#finder = new LearnedFinder(settings, stages);
    this.#stages = stages;
    this.#onRoot = roll === 'hand-down';
    this.#clock = clock;
  }

  async locate(frame: DepthFrame): Promise<readonly [LocatedHand | NoHand]> {
    const sight = await this.#clock.wait('reference', () => this.#finder.find(frame));
    const { side, sideScore } = this.#finder;
    if (sight.state === 'lost') return [{ id: SINGLE_HAND, side, sideScore, ...sight }];
    const { root, mass, direction, confidence, source, settled, rough } = sight;
    const point: ReferencePoint = {
      position: this.#onRoot ? root : mass,
      arm: direction && [-direction[0], -direction[1]],
      confidence,
      source,
    };
    return [{ id: SINGLE_HAND, state: 'found', point, side, sideScore, unsure: !settled, rough }];
  }

  judge(_id: number, left: number): Side {
    return this.#finder.judge(left);
  }

  feedback(_id: number, { positions, tracked }: RawAnswer, doubtful: boolean): void {
    this.#finder.feedback({ positions, tracked, doubtful });
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
