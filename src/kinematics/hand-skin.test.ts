import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../geometry/random.js';
import { handMesh, skinnedVertices } from '../synthetic/hand-mesh.js';
import { kinematicHand } from '../synthetic/kinematic-hand.js';
import { HandKinematics } from './hand-kinematics.js';
import { handPose, namedPose } from './hand-pose.js';
import { describedProportions, proportionsOf } from './hand-proportions.js';
import { drawHandShape, neutralShape } from './hand-shape.js';
import { HandSkin } from './hand-skin.js';
import { ANGLE_NAMES, moveState, restState, STEP_SIZE } from './hand-state.js';
import { NearestVertices } from './nearest-vertices.js';
import { Residuals, SeenPoints } from './residuals.js';

function skinOf(state = restState(), proportions = describedProportions(), facing = false) {
  const kinematics = new HandKinematics();
  const skin = new HandSkin(facing);
  kinematics.update(state, proportions);
  skin.update(kinematics, state, proportions);
  return { kinematics, skin };
}

/** A point with the vertex that is nearest to it. */
function nearest(skin: HandSkin, x: number, y: number, z: number): SeenPoints {
  const seen = new SeenPoints(1);
  seen.place.set([x, y, z]);
  seen.count = 1;
  new NearestVertices(skin).nearest(seen, Infinity);
  return seen;
}

function compared(skin: HandSkin, seen: SeenPoints): Residuals {
  const residuals = new Residuals(1);
  skin.compare(seen, residuals);
  return residuals;
}

/** How far a point is from the nearest of all vertices of the synthetic hand, metres. */
function distanceTo(vertices: Float64Array, point: ArrayLike<number>): number {
  let least = Infinity;
  for (let v = 0; v < 3 * handMesh().firstForearmVertex; v += 3) {
    least = Math.min(least, Math.hypot(vertices[v] - point[0], vertices[v + 1] - point[1], vertices[v + 2] - point[2]));
  }
  return least;
}

