import type { DepthFrame } from '../frames/depth-frame.js';
import { removeDominantPlane } from './background-plane.js';
import type { PixelWindow } from './depth-grid.js';
import { DepthGrid } from './depth-grid.js';
import { Geodesic } from './geodesic.js';
import { CANDIDATE_SPACING, isApart, palmCandidates } from './hand-candidates.js';
import { armDirection, centreOfHand } from './hand-centre.js';
import type { HandEvidence } from './hand-evidence.js';
import { EVIDENCE_REACH, EvidenceCollector, TORSO_HALF } from './hand-evidence.js';
import type { Scene, ScoreParts } from './hand-score.js';
import { scoreAtMost, scoreHand } from './hand-score.js';
import type { ReferenceConfig } from './reference-config.js';
import type { LostReason, Vec3 } from './reference-point.js';
import { Thickness } from './thickness.js';

const MAX_CANDIDATES = 24;
/** From a fingertip back to the palm's centre along the surface, metres. */
const TIP_TO_PALM = 0.095;
/** So far the palm's thickest place may be from there, metres. */
const CLIMB = 0.025;
/** So much surface as thick as a torso makes a torso, square metres. */
const TORSO_AREA = 0.006;

/** A candidate with all that was seen and said about it. */
export interface Candidate {
  readonly evidence: HandEvidence;
  readonly point: Vec3;
  readonly parts: ScoreParts;
}

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
  readonly grid = new DepthGrid();
  readonly thickness = new Thickness();
  /** Of the candidate that was looked at last, and of the best one so far. */
  #geodesic = new Geodesic();
  #bestGeodesic = new Geodesic();
  readonly #collector = new EvidenceCollector();
  /** What the last search looked at, best first: for viewers and tests. */
  candidates: readonly Candidate[] = [];
  readonly #config: ReferenceConfig;

  constructor(config: ReferenceConfig) {
    this.#config = config;
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
    const { grid } = this;
    this.candidates = [];
    grid.sample(frame, window, step, config.zone, config.depthJump);
    if (grid.filled === 0) return { found: false, reason: grid.seen === 0 ? 'no-depth' : 'zone-empty' };
    const finding = this.#best(threshold, expected, within);
    if (finding.found || !config.removePlane || !removeDominantPlane(grid)) return finding;
    const second = this.#best(threshold, expected, within);
    return second.found ? second : finding;
  }

  #best(threshold: number, expected: Vec3 | undefined, within: number): Finding {
    const { grid } = this;
    this.thickness.compute(grid);
    const candidates = this.#candidates(expected, within);
    candidates.sort(byScore);
    this.candidates = candidates;
    const best = candidates[0];
    if (best === undefined) return { found: false, reason: 'too-small' };
    if (best.parts.score < threshold) return { found: false, reason: 'no-candidate' };
    return {
      found: true,
      position: centreOfHand(grid, this.#bestGeodesic, best.evidence, this.#config),
      palm: best.point,
      arm: armDirection(best.evidence),
      score: best.parts.score,
    };
  }

  /**
   * Judge local maxima of the thickness, and a hand's length back from each end of a limb; the most promising first, and
   * none that could not be the best any more. Leaves the run from the best one in `#bestGeodesic`.
   */
  #candidates(expected: Vec3 | undefined, within: number): Candidate[] {
    const { grid, thickness } = this;
    const isNear = (cell: number) => expected === undefined || distance(grid, cell, expected) < within;
    const cells = palmCandidates(grid, thickness, MAX_CANDIDATES).filter(isNear);
    const scene: Scene = { nearest: nearestOf(grid, cells), torso: torsoDepth(grid, thickness), expected };
    const bound = (cell: number) => scoreAtMost(thickness.half[cell], pointAt(grid, cell), scene);
    cells.sort((a, b) => bound(b) - bound(a) || a - b);
    const maxima = cells.length;
    const candidates: Candidate[] = [];
    let best: Candidate | undefined;
    for (let i = 0; i < cells.length; i++) {
      const cell = cells[i];
      if (bound(cell) <= (best?.parts.score ?? 0)) continue;
      const evidence = this.#collector.collect(grid, thickness, this.#geodesic, cell, this.#config);
      for (const branch of i < maxima ? evidence.branches : []) {
        if (branch.leavesView || branch.reach < 0.12 || branch.reach > EVIDENCE_REACH - 0.01) continue;
        const palm = this.#thickestNear(this.#backFrom(branch.tip));
        if (cells.length >= 2 * MAX_CANDIDATES || !isNear(palm)) continue;
        if (isApart(grid, palm, cells, CANDIDATE_SPACING)) cells.push(palm);
      }
      if (evidence.area < this.#config.minHandArea) continue;
      const point = pointAt(grid, cell);
      const candidate = { evidence, point, parts: scoreHand(evidence, point, scene) };
      candidates.push(candidate);
      if (best === undefined || byScore(candidate, best) < 0) {
        best = candidate;
        [this.#geodesic, this.#bestGeodesic] = [this.#bestGeodesic, this.#geodesic];
      }
    }
    return candidates;
  }

  /** The cell TIP_TO_PALM nearer to the start of the last run, down the steepest way. */
  #backFrom(tip: number): number {
    const geodesic = this.#geodesic;
    const { neighbours } = this.grid;
    const goal = geodesic.at(tip) - TIP_TO_PALM;
    let cell = tip;
    while (geodesic.at(cell) > goal) {
      let next = cell;
      for (let k = 0; k < 8; k++) {
        const other = cell + neighbours[k];
        if (geodesic.at(other) < geodesic.at(next)) next = other;
      }
      if (next === cell) break;
      cell = next;
    }
    return cell;
  }

  /** Uphill in thickness from a cell, at most CLIMB away. */
  #thickestNear(start: number): number {
    const { grid } = this;
    const { half } = this.thickness;
    const { z, neighbours } = grid;
    const from = pointAt(grid, start);
    let cell = start;
    for (;;) {
      let next = cell;
      for (let k = 0; k < 8; k++) {
        const other = cell + neighbours[k];
        if (half[other] > half[next] && Math.abs(z[other] - z[cell]) < grid.jumpAt(z[cell])) next = other;
      }
      if (next === cell || distance(grid, next, from) > CLIMB) return cell;
      cell = next;
    }
  }
}

