import type { Vec3 } from '../../geometry/index.js';
import type { DepthGrid } from './depth-grid.js';
import { Geodesic } from './geodesic.js';
import { EVIDENCE_REACH, EvidenceCollector, FINGER_LIMIT, type HandEvidence, TORSO_HALF } from './hand-evidence.js';
import { asElbow, type Place, type Scene, type ScoreParts, scoreAtMost, scoreHand } from './hand-score.js';
import { limbBetween } from './limb.js';
import type { ReferenceConfig } from './reference-config.js';
import { Thickness } from './thickness.js';
import { ThinArea } from './thin-area.js';

/** Cells that the evidence of one search may walk over, all candidates together; a torso is about ten thousand. */
const MAX_WORK = 60_000;
/** From a fingertip back to the palm's centre along the surface, metres. */
const TIP_TO_PALM = 0.095;
/** So far the palm's thickest place may be from there, metres. */
const CLIMB = 0.025;
/** So much surface as thick as a torso makes a torso, square metres. */
const TORSO_AREA = 0.006;
/** A hand that scores at least this share of its elbow's score is preferred to it. */
const HAND_SHARE = 0.7;
/** So much less may be seen of a hand's fingers than of what the elbow has instead; so much more where the limb is short. */
const FINGERS_MARGIN = 0.15;

/** A candidate with its evidence and its score. */
export interface Candidate {
  readonly evidence: HandEvidence;
  readonly point: Vec3;
  readonly parts: ScoreParts;
}

/** A cell that may be a palm's centre, before anything around it was looked at. */
interface Hopeful {
  readonly cell: number;
  readonly where: Place;
  /** About the most that it can score. */
  readonly bound: number;
}

/** Looks for hands in a grid. Owns its scratch memory. */
export class CandidateSearch {
  readonly #config: ReferenceConfig;
  readonly #thickness = new Thickness();
  readonly #thin = new ThinArea();
  readonly #geodesic = new Geodesic();
  readonly #collector = new EvidenceCollector();

  constructor(config: ReferenceConfig) {
    this.#config = config;
  }

