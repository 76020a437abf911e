import { z } from 'zod';
import { fromFileKey, isTree, type Tree, VoxhandError } from '../errors/index.js';
import { parseYaml } from '../errors/parse-yaml.js';
import { parseSettings } from '../errors/setting.js';
import { type Transform, unitQuaternion } from '../geometry/index.js';
import { cameraName } from './rig-settings.js';

/** A camera's place as a rig file says it. */
export interface RigFileCamera {
  /** Its optical frame, where that is known. */
  readonly frame?: string | undefined;
  /** From its optical frame into the rig's, metres. */
  readonly place: Transform;
  /** Seconds that are added to its stamps. */
  readonly clockOffset: number;
}

/** Where the cameras of a rig are, and how well that was measured. */
export interface RigFile {
  /** The frame that the places are in. */
  readonly frame: string;
  /** By name, in the order of the rig. */
  readonly cameras: ReadonlyMap<string, RigFileCamera>;
  /** What the calibration said of itself, by camera; for people. */
  readonly quality?: ReadonlyMap<string, RigQuality> | undefined;
}

/** How well a camera's place was measured. */
export interface RigQuality {
  /** Median distance between the palms that both cameras saw, after calibration, metres. */
  readonly residual: number;
  /** Moments that both cameras saw the hand in. */
  readonly moments: number;
}

const numbers = (count: number) => z.array(z.number()).length(count);
const rigFileSchema = z.strictObject({
  rig: z.strictObject({
    frame: z.string().min(1).max(256),
    cameras: z
      .record(
        cameraName,
        z.strictObject({
          frame: z.string().max(256).optional(),
          translation: numbers(3),
          rotation: numbers(4),
          clockOffset: z.number().min(-3600).max(3600).default(0),
          residual: z.number().min(0).optional(),
          moments: z.int().min(0).optional(),
        }),
      )
      .refine((cameras) => Object.keys(cameras).length > 0, 'at least one camera'),
  }),
});

/** By how much the squared length of a quaternion in a file may be off: people round numbers. */
const QUATERNION_TOLERANCE = 0.01;

/**
 * Read a rig file, as {@link formatRigFile} writes it.
 *
 * @param where the file's name, for errors
 * @throws VoxhandError `CONFIG_INVALID` that names each key that is unknown, missing or impossible
 */
export function parseRigFile(text: string, where: string): RigFile {
  const tree = parseYaml(text, where);
  if (!isTree(tree)) {
    throw new VoxhandError('CONFIG_INVALID', 'not a rig file', { expected: 'rig: with frame and cameras', where });
  }
  const { rig } = parseSettings(rigFileSchema, withCodeKeys(tree) as z.input<typeof rigFileSchema>, where);
  const cameras = new Map<string, RigFileCamera>();
  const quality = new Map<string, RigQuality>();
  for (const [name, { frame, translation, rotation, clockOffset, residual, moments }] of Object.entries(rig.cameras)) {
    cameras.set(name, { frame, clockOffset, place: placeOf(translation, rotation, `${where}, rig.cameras.${name}`) });
    if (residual !== undefined && moments !== undefined) quality.set(name, { residual, moments });
  }
  return { frame: rig.frame, cameras, ...(quality.size > 0 && { quality }) };
}

/**
 * A translation and a rotation as settings and files have them.
 *
 * @throws VoxhandError `CONFIG_INVALID` where four numbers are no unit quaternion
 */
export function placeOf(translation: readonly number[], rotation: readonly number[], where: string): Transform {
  const [x, y, z] = translation;
  const [qx, qy, qz, qw] = rotation;
  const unit = unitQuaternion([qx, qy, qz, qw], QUATERNION_TOLERANCE);
  if (unit === undefined || ![x, y, z].every(Number.isFinite)) {
    throw new VoxhandError('CONFIG_INVALID', 'not a place of a camera', {
      expected: 'finite metres, and a quaternion x, y, z, w of length 1',
      found: `[${translation.join(', ')}], [${rotation.join(', ')}]`,
      where,
    });
  }
  return { translation: [x, y, z], rotation: unit };
}

/** A rig file as text: YAML, the same for the same rig. */
export function formatRigFile({ frame, cameras, quality }: RigFile): string {
  const list = (values: readonly number[]) => `[${values.map((value) => shortest(value)).join(', ')}]`;
  const lines = [
    "# Where the cameras of a rig are: translation (m) and rotation (quaternion x, y, z, w) of each camera's optical frame in `frame`.",
    "# clock_offset (s) is added to a camera's stamps. residual (m) and moments: how well it was measured.",
    'rig:',
    `  frame: ${JSON.stringify(frame)}`,
    '  cameras:',
  ];
  for (const [name, { frame: optical, place, clockOffset }] of cameras) {
    lines.push(`    ${name}:`);
    if (optical !== undefined) lines.push(`      frame: ${JSON.stringify(optical)}`);
    lines.push(`      translation: ${list(place.translation)}`, `      rotation: ${list(place.rotation)}`);
    lines.push(`      clock_offset: ${shortest(clockOffset)}`);
    const { residual, moments } = quality?.get(name) ?? {};
    if (residual !== undefined) lines.push(`      residual: ${shortest(residual)}`, `      moments: ${moments}`);
  }
  return `${lines.join('\n')}\n`;
}

/** A thousandth of a millimetre, a microsecond: nobody measures more. */
function shortest(value: number): string {
  return String(Math.round(value * 1e6) / 1e6 + 0);
}

/** Names of cameras stay as they are. */
function withCodeKeys(tree: unknown, depth = 0): unknown {
  if (!isTree(tree)) return tree;
  const isName = depth === 2;
  const entries = Object.entries(tree).map(([key, inner]) => [
    isName ? key : fromFileKey(key),
    withCodeKeys(inner, depth + 1),
  ]);
  return Object.fromEntries(entries) as Tree;
}
