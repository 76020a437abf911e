import type { Vec3 } from '../geometry/matrix.js';
import { palmAxes } from '../hand/palm-axes.js';
import { FINGER_NAMES } from '../hand/skeleton.js';
import { BASE_ANGLES, FIRST_ANGLE, HandKinematics } from './hand-kinematics.js';
import { CHAINS, type HandProportions } from './hand-proportions.js';
import { ANGLE_MAX, ANGLE_MIN, jointNames, restState } from './hand-state.js';
import { HandSurface } from './hand-surface.js';

const BONE_NAMES = [
  ['metacarpal', 'proximal', 'distal'],
  ['proximal', 'middle', 'distal'],
] as const;
/** Speed limits that the format wants, radians per second, and a torque, newton metres. */
const LIMIT = 'effort="1" velocity="20"';
/** The axis of each angle of a chain in the frame before it, of a right hand. */
const AXES: readonly (readonly Vec3[])[] = [
  [
    [0, 0, -1],
    [1, 0, 0],
    [0, 1, 0],
    [1, 0, 0],
    [1, 0, 0],
  ],
  [
    [0, 0, 1],
    [1, 0, 0],
    [1, 0, 0],
    [1, 0, 0],
  ],
];

/**
 * A hand as URDF: its bones as links with the round cones of its surface as cylinders and spheres, and its angles as revolute joints of
 * the names of `jointNames`, with their limits. The root link `<side>_hand` lies as the hand's TF frame does; the fingertips are links
 * without a shape.
 *
 * Metres and radians, as the format says. A left hand is the mirror image: its joints take the same angles.
 */
export function handUrdf(proportions: HandProportions, handedness: 'right' | 'left'): string {
  const mirror = handedness === 'left' ? -1 : 1;
  const lines: string[] = [`<robot name="${handedness}_hand">`];
  const link = (name: string, shapes: readonly string[] = []) => {
    lines.push(
      shapes.length === 0 ? `  <link name="${handedness}_${name}"/>` : `  <link name="${handedness}_${name}">`,
    );
    if (shapes.length > 0) lines.push(...shapes, '  </link>');
  };
  const fixed = (parent: string, child: string, xyz: Vec3, rpy: Vec3 = [0, 0, 0]) => {
    lines.push(
      `  <joint name="${handedness}_${child}_fixed" type="fixed">`,
      `    <parent link="${handedness}_${parent}"/><child link="${handedness}_${child}"/>`,
      `    <origin xyz="${numbers(xyz)}" rpy="${numbers(rpy)}"/>`,
      '  </joint>',
    );
  };
  const surface = surfaceOf(proportions);
  const mirrored = ([x, y, z]: Vec3): Vec3 => [mirror * x, y, z];

  link('hand');
  link('palm', palmShapes(surface, mirrored));
  fixed('hand', 'palm', [0, 0, 0], palmInHand(proportions, handedness));
  const names = jointNames(handedness);
  for (let chain = 0; chain < CHAINS; chain++) {
    let parent = 'palm';
    let origin: Vec3 = mirrored([0, 1, 2].map((k) => proportions.roots[3 * chain + k]) as unknown as Vec3);
    const axes = AXES[Math.min(1, chain)];
    axes.forEach(([x, y, z], i) => {
      const bone = i + 1 - BASE_ANGLES[chain];
      const child =
        bone >= 0
          ? `${FINGER_NAMES[chain]}_${BONE_NAMES[Math.min(1, chain)][bone]}`
          : `${FINGER_NAMES[chain]}_base${i + 1}`;
      link(child, bone >= 0 ? boneShapes(surface, chain, bone, proportions.lengths[3 * chain + bone]) : []);
      const dof = FIRST_ANGLE[chain] + i;
      lines.push(
        `  <joint name="${names[dof]}" type="revolute">`,
        `    <parent link="${handedness}_${parent}"/><child link="${handedness}_${child}"/>`,
        // in a mirror a turn about an axis is the opposite turn about its image
        `    <origin xyz="${numbers(origin)}" rpy="0 0 0"/><axis xyz="${numbers([x, mirror * y, mirror * z])}"/>`,
        `    <limit lower="${round(ANGLE_MIN[dof])}" upper="${round(ANGLE_MAX[dof])}" ${LIMIT}/>`,
        '  </joint>',
      );
      parent = child;
      origin = bone >= 0 ? [0, proportions.lengths[3 * chain + bone], 0] : [0, 0, 0];
    });
    link(`${FINGER_NAMES[chain]}_tip`);
    fixed(parent, `${FINGER_NAMES[chain]}_tip`, origin);
  }
  lines.push('</robot>', '');
  return lines.join('\n');
}

