import type { Vec3 } from '../../geometry/index.js';
import type { DepthGrid } from './depth-grid.js';
import type { Geodesic } from './geodesic.js';
import type { ReferenceConfig } from './reference-config.js';
import { domeHeight } from './surface-dome.js';
import type { Thickness } from './thickness.js';

/** How far the surface is followed from a candidate, metres: a hand and a good part of its forearm. */
export const EVIDENCE_REACH = 0.26;
/** Beyond this distance from the palm's centre the surface falls into branches: fingers, forearm. */
const BRANCH_START = 0.085;
const RING_WIDTH = 0.02;
const FAR_RING_START = 0.175;
const FAR_RING_WIDTH = 0.035;
/** Anything smaller is noise. */
const MIN_CELLS = 3;
/** So much of a branch says where it goes: on a forearm that is cut short, the next thing is the body. */
const DIRECTION_LENGTH = 0.06;
/** Thumb and held things hang on nearer than this; an arm that is seen beyond gives its direction from there, metres. */
const BEYOND_HAND = 0.17;
/** That much of the arm must be seen beyond, square metres. */
const ENOUGH_ARM = 0.0008;
/** From the palm's centre no fingertip is farther than this along the surface, but the forearm is. */
export const FINGER_LIMIT = 0.165;
/** Half-width from which on a branch is no single finger: a child's wrist seen from its narrow side. */
const ARM_MIN_HALF = 0.0145;
/** Half-width of what can only be a torso. */
export const TORSO_HALF = 0.068;

/** A part of the surface that leaves the palm: fingers (together or one by one) or the forearm. */
export interface Branch {
  /** Its farthest cell. */
  readonly tip: number;
  /** Farthest distance from the candidate, at most {@link EVIDENCE_REACH}. */
  readonly reach: number;
  /** Thickest half-width where it leaves, metres. */
  readonly half: number;
  /** Thickest half-width 90 mm farther out; undefined where the branch does not go that far. */
  readonly farHalf: number | undefined;
  /** Whether it reaches the edge of what is looked at. */
  readonly leavesView: boolean;
  /** From the candidate to the middle of the branch's beginning, metres, not normalised. */
  readonly direction: Vec3;
}

/** What is seen around a cell that may be the centre of a palm. */
export interface HandEvidence {
  readonly cell: number;
  /** Half the local width. */
  readonly half: number;
  /** Visible surface within the hand's radius, and that part of it that is finger-thin, square metres. */
  readonly area: number;
  readonly fingerArea: number;
  readonly branches: readonly Branch[];
  /** Whether something thicker than a finger leaves the view right here, so that what goes on there is not seen. */
  readonly leavesView: boolean;
  /** The branch that is the forearm, if one is. */
  readonly arm: Branch | undefined;
  /** How far it bulges towards the camera, see `domeHeight`; metres. */
  readonly dome: number;
  /** Distance along the surface to the nearest part as thick as a torso; Infinity where none is near. */
  readonly torso: number;
}

/** Looks at the surface around cells; owns the scratch memory for it. */
export class EvidenceCollector {
  /** What a cell is labelled with that lies beyond BRANCH_START of the candidate in hand, until it belongs to a branch. */
  #beyond = 0;
  #label = new Int32Array(0);
  #stack = new Int32Array(0);

  /** Collect evidence around `cell`; leaves the run of `geodesic` from that cell for further use. */
  collect(
    grid: DepthGrid,
    thickness: Thickness,
    geodesic: Geodesic,
    cell: number,
    config: ReferenceConfig,
  ): HandEvidence {
    geodesic.run(grid, cell, EVIDENCE_REACH);
    const { order, count } = geodesic;
    const { z } = grid;
    let area = 0;
    let fingerArea = 0;
    let torso = Infinity;
    let leavesView = false;
    for (let i = 0; i < count; i++) {
      const at = order[i];
      const d = geodesic.at(at);
      const pitch = grid.pitchAt(z[at]);
      if (d < config.handRadius) area += pitch * pitch;
      if (d < FINGER_LIMIT && thickness.thin[at] === 1) fingerArea += pitch * pitch;
      if (d < BRANCH_START && thickness.half[at] >= ARM_MIN_HALF && grid.edge[at] === 1) leavesView = true;
      if (torso === Infinity && thickness.half[at] > TORSO_HALF) torso = d;
    }
    const branches = this.#branches(grid, thickness, geodesic, cell);
    const dome = domeHeight(grid, geodesic, cell);
    return {
      cell,
      half: thickness.half[cell],
      area,
      fingerArea,
      branches,
      leavesView,
      arm: forearmOf(branches),
      dome,
      torso,
    };
  }

