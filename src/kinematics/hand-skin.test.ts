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

function skinOf(state = restState(), proportions = describedProportions()) {
  const kinematics = new HandKinematics();
  const skin = new HandSkin();
  kinematics.update(state, proportions);
  skin.update(kinematics, state, proportions);
  return { kinematics, skin };
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
    skin.at(skin.nearest(0, 0.05, 0.1, false));
    expect(skin.normal[2]).toBeGreaterThan(0.9);
    expect(skin.point[2]).toBeGreaterThan(0.005);
    expect(Math.hypot(...skin.normal)).toBeCloseTo(1, 5);
    skin.at(skin.nearest(0, 0.05, -0.1, false));
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
      const vertex = skin.nearest(x, y, z, false);
      skin.at(vertex);
      const [at, n] = [[...skin.point], [...skin.normal]];
      const flat = n[0] * (x - at[0]) + n[1] * (y - at[1]) + n[2] * (z - at[2]);
      const curved = skin.distance(vertex, x, y, z);
      all.push({ curved, flat });
      expect(Math.hypot(x - skin.point[0], y - skin.point[1], z - skin.point[2])).toBeCloseTo(Math.abs(curved), 9);
      expect(Math.hypot(...skin.normal)).toBeCloseTo(1, 9);
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
    skin.at(skin.nearest(x, y, z, false));
    expect(skin.normal[2]).toBeGreaterThan(0.5);
    state.translation[2] = 0.415;
    const thin = skinOf(state).skin;
    const facing = thin.nearest(x, y, 0.409, true);
    thin.at(facing);
    expect(thin.normal[2]).toBeLessThan(0);
  });

  it.each([
    ['a fingertip', [0.03, 0.17, 0.04]],
    ['the thumb', [0.09, 0.08, 0.05]],
    ['the ball of the thumb', [0.03, 0.04, 0.05]],
    ['the back of the palm', [0, 0.05, -0.05]],
  ] as const)('moves %s along its normal as its derivatives say', (_, [x, y, z]) => {
    const { kinematics, skin } = skinOf();
    const vertex = skin.nearest(x, y, z, false);
    skin.at(vertex);
    const normal = [...skin.normal];
    const row = new Float64Array(STEP_SIZE);
    skin.gradient(kinematics, vertex, row);
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
      expect(skin.thicker(vertex)).toBeCloseTo(moved / 0.01, 4);
    }
  });
});