/** Roll, pitch and yaw of the palm frame in the frame of the hand. */
function palmInHand(proportions: HandProportions, handedness: 'right' | 'left'): Vec3 {
  const kinematics = new HandKinematics();
  kinematics.update(restState(), proportions);
  const { joints } = kinematics;
  if (handedness === 'left') for (let i = 0; i < joints.length; i += 3) joints[i] = -joints[i];
  const [x, y, z] = palmAxes(joints, handedness).axes;
  // the rows of the rotation are the axes of the hand in the palm; R = Rz(yaw) Ry(pitch) Rx(roll)
  return [Math.atan2(z[1], z[2]), Math.asin(Math.max(-1, Math.min(1, -z[0]))), Math.atan2(y[0], x[0])];
}

function boneShapes(surface: HandSurface, chain: number, bone: number, length: number): string[] {
  // the thumb's metacarpal lies in the palm and has no cone of its own: as thick as the next bone begins
  const within = chain === 0 && bone === 0;
  for (let cone = 0; cone < surface.count; cone++) {
    if (surface.chain(cone) !== chain || surface.bone(cone) !== (within ? 1 : bone)) continue;
    surface.at(cone, 0);
    const [, , , radius] = surface.foot;
    if (!within) surface.at(cone, 1);
    return shapes([0, 0, 0], [0, length, 0], radius, surface.foot[3]);
  }
  return [];
}

function palmShapes(surface: HandSurface, mirrored: (point: Vec3) => Vec3): string[] {
  return Array.from({ length: surface.count }, (_, cone): string[] => {
    if (surface.chain(cone) >= 0) return [];
    const [from, to] = [0, 1].map((along) => {
      surface.at(cone, along);
      const [x, y, z, radius] = surface.foot;
      return { place: mirrored([x, y, z]), radius };
    });
    return shapes(from.place, to.place, from.radius, to.radius);
  }).flat();
}

/** The surface of a hand at rest in its palm frame. */
function surfaceOf(proportions: HandProportions): HandSurface {
  const kinematics = new HandKinematics();
  const surface = new HandSurface();
  kinematics.update(restState(), proportions);
  surface.update(kinematics, restState(), proportions);
  return surface;
}

/** A cylinder between two points with a ball at each end. */
function shapes(from: Vec3, to: Vec3, radiusA: number, radiusB: number): string[] {
  const way = to.map((x, k) => x - from[k]);
  const length = Math.hypot(...way);
  const middle = from.map((x, k) => x + way[k] / 2) as unknown as Vec3;
  // a cylinder lies along z: turned about x, then about y, it lies along the way
  const pitch = Math.atan2(Math.hypot(way[0], way[1]), way[2]);
  const yaw = Math.atan2(way[1], way[0]);
  const shape = (xyz: Vec3, rpy: Vec3, geometry: string) =>
    `    <visual><origin xyz="${numbers(xyz)}" rpy="${numbers(rpy)}"/><geometry>${geometry}</geometry></visual>`;
  const radius = (radiusA + radiusB) / 2;
  return [
    shape(middle, [0, pitch, yaw], `<cylinder radius="${round(radius)}" length="${round(length)}"/>`),
    shape(from, [0, 0, 0], `<sphere radius="${round(radiusA)}"/>`),
    shape(to, [0, 0, 0], `<sphere radius="${round(radiusB)}"/>`),
  ];
}

const round = (x: number): number => Number(x.toFixed(5)) + 0;
const numbers = (values: readonly number[]): string => values.map((x) => (Math.abs(x) < 5e-6 ? 0 : round(x))).join(' ');