/** Best first; the order of cells decides between equals, so that it is the same each time. */
function byScore(a: Candidate, b: Candidate): number {
  return b.parts.score - a.parts.score || a.evidence.cell - b.evidence.cell;
}

function pointAt(grid: DepthGrid, cell: number): Vec3 {
  return [grid.x[cell], grid.y[cell], grid.z[cell]];
}

function distance(grid: DepthGrid, cell: number, point: Vec3): number {
  const dx = grid.x[cell] - point[0];
  const dy = grid.y[cell] - point[1];
  const dz = grid.z[cell] - point[2];
  return Math.sqrt(dx * dx + dy * dy + dz * dz);
}

function nearestOf(grid: DepthGrid, cells: readonly number[]): number {
  let nearest = Infinity;
  for (const cell of cells) if (grid.z[cell] < nearest) nearest = grid.z[cell];
  return nearest;
}

/** Mean depth of what is as thick as a torso; undefined where too little is. */
function torsoDepth(grid: DepthGrid, thickness: Thickness): number | undefined {
  const { z, cells } = grid;
  let area = 0;
  let sum = 0;
  for (let cell = 0; cell < cells; cell++) {
    if (thickness.half[cell] < TORSO_HALF) continue;
    const pitch = grid.pitchAt(z[cell]);
    area += pitch * pitch;
    sum += pitch * pitch * z[cell];
  }
  return area < TORSO_AREA ? undefined : sum / area;
}