describe('the skin of the fitted hand', () => {
  it.each(['open', 'fist', 'pinch'] as const)('is that of the synthetic hand: %s', (name) => {
    // thickness differs from part to part of a drawn hand; here it is the same everywhere
    const shape = { ...drawHandShape(new SeededRandom(3), [0.9, 1.1]), radii: neutralShape().radii };
    const state = restState();
    const pose = namedPose(name);
    ANGLE_NAMES.forEach((angle, i) => {
      state.angles[i] = pose[angle];
    });
    const { skin } = skinOf(state, proportionsOf(shape));
    const vertices = skinnedVertices(kinematicHand(pose, shape));
    expect(skin.count).toBeGreaterThan(1000);
    let worst = 0;
    let sum = 0;
    for (let v = 0; v < skin.count; v += 10) {
      skin.at(v);
      const distance = distanceTo(vertices, skin.point);
      worst = Math.max(worst, distance);
      sum += (10 * distance) / skin.count;
    }
    expect(sum).toBeLessThan(0.0003);
    expect(worst).toBeLessThan(0.006); // beside the wrist, where the forearm moves the skin too
  });

  it('has normals that point outwards: a point before the palm lies before its nearest vertex', () => {
    const { skin } = skinOf();
    skin.at(nearest(skin, 0, 0.05, 0.1).vertex[0]);
    expect(skin.normal[2]).toBeGreaterThan(0.9);
    expect(skin.point[2]).toBeGreaterThan(0.005);
    expect(Math.hypot(...skin.normal)).toBeCloseTo(1, 5);
    skin.at(nearest(skin, 0, 0.05, -0.1).vertex[0]);
    expect(skin.normal[2]).toBeLessThan(-0.9);
  });

  it('is curved: points on the faces about a fingertip lie nearer to it than to the tangent planes of its vertices', () => {
    const { skin } = skinOf();
    const { faces, firstForearmFace } = handMesh();
    const vertices = skinnedVertices({ ...kinematicHand(handPose()), shape: neutralShape() });
    const all: { curved: number; flat: number }[] = [];
    for (let f = 0; f < 3 * firstForearmFace; f += 3) {
      const corners = [...faces.subarray(f, f + 3)];
      const [x, y, z] = [0, 1, 2].map((k) => corners.reduce((sum, v) => sum + vertices[3 * v + k] / 3, 0));
      if (y < 0.15) continue; // beyond the middle of the fingers
      const seen = nearest(skin, x, y, z);
      skin.at(seen.vertex[0]);
      const [at, n] = [[...skin.point], [...skin.normal]];
      const flat = n[0] * (x - at[0]) + n[1] * (y - at[1]) + n[2] * (z - at[2]);
      const { value, place, normal } = compared(skin, seen);
      const [curved] = value;
      all.push({ curved, flat });
      expect(Math.hypot(x - place[0], y - place[1], z - place[2])).toBeCloseTo(Math.abs(curved), 9);
      expect(Math.hypot(...normal)).toBeCloseTo(1, 9);
    }
    const mean = (of: 'curved' | 'flat') => all.reduce((sum, each) => sum + each[of], 0) / all.length;
    expect(all.length).toBeGreaterThan(100);
    expect(mean('flat')).toBeLessThan(-0.0004);
    expect(Math.abs(mean('curved'))).toBeLessThan(0.75 * Math.abs(mean('flat')));
  });

  it('has no nearest vertex on the far side, as seen from the origin', () => {
    const state = restState();
    state.translation[2] = 0.4;
    const { skin } = skinOf(state);
    // nearer to the far side of the palm than to the near one
    const [x, y, z] = [0, 0.05, 0.42];
    skin.at(nearest(skin, x, y, z).vertex[0]);
    expect(skin.normal[2]).toBeGreaterThan(0.5);
    state.translation[2] = 0.415;
    const thin = skinOf(state, describedProportions(), true).skin;
    thin.at(nearest(thin, x, y, 0.409).vertex[0]);
    expect(thin.normal[2]).toBeLessThan(0);
  });

  it.each([
    ['a fingertip', [0.03, 0.17, 0.04]],
    ['the thumb', [0.09, 0.08, 0.05]],
    ['the ball of the thumb', [0.03, 0.04, 0.05]],
    ['the back of the palm', [0, 0.05, -0.05]],
  ] as const)('moves %s along its normal as its derivatives say', (_, [x, y, z]) => {
    const { kinematics, skin } = skinOf();
    const seen = nearest(skin, x, y, z);
    const [vertex] = seen.vertex;
    skin.at(vertex);
    // about the vertex itself
    seen.place.set(skin.point);
    const normal = [...skin.normal];
    const row = new Float64Array(STEP_SIZE);
    skin.gradient(kinematics, compared(skin, seen), 0, row);
    for (let k = 0; k < STEP_SIZE; k++) {
      const [less, more] = [-1e-5, 1e-5].map((by) => {
        const step = new Float64Array(STEP_SIZE);
        step[k] = by;
        const state = restState();
        moveState(restState(), step, state);
        const moved = skinOf(state).skin;
        moved.at(vertex);
        return moved.point.reduce((sum, value, axis) => sum + normal[axis] * value, 0);
      });
      // what another bone has of a vertex turns about another place
      expect(Math.abs(row[k] - (more - less) / 2e-5)).toBeLessThan(0.004);
    }
  });

  it('grows along its normals with the thickness as it says', () => {
    const hand = describedProportions();
    const { skin } = skinOf();
    const thick = skinOf(restState(), { ...hand, thickness: 1.01 }).skin;
    for (const vertex of [10, 200, 500, 900]) {
      skin.at(vertex);
      thick.at(vertex);
      const moved = [0, 1, 2].reduce((sum, k) => sum + skin.normal[k] * (thick.point[k] - skin.point[k]), 0);
      const seen = new SeenPoints(1);
      seen.place.set(skin.point);
      seen.vertex[0] = vertex;
      seen.count = 1;
      expect(skin.thicker(compared(skin, seen), 0)).toBeCloseTo(moved / 0.01, 4);
    }
  });
});
