import {
  Color,
  CylinderGeometry,
  DynamicDrawUsage,
  Group,
  InstancedMesh,
  Matrix4,
  MeshLambertMaterial,
  Quaternion,
  SphereGeometry,
  Vector3,
} from 'three';
import { jointColor, SIDE_COLORS } from '../../hand/colors.js';
import type { HandJoints } from '../../hand/hand-joints.js';
import { BONES, FINGERTIPS, JOINT_COUNT, JOINT_NAMES, WRIST } from '../../hand/skeleton.js';
import type { ScenePalette } from './palette.js';

const MAX_HANDS = 8;
/** Metres. */
const JOINT_RADIUS = 0.0052;
const WRIST_RADIUS = 0.0075;
const TIP_RADIUS = 0.0062;
const BONE_RADIUS = 0.0027;
/** Confidences up to which a joint is drawn as unsure, and from which on as sure. */
const UNSURE = 0.15;
const SURE = 0.6;

/** Of each joint; the wrist has the colour of the side. */
const FINGERS = JOINT_NAMES.map((_, joint) => new Color(jointColor(joint)));

const UP = new Vector3(0, 1, 0);
const STALE_FADE = 0.85;

/** How skeletons look. */
export interface HandLook {
  /** Of all radii; 1 by default. */
  readonly thickness?: number;
  /** All in one colour, whatever the confidence: the ground truth. */
  readonly plain?: boolean;
}

/**
 * Skeletons: a ball a joint, a stick a bone, coloured by finger and paler where the joint is unsure; the wrist in the colour of the side.
 */
export class HandView {
  readonly object = new Group();
  readonly #joints: InstancedMesh;
  readonly #bones: InstancedMesh;
  #palette: ScenePalette | undefined;
  readonly #look: Required<HandLook>;
  readonly #sides = { right: new Color(SIDE_COLORS.right), left: new Color(SIDE_COLORS.left) };

  constructor({ thickness = 1, plain = false }: HandLook = {}) {
    this.#look = { thickness, plain };
    const material = new MeshLambertMaterial();
    this.#joints = new InstancedMesh(new SphereGeometry(1, 20, 14), material, MAX_HANDS * JOINT_COUNT);
    this.#bones = new InstancedMesh(new CylinderGeometry(1, 1, 1, 12, 1), material, MAX_HANDS * BONES.length);
    for (const mesh of [this.#joints, this.#bones]) {
      mesh.instanceMatrix.setUsage(DynamicDrawUsage);
      mesh.setColorAt(0, new Color());
      mesh.frustumCulled = false;
      mesh.count = 0;
      this.object.add(mesh);
    }
  }

  /** @param stale pale all over: this may no longer be so */
  show(hands: readonly HandJoints[], stale: boolean): void {
    const palette = this.#palette;
    if (palette === undefined) return;
    const shown = hands.slice(0, MAX_HANDS);
    this.#joints.count = shown.length * JOINT_COUNT;
    this.#bones.count = shown.length * BONES.length;
    const matrix = new Matrix4();
    const turn = new Quaternion();
    const color = new Color();
    const { thickness, plain } = this.#look;
    shown.forEach(({ positions, confidences, handedness }, index) => {
      const wrist = handedness === 'unknown' ? palette.wrist : this.#sides[handedness];
      const joints = Array.from({ length: JOINT_COUNT }, (_, j) => new Vector3().fromArray(positions, j * 3));
      const paint = (mesh: InstancedMesh, at: number, joint: number) => {
        const sure = Math.min(1, Math.max(0, (confidences[joint] - UNSURE) / (SURE - UNSURE)));
        const full = plain ? palette.truth : joint === WRIST ? wrist : FINGERS[joint];
        color.copy(palette.unsure).lerp(full, (plain ? 1 : 0.15 + 0.85 * sure) * (stale ? 1 - STALE_FADE : 1));
        mesh.setColorAt(at, color);
      };
      joints.forEach((position, joint) => {
        const radius =
          thickness * (joint === WRIST ? WRIST_RADIUS : FINGERTIPS.includes(joint) ? TIP_RADIUS : JOINT_RADIUS);
        const at = index * JOINT_COUNT + joint;
        matrix.makeScale(radius, radius, radius).setPosition(position);
        this.#joints.setMatrixAt(at, matrix);
        paint(this.#joints, at, joint);
      });
      BONES.forEach(([from, to], bone) => {
        const along = joints[to].clone().sub(joints[from]);
        const length = along.length();
        turn.setFromUnitVectors(UP, length > 0 ? along.divideScalar(length) : UP);
        const middle = joints[from].clone().add(joints[to]).multiplyScalar(0.5);
        const at = index * BONES.length + bone;
        matrix.compose(middle, turn, new Vector3(thickness * BONE_RADIUS, length, thickness * BONE_RADIUS));
        this.#bones.setMatrixAt(at, matrix);
        paint(this.#bones, at, to);
      });
    });
    for (const mesh of [this.#joints, this.#bones]) {
      mesh.instanceMatrix.needsUpdate = true;
      if (mesh.instanceColor !== null) mesh.instanceColor.needsUpdate = true;
    }
  }

  setPalette(palette: ScenePalette): void {
    this.#palette = palette;
  }
}
