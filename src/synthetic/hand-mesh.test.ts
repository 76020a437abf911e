import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { dot, mirroredTransform, rotate, subtract, transposed, type Vec3 } from '../geometry/matrix.js';
import { SeededRandom } from '../geometry/random.js';
import { JOINT_COUNT, JOINT_NAMES } from '../hand/skeleton.js';
import { POSE_NAMES } from '../kinematics/hand-data.js';
import { BONE_NAMES, HAND_MESH_DATA } from '../kinematics/hand-mesh-data.js';
import { handPose, namedPose } from '../kinematics/hand-pose.js';
import { drawHandShape, type HandShape, neutralShape } from '../kinematics/hand-shape.js';
import { handMesh, restingHand, skinnedVertices } from './hand-mesh.js';
import { FACING_CAMERA } from './hand-motion.js';
import { jointCover } from './joint-cover.js';
import { jointPosition, kinematicHand } from './kinematic-hand.js';
import { placeHand } from './scene.js';

const mesh = handMesh();
const ELBOW_SIDE: Vec3 = [0, -1, 0];

function vertex(vertices: Float64Array, v: number): Vec3 {
  return [vertices[3 * v]!, vertices[3 * v + 1]!, vertices[3 * v + 2]!];
}

function distance(a: Vec3, b: Vec3): number {
  return Math.hypot(...subtract(a, b));
}

/** How often the skin winds around a point: 1 inside, 0 outside (Van Oosterom and Strackee 1983, solid angles). */
function winding(vertices: Float64Array, point: Vec3, from: number, to: number): number {
  let sum = 0;
  for (let f = 3 * from; f < 3 * to; f += 3) {
    const [a, b, c] = [0, 1, 2].map((k) => subtract(vertex(vertices, mesh.faces[f + k]!), point)) as [Vec3, Vec3, Vec3];
    const [la, lb, lc] = [Math.hypot(...a), Math.hypot(...b), Math.hypot(...c)];
    const volume =
      a[0] * (b[1] * c[2] - b[2] * c[1]) + a[1] * (b[2] * c[0] - b[0] * c[2]) + a[2] * (b[0] * c[1] - b[1] * c[0]);
    sum += 2 * Math.atan2(volume, la * lb * lc + dot(a, b) * lc + dot(b, c) * la + dot(c, a) * lb);
  }
  return sum / (4 * Math.PI);
}

describe('the generated mesh', () => {
  const json = JSON.parse(readFileSync(new URL('hand-mesh.json', import.meta.url), 'utf8'));

  it('is hand-mesh.json', () => expect(HAND_MESH_DATA).toEqual(json));

  it('has three corners for each face, all of them vertices, and each vertex in a face', () => {
    expect(mesh.faces).toHaveLength(3 * json.faceCount);
    expect(new Set(mesh.faces).size).toBe(mesh.vertexCount);
    expect(Math.max(...mesh.faces)).toBe(mesh.vertexCount - 1);
  });

  it('has a hand whose faces close: each edge has two, that run along it in opposite directions', () => {
    const edges = new Set<string>();
    const hand = mesh.faces.subarray(0, 3 * mesh.firstForearmFace);
    hand.forEach((a, i) => {
      const b = hand[i % 3 === 2 ? i - 2 : i + 1]!;
      expect(edges.has(`${a} ${b}`)).toBe(false);
      edges.add(`${a} ${b}`);
    });
    for (const edge of edges) expect(edges.has(edge.split(' ').reverse().join(' '))).toBe(true);
  });
});