  /**
   * Judge local maxima of the thickness, and a hand's length back from each end of a limb: the most promising first, so that
   * no clutter takes their turn, and none that could not be the best any more. The forearm's other end, the elbow, gives way
   * to its hand.
   *
   * @param threshold what cannot score as much is not looked at
   * @param expected where a palm is expected, metres; favours candidates near it
   * @param within only candidates within this distance of `expected` count, metres
   * @returns best first; empty where nothing is large enough, undefined where nothing was worth a look
   */
  search(
    grid: DepthGrid,
    threshold: number,
    expected: Vec3 | undefined,
    within: number,
  ): readonly Candidate[] | undefined {
    this.#thickness.compute(grid);
    this.#thin.fill(grid, this.#thickness);
    const cells = palmCandidates(grid, this.#thickness);
    const torso = torsoDepth(grid, this.#thickness);
    const scene: Scene = { nearest: nearestOf(grid, cells), torso, expected };
    const isNear = (cell: number) => expected === undefined || distance(grid, cell, expected) < within;
    const hopefuls = cells.filter(isNear).map((cell) => this.#hopeful(grid, cell, cells, scene));
    hopefuls.sort((a, b) => b.bound - a.bound || a.cell - b.cell);

    const candidates: Candidate[] = [];
    let work = 0;
    let best = 0;
    const judge = ({ cell, where }: Hopeful): HandEvidence => {
      const evidence = this.#collector.collect(grid, this.#thickness, this.#geodesic, cell, this.#config);
      work += this.#geodesic.count;
      if (evidence.area >= this.#config.minHandArea) {
        const parts = scoreHand(evidence, where, scene);
        candidates.push({ evidence, point: where.point, parts });
        best = Math.max(best, parts.score);
      }
      return evidence;
    };
    const isWorthIt = ({ bound }: Hopeful) => bound > best && bound >= threshold && work < MAX_WORK;
    let looked = false;
    for (const hopeful of hopefuls) {
      if (!isWorthIt(hopeful)) break;
      looked = true;
      for (const palm of this.#backFromEnds(grid, judge(hopeful))) {
        if (!isNear(palm) || !isApart(grid, palm, cells, CANDIDATE_SPACING)) continue;
        cells.push(palm);
        const other = this.#hopeful(grid, palm, cells, scene);
        if (isWorthIt(other)) judge(other);
      }
    }
    if (!looked && cells.length > 0) return undefined;

    for (;;) {
      const elbow = bestOf(candidates);
      if (elbow === undefined || elbow.parts.notElbow < 1) break;
      for (const cell of cells) {
        if (!isNear(cell) || candidates.some(({ evidence }) => evidence.cell === cell)) continue;
        if (limbBetween(grid, this.#thickness, cell, elbow.evidence.cell) === undefined) continue;
        judge(this.#hopeful(grid, cell, cells, scene));
      }
      if (!candidates.some((hand) => this.#isHandOf(grid, hand, elbow))) break;
      candidates[candidates.indexOf(elbow)] = { ...elbow, parts: asElbow(elbow.parts) };
    }
    return candidates.sort(byScore);
  }

  /** Whether the one is a hand, and the other the elbow of its limb. */
  #isHandOf(grid: DepthGrid, hand: Candidate, elbow: Candidate): boolean {
    if (hand.parts.score < HAND_SHARE * elbow.parts.score) return false;
    const limb = limbBetween(grid, this.#thickness, hand.evidence.cell, elbow.evidence.cell);
    if (limb === undefined) return false;
    return hand.parts.fingers - elbow.parts.fingers > (limb.long ? -FINGERS_MARGIN : FINGERS_MARGIN);
  }

  #hopeful(grid: DepthGrid, cell: number, cells: readonly number[], scene: Scene): Hopeful {
    const thickness = this.#thickness;
    // what is farther than its hand makes no difference
    const nearer = cells.filter((other) => grid.z[other] < grid.z[cell]);
    const elbows = nearer.filter((other) => limbBetween(grid, thickness, cell, other) !== undefined);
    const where = { point: pointAt(grid, cell), elbows: elbows.map((elbow) => pointAt(grid, elbow)) };
    const fingerArea = this.#thin.around(grid, cell, FINGER_LIMIT);
    return { cell, where, bound: scoreAtMost(thickness.half[cell], fingerArea, where, scene) };
  }

  /** Where palms may be that have no maximum of their own: a hand's length back from the ends of what leaves the last candidate. */
  #backFromEnds(grid: DepthGrid, { branches }: HandEvidence): number[] {
    return branches
      .filter(({ leavesView, reach }) => !leavesView && reach >= 0.12 && reach <= EVIDENCE_REACH - 0.01)
      .map(({ tip }) => this.#thickestNear(grid, this.#backFrom(grid, tip)));
  }

  /** The cell TIP_TO_PALM nearer to the start of the last run, down the steepest way. */
  #backFrom({ neighbours }: DepthGrid, tip: number): number {
    const geodesic = this.#geodesic;
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
  #thickestNear(grid: DepthGrid, start: number): number {
    const { half } = this.#thickness;
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

function bestOf(candidates: readonly Candidate[]): Candidate | undefined {
  return candidates.toSorted(byScore)[0];
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

/** Half-widths of a palm as seen from any side, metres: edge on to gloved. */
const PALM_MIN = 0.009;
const PALM_MAX = 0.066;
/** No two candidates are nearer to each other than this, metres. */
export const CANDIDATE_SPACING = 0.04;

/**
 * Cells that may be a palm's centre: all local maxima of the thickness that are as thick as a hand, thickest first, spaced
 * apart.
 */
export function palmCandidates(grid: DepthGrid, thickness: Thickness): number[] {
  const { z, cols, rows, neighbours } = grid;
  const { half } = thickness;
  const maxima: number[] = [];
  for (let row = 1; row < rows - 1; row++) {
    for (let cell = row * cols + 1, end = cell + cols - 2; cell < end; cell++) {
      const h = half[cell];
      if (h < PALM_MIN || h > PALM_MAX) continue;
      const jump = grid.jumpAt(z[cell]);
      let highest = true;
      for (let k = 0; k < 8 && highest; k++) {
        const other = cell + neighbours[k];
        if (half[other] > h && Math.abs(z[other] - z[cell]) < jump) highest = false;
      }
      if (highest) maxima.push(cell);
    }
  }
  maxima.sort((a, b) => half[b] - half[a] || a - b);
  const kept: number[] = [];
  for (const cell of maxima) {
    if (isApart(grid, cell, kept, Math.max(CANDIDATE_SPACING, half[cell]))) kept.push(cell);
  }
  return kept;
}

/** Whether the cell is at least `spacing` from all others, metres. */
export function isApart(grid: DepthGrid, cell: number, others: readonly number[], spacing: number): boolean {
  const { x, y, z } = grid;
  for (const other of others) {
    const dx = x[cell] - x[other];
    const dy = y[cell] - y[other];
    const dz = z[cell] - z[other];
    // no Math.hypot: it puts its arguments into an array
    if (dx * dx + dy * dy + dz * dz < spacing * spacing) return false;
  }
  return true;
}
