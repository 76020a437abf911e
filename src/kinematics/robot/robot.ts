import { VoxhandError } from '../../errors/voxhand-error.js';
import { type Matrix3, multiply, rotationX, rotationY, rotationZ, type Vec3 } from '../../geometry/matrix.js';
import { parseXml, type XmlElement } from './xml.js';

/** A joint of a robot, in the order of the tree: parents first. */
export interface RobotJoint {
  readonly name: string;
  readonly kind: 'revolute' | 'prismatic' | 'fixed';
  /** Indices of links. */
  readonly parent: number;
  readonly child: number;
  /** Of the child's frame in the parent's, where the joint is at 0: metres. */
  readonly rotation: Matrix3;
  readonly translation: Vec3;
  /** A unit vector in the child's frame. */
  readonly axis: Vec3;
  /** Radians or metres. */
  readonly lower: number;
  readonly upper: number;
  /** Index of the number that moves it, -1 of a fixed joint; the joint is at `factor` times that number plus `offset`. */
  readonly moved: number;
  readonly factor: number;
  readonly offset: number;
}

/** A robot as a tree of links. */
export interface Robot {
  readonly name: string;
  /** The root link first. */
  readonly links: readonly string[];
  readonly joints: readonly RobotJoint[];
  /** The joints that move by a number of their own (neither fixed nor mimicking another): their names, and limits. */
  readonly moving: readonly string[];
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/**
 * A robot from its URDF: links, joints (revolute, continuous, prismatic, fixed), limits and mimicked joints. Shapes, masses and transmissions
 * are left out.
 *
 * @throws VoxhandError `FILE_INVALID` for what is no URDF, no tree, or has a joint of another kind
 */
export function parseUrdf(text: string, where: string): Robot {
  const root = parseXml(text, where);
  const bad = (expected: string, found: string) =>
    new VoxhandError('FILE_INVALID', 'not a robot of this kind', { expected, found, where });
  if (root.name !== 'robot') throw bad('<robot>', `<${root.name}>`);
  const names = root.children.flatMap(({ name, attributes }) => (name === 'link' ? [attributes.name ?? ''] : []));
  if (new Set(names).size !== names.length || names.includes('')) throw bad('links with names of their own', 'others');
  const elements = root.children.filter(({ name }) => name === 'joint');
  const childOf = (element: XmlElement, name: string) => element.children.find((child) => child.name === name);
  const parentOf = new Map<string, XmlElement>();
  for (const joint of elements) {
    const child = childOf(joint, 'child')?.attributes.link ?? '';
    if (!names.includes(child) || parentOf.has(child))
      throw bad('a joint to each link but the root', `link "${child}"`);
    parentOf.set(child, joint);
  }
  const roots = names.filter((name) => !parentOf.has(name));
  if (roots.length !== 1) throw bad('one root link', roots.join(', ') || 'none');

  const links = [...roots];
  const ordered: XmlElement[] = [];
  for (let i = 0; i < links.length; i++) {
    for (const joint of elements) {
      if (childOf(joint, 'parent')?.attributes.link !== links[i]) continue;
      ordered.push(joint);
      links.push(childOf(joint, 'child')?.attributes.link as string);
    }
  }
  if (links.length !== names.length)
    throw bad('links that are all connected', `${names.length - links.length} that are not`);

  const limited = ordered.filter(({ attributes: { type } }) => type !== 'fixed');
  const own = limited.filter((joint) => childOf(joint, 'mimic') === undefined);
  const moving = own.map(({ attributes }) => attributes.name ?? '');
  const joints = ordered.map((joint): RobotJoint => {
    const { name = '', type = '' } = joint.attributes;
    const kind = type === 'continuous' ? 'revolute' : type;
    if (kind !== 'revolute' && kind !== 'prismatic' && kind !== 'fixed')
      throw bad('revolute, continuous, prismatic or fixed', `joint "${name}" of type ${type}`);
    const origin = childOf(joint, 'origin')?.attributes ?? {};
    const [roll, pitch, yaw] = three(origin.rpy ?? '0 0 0');
    const axis = three(childOf(joint, 'axis')?.attributes.xyz ?? '1 0 0');
    const size = Math.hypot(...axis);
    const mimic = childOf(joint, 'mimic')?.attributes;
    const moved = kind === 'fixed' ? -1 : moving.indexOf(mimic?.joint ?? name);
    if (kind !== 'fixed' && (moved < 0 || !(size > 0))) throw bad('an axis, and a joint to mimic', `joint "${name}"`);
    const limit = type === 'continuous' ? undefined : childOf(joint, 'limit')?.attributes;
    return {
      ...{ name, kind, parent: links.indexOf(childOf(joint, 'parent')?.attributes.link ?? '') },
      child: links.indexOf(childOf(joint, 'child')?.attributes.link ?? ''),
      rotation: multiply(rotationZ(yaw), rotationY(pitch), rotationX(roll)),
      translation: three(origin.xyz ?? '0 0 0'),
      axis: kind === 'fixed' ? [0, 0, 0] : [axis[0] / size, axis[1] / size, axis[2] / size],
      lower: kind === 'fixed' ? 0 : number(limit?.lower ?? (type === 'continuous' ? '-3.1416' : '0')),
      upper: kind === 'fixed' ? 0 : number(limit?.upper ?? (type === 'continuous' ? '3.1416' : '0')),
      ...{ moved, factor: number(mimic?.multiplier ?? '1'), offset: number(mimic?.offset ?? '0') },
    };
  });
  const limits = (key: 'lower' | 'upper') =>
    Float64Array.from(moving, (name) => (joints.find((joint) => joint.name === name) as RobotJoint)[key]);
  return { name: root.attributes.name ?? '', links, joints, moving, lower: limits('lower'), upper: limits('upper') };

  function number(value: string): number {
    const parsed = Number(value);
    if (value.trim() === '' || !Number.isFinite(parsed)) throw bad('a number', `"${value}"`);
    return parsed;
  }

  function three(value: string): Vec3 {
    const parsed = value.trim().split(/\s+/).map(number);
    if (parsed.length !== 3) throw bad('three numbers', `"${value}"`);
    return parsed as unknown as Vec3;
  }
}