describe('the skin', () => {
  it('of the resting hand is the mesh as it is stored', () => {
    const stored = Buffer.from(HAND_MESH_DATA.positions, 'base64');
    const vertices = skinnedVertices(restingHand());
    expect(vertices).toHaveLength(3 * mesh.vertexCount);
    vertices.forEach((value, i) => {
      expect(Math.abs(value - stored.readInt16LE(2 * i) * HAND_MESH_DATA.unit)).toBeLessThan(1e-12);
    });
  });

  it.each(POSE_NAMES)('holds every joint inside, within its cover: %s', (name) => {
    for (const shape of [neutralShape(), drawHandShape(new SeededRandom(2))]) {
      const hand = kinematicHand(namedPose(name), shape);
      const vertices = skinnedVertices(hand);
      const cover = jointCover(hand);
      for (let j = 0; j < JOINT_COUNT; j++) {
        const at = jointPosition(hand.joints, j);
        expect(winding(vertices, at, 0, mesh.firstForearmFace), JOINT_NAMES[j]).toBeGreaterThan(0.9);
        let nearest = Infinity;
        for (let v = 0; v < mesh.vertexCount; v++) nearest = Math.min(nearest, distance(at, vertex(vertices, v)));
        expect(nearest, JOINT_NAMES[j]).toBeLessThan(cover[j]!);
      }
    }
  });

  it('of a bone that holds it alone moves with the bone', () => {
    const [open, fist] = [kinematicHand(namedPose('open')), kinematicHand(namedPose('fist'))];
    const [a, b] = [skinnedVertices(open), skinnedVertices(fist)];
    const tip = JOINT_NAMES.indexOf('middle_tip');
    const bone = BONE_NAMES.indexOf('middle_distal');
    const weights = Buffer.from(HAND_MESH_DATA.weights, 'base64');
    const own = Array.from(mesh.owners.keys()).filter((v) => mesh.owners[v] === bone && weights[4 * v] === 255);
    expect(own.length).toBeGreaterThan(10);
    for (const v of own) {
      const way = distance(vertex(a, v), jointPosition(open.joints, tip));
      expect(distance(vertex(b, v), jointPosition(fist.joints, tip))).toBeCloseTo(way, 12);
      expect(distance(vertex(a, v), vertex(b, v))).toBeGreaterThan(0.03);
    }
  });

  it('grows with the hand', () => {
    const one = skinnedVertices(kinematicHand(namedPose('grip')));
    const large = skinnedVertices(kinematicHand(namedPose('grip'), neutralShape(1.15)));
    large.forEach((value, i) => {
      expect(value).toBeCloseTo(1.15 * one[i]!, 12);
    });
  });

  it('of a thicker finger lies farther from its bone, and ends where it ended', () => {
    const rest = restingHand();
    const neutral = neutralShape();
    const thick: HandShape = { ...neutral, radii: neutral.radii.map(() => 1.2) };
    const pose = handPose();
    const [a, b] = [kinematicHand(pose), kinematicHand(pose, thick)];
    const [slim, broad] = [skinnedVertices(a), skinnedVertices(b)];
    const bone = BONE_NAMES.indexOf('index_distal');
    const weights = Buffer.from(HAND_MESH_DATA.weights, 'base64');
    expect(rest.bones[bone]!.stretch).toEqual([1, 1, 1]);
    const { origin, rotation } = a.bones[bone]!;
    const local = (vertices: Float64Array, v: number): Vec3 =>
      rotate(transposed(rotation), subtract(vertex(vertices, v), origin));
    for (const v of mesh.owners.keys()) {
      if (mesh.owners[v] !== bone || weights[4 * v] !== 255) continue;
      const [p, q] = [local(slim, v), local(broad, v)];
      expect(q[0]).toBeCloseTo(1.2 * p[0], 9);
      expect(q[1]).toBeCloseTo(p[1], 9);
      expect(q[2]).toBeCloseTo(1.2 * p[2], 9);
    }
  });

  it('of a placed left hand is the mirror image of the right one', () => {
    const hand = kinematicHand(namedPose('point'));
    const placement = { rotation: FACING_CAMERA, translation: [0.1, 0.05, 0.5] as const };
    const right = placeHand(hand, placement).vertices;
    const left = placeHand(hand, mirroredTransform(placement), 'left').vertices;
    left.forEach((value, i) => {
      expect(value).toBeCloseTo((i % 3 === 0 ? -1 : 1) * right[i]!, 12);
    });
  });
});

describe('what a hand wears', () => {
  const pose = namedPose('relaxed');
  const bare = kinematicHand(pose);
  const skin = skinnedVertices(bare);
  const worn = (shape: Partial<HandShape>): Float64Array =>
    skinnedVertices(kinematicHand(pose, { ...neutralShape(), ...shape }));

  it('a glove lies around the hand by its thickness, and not around the forearm', () => {
    const glove = worn({ glove: 0.003 });
    for (let v = 0; v < mesh.vertexCount; v++) {
      const way = distance(vertex(glove, v), vertex(skin, v));
      expect(way).toBeCloseTo(v < mesh.firstForearmVertex ? 0.003 : 0, 12);
    }
    // Outwards: the middle of each bare palm vertex lies inside the gloved hand.
    for (let v = 0; v < mesh.firstForearmVertex; v += 29) {
      expect(winding(glove, vertex(skin, v), 0, mesh.firstForearmFace)).toBeGreaterThan(0.9);
    }
  });

  it('a sleeve stands off the forearm from 30 mm behind the wrist on', () => {
    const bent = handPose({ wrist_flexion: 0.8 });
    const { forearm } = kinematicHand(bent);
    const [plain, sleeve] = [{}, { sleeve: 0.012 }].map((shape) =>
      skinnedVertices(kinematicHand(bent, { ...neutralShape(), ...shape })),
    ) as [Float64Array, Float64Array];
    const axis = rotate(forearm, ELBOW_SIDE);
    let covered = 0;
    for (let v = 0; v < mesh.vertexCount; v++) {
      const way = subtract(vertex(sleeve, v), vertex(plain, v));
      const behind = dot(vertex(plain, v), axis);
      const inSleeve = v >= mesh.firstForearmVertex && behind > 0.0301;
      expect(Math.hypot(...way)).toBeCloseTo(inSleeve ? 0.012 : 0, 9);
      expect(dot(way, axis)).toBeCloseTo(0, 9);
      if (inSleeve) covered++;
    }
    expect(covered).toBeGreaterThan(100);
  });
});
