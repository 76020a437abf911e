import { unit, type Vec3 } from '../../geometry/index.js';
import type { DepthGrid } from './depth-grid.js';
import type { Geodesic } from './geodesic.js';
import type { HandEvidence } from './hand-evidence.js';
import { isLong } from './hand-evidence.js';
import type { ReferenceConfig } from './reference-config.js';

/** From the palm's centre to the wrist, metres: nothing beyond counts towards the hand's centre of mass. */
const WRIST = 0.045;
const MAX_ROUNDS = 12;
/** What is nearer than this beyond the palm's depth, and in the ball, is the hand's too, metres. */
const BEFORE_PALM = 0.015;
/** A forearm whose direction in the image is shorter than this share of its direction in space points at the camera. */
const FORESHORTENED = 0.4;

/**
 * The centre of mass of the hand's visible surface: the mean of the points in a ball around the centre, repeated until
 * it settles.
 *
 * What counts: the candidate's own surface (the last run of `geodesic` must have started at the candidate) and what lies
 * before it, like a thumb laid across the palm, but nothing beyond the wrist. That cut stays where the palm is, so the
 * centre cannot creep down the forearm.
 */
export function centreOfHand(
  grid: DepthGrid,
  geodesic: Geodesic,
  evidence: HandEvidence,
  config: ReferenceConfig,
): Vec3 {
  const { x, y, z } = grid;
  const members = membersOfHand(grid, geodesic, evidence, config.comRadius);
  const radius2 = config.comRadius * config.comRadius;
  let cx = x[evidence.cell];
  let cy = y[evidence.cell];
  let cz = z[evidence.cell];
  for (let round = 0; round < MAX_ROUNDS; round++) {
    let sumX = 0;
    let sumY = 0;
    let sumZ = 0;
    let weight = 0;
    for (const at of members) {
      const dx = x[at] - cx;
      const dy = y[at] - cy;
      const dz = z[at] - cz;
      if (dx * dx + dy * dy + dz * dz > radius2) continue;
      // A cell covers more surface the farther it is.
      const area = z[at] * z[at];
      sumX += area * x[at];
      sumY += area * y[at];
      sumZ += area * z[at];
      weight += area;
    }
    const moved = Math.hypot(sumX / weight - cx, sumY / weight - cy, sumZ / weight - cz);
    cx = sumX / weight;
    cy = sumY / weight;
    cz = sumZ / weight;
    if (moved < config.comTolerance) break;
  }
  return [cx, cy, cz];
}

/** The hand's cells within twice the radius of the palm, on its side of the wrist. */
function membersOfHand(grid: DepthGrid, geodesic: Geodesic, evidence: HandEvidence, radius: number): number[] {
  const { x, y, z, cols, rows } = grid;
  const { cell, arm } = evidence;
  const axis: Vec3 = arm === undefined ? [0, 0, 0] : unit(arm.direction);
  const cut = axis[0] * x[cell] + axis[1] * y[cell] + axis[2] * z[cell] + WRIST;
  const before = z[cell] + BEFORE_PALM;
  const span = Math.ceil((2 * radius) / grid.pitchAt(z[cell]));
  const col0 = cell % cols;
  const row0 = (cell - col0) / cols;
  const members: number[] = [];
  for (let row = Math.max(1, row0 - span); row < Math.min(rows - 1, row0 + span + 1); row++) {
    for (let col = Math.max(1, col0 - span); col < Math.min(cols - 1, col0 + span + 1); col++) {
      const at = row * cols + col;
      if (z[at] === 0 || (z[at] > before && geodesic.at(at) === Infinity)) continue;
      if (axis[0] * x[at] + axis[1] * y[at] + axis[2] * z[at] < cut) members.push(at);
    }
  }
  return members;
}

/** Direction to the forearm in the image plane; undefined where none is in sight or it points along the view. */
export function armDirection(evidence: HandEvidence): readonly [number, number] | undefined {
  const { arm } = evidence;
  if (arm === undefined || !isLong(arm)) return undefined;
  const [dx, dy, dz] = arm.direction;
  const inImage = Math.hypot(dx, dy);
  if (inImage < FORESHORTENED * Math.hypot(inImage, dz)) return undefined;
  return [dx / inImage, dy / inImage];
}
