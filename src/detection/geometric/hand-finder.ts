import type { DepthFrame } from '../../depth/depth-frame.js';
import type { Vec3 } from '../../geometry/index.js';
import { removeDominantPlane } from './background-plane.js';
import type { Candidate } from './candidate-search.js';
import { CandidateSearch } from './candidate-search.js';
import type { PixelWindow } from './depth-grid.js';
import { DepthGrid } from './depth-grid.js';
import { Geodesic } from './geodesic.js';
import { armDirection, centreOfHand } from './hand-centre.js';
import { EVIDENCE_REACH } from './hand-evidence.js';
import type { ReferenceConfig } from './reference-config.js';
import type { LostReason } from './reference-point.js';

/** The best hand in a window of a frame, or why there is none. */
export type Finding =
  | {
      readonly found: true;
      /** Centre of mass, metres. */
      readonly position: Vec3;
      /** Middle of the palm on the surface, metres: what to expect in the next frame. */
      readonly palm: Vec3;
      readonly arm: readonly [number, number] | undefined;
      readonly score: number;
    }
  | { readonly found: false; readonly reason: LostReason };

/** Finds the best hand in a window of a depth frame. Owns its scratch memory; keep one per stream. */
export class HandFinder {
  /** What the last search looked at, best first: for viewers and tests. */
  candidates: readonly Candidate[] = [];
  readonly #config: ReferenceConfig;
  readonly #grid = new DepthGrid();
  readonly #search: CandidateSearch;
  readonly #geodesic = new Geodesic();

  constructor(config: ReferenceConfig) {
    this.#config = config;
    this.#search = new CandidateSearch(config);
  }

  /**
   * @param threshold score below which nothing is found
   * @param expected where a palm is expected, metres; favours candidates near it
   * @param within only candidates within this distance of `expected` count, metres
   */
  find(
    frame: DepthFrame,
    window: PixelWindow,
    step: number,
    threshold: number,
    expected?: Vec3,
    within = Infinity,
  ): Finding {
    const config = this.#config;
    const grid = this.#grid;
    this.candidates = [];
    grid.sample(frame, window, step, config.zone, config.depthJump);
    if (grid.filled === 0) return { found: false, reason: grid.seen === 0 ? 'no-depth' : 'zone-empty' };
    const finding = this.#best(threshold, expected, within);
    if (finding.found || !config.removePlane || !removeDominantPlane(grid)) return finding;
    const second = this.#best(threshold, expected, within);
    return second.found ? second : finding;
  }

  #best(threshold: number, expected: Vec3 | undefined, within: number): Finding {
    const grid = this.#grid;
    const candidates = this.#search.search(grid, threshold, expected, within);
    this.candidates = candidates ?? [];
    if (candidates?.length === 0) return { found: false, reason: 'too-small' };
    const best = candidates?.[0];
    if (best === undefined || best.parts.score < threshold) return { found: false, reason: 'no-candidate' };
    this.#geodesic.run(grid, best.evidence.cell, EVIDENCE_REACH);
    return {
      found: true,
      position: centreOfHand(grid, this.#geodesic, best.evidence, this.#config),
      palm: best.point,
      arm: armDirection(best.evidence),
      score: best.parts.score,
    };
  }
}