  /** Connected pieces of what lies beyond BRANCH_START. */
  #branches(grid: DepthGrid, thickness: Thickness, geodesic: Geodesic, center: number): Branch[] {
    if (this.#label.length < grid.cells) {
      this.#label = new Int32Array(grid.cells);
      this.#stack = new Int32Array(grid.cells);
      this.#beyond = 0;
    }
    const label = this.#label;
    const beyond = ++this.#beyond;
    const { order, count } = geodesic;
    for (let i = 0; i < count; i++) label[order[i]] = geodesic.at(order[i]) < BRANCH_START ? 0 : beyond;
    const branches: Branch[] = [];
    for (let i = 0; i < count; i++) {
      const seed = order[i];
      if (label[seed] !== beyond) continue;
      const branch = this.#flood(grid, thickness, geodesic, center, seed);
      if (branch !== undefined) branches.push(branch);
    }
    return branches;
  }

  /** The branch that `seed` belongs to, labelled; undefined for specks. */
  #flood(grid: DepthGrid, thickness: Thickness, geodesic: Geodesic, center: number, seed: number): Branch | undefined {
    const { x, y, z, edge, neighbours } = grid;
    const label = this.#label;
    const beyond = this.#beyond;
    const stack = this.#stack;
    let top = 0;
    stack[top++] = seed;
    label[seed] = 0;
    let tip = seed;
    let reach = 0;
    let half = 0;
    let farHalf = 0;
    let leavesView = false;
    const near = new WeightedMean();
    const far = new WeightedMean();
    let cells = 0;
    while (top > 0) {
      const cell = stack[--top];
      const d = geodesic.at(cell);
      cells++;
      if (d > reach) {
        reach = d;
        tip = cell;
      }
      const here = z[cell];
      const pitch = grid.pitchAt(here);
      if (d < BRANCH_START + RING_WIDTH && thickness.half[cell] > half) half = thickness.half[cell];
      if (d > FAR_RING_START && d < FAR_RING_START + FAR_RING_WIDTH && thickness.half[cell] > farHalf) {
        farHalf = thickness.half[cell];
      }
      if (d < BRANCH_START + DIRECTION_LENGTH) near.add(x[cell], y[cell], here, pitch * pitch);
      if (d > BEYOND_HAND && d < BEYOND_HAND + DIRECTION_LENGTH) far.add(x[cell], y[cell], here, pitch * pitch);
      if (edge[cell] === 1) leavesView = true;
      const jump = grid.jumpAt(here);
      for (let k = 0; k < 8; k++) {
        const other = cell + neighbours[k];
        if (label[other] !== beyond || Math.abs(z[other] - here) >= jump) continue;
        label[other] = 0;
        stack[top++] = other;
      }
    }
    if (cells < MIN_CELLS || near.weight === 0) return undefined;
    return {
      tip,
      reach,
      half,
      farHalf: reach > FAR_RING_START + FAR_RING_WIDTH ? farHalf : undefined,
      leavesView,
      direction: (far.weight > ENOUGH_ARM ? far : near).from(x[center], y[center], z[center]),
    };
  }
}

/** Mean of cells that count by their area. */
class WeightedMean {
  weight = 0;
  #x = 0;
  #y = 0;
  #z = 0;

  add(x: number, y: number, z: number, weight: number): void {
    this.weight += weight;
    this.#x += x * weight;
    this.#y += y * weight;
    this.#z += z * weight;
  }

  /** From a point to the mean. */
  from(x: number, y: number, z: number): [number, number, number] {
    return [this.#x / this.weight - x, this.#y / this.weight - y, this.#z / this.weight - z];
  }
}

/** Whether the branch goes on like a forearm, not like fingers. */
export function isLong(branch: Branch): boolean {
  return branch.half >= ARM_MIN_HALF && (branch.reach > FINGER_LIMIT || branch.leavesView);
}

function forearmOf(branches: readonly Branch[]): Branch | undefined {
  let best: Branch | undefined;
  for (const branch of branches) {
    if (branch.half < ARM_MIN_HALF) continue;
    if (best === undefined || armness(branch) > armness(best)) best = branch;
  }
  return best;
}

/** Fingers held together are as wide as a forearm, but shorter. */
function armness(branch: Branch): number {
  return branch.reach + branch.half + (branch.leavesView ? 0.05 : 0);
}
