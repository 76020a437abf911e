// Writes src/kinematics/hand-data.ts from src/synthetic/hand.json, and hand-mesh-data.ts beside it from hand-mesh.json: the descriptions that the
// Python training reads too. Importing the JSON itself would print a warning on Node 20. Run: node scripts/generate-hand-data.mjs
import { readFileSync } from 'node:fs';
import { writeIfStale } from './write-if-stale.mjs';

const folder = new URL('../src/synthetic/', import.meta.url);
const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
const hand = read('hand.json');
const mesh = read('hand-mesh.json');
const licence = readFileSync(new URL('LICENSE-generic-hand', folder), 'utf8').trimEnd();

/** JSON whose values below `depth` levels stand on one line. */
function print(value, depth, indent = '') {
  const inner = `${indent}  `;
  if (depth === 0 || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) {
    return `[\n${value.map((v) => `${inner}${print(v, depth - 1, inner)},\n`).join('')}${indent}]`;
  }
  const lines = Object.entries(value).map(([key, v]) => `${inner}${key}: ${print(v, depth - 1, inner)},\n`);
  return `{\n${lines.join('')}${indent}}`;
}

const names = (list) => `[\n${list.map((n) => `  '${n}',\n`).join('')}] as const`;

writeIfStale(
  new URL('../kinematics/hand-data.ts', folder),
  `// Generated from synthetic/hand.json by scripts/generate-hand-data.mjs. Change hand.json, not this file.
import type { HandDescription } from './hand-description.js';

/** The degrees of freedom of a hand, in the order of the description. */
export const DOF_NAMES = ${names(hand.dofs.map((d) => d.name))};
export type DofName = (typeof DOF_NAMES)[number];

/** The poses that have a name. */
export const POSE_NAMES = ${names(Object.keys(hand.poses))};
export type PoseName = (typeof POSE_NAMES)[number];

export const HAND_DATA: HandDescription<DofName, PoseName> = ${print(hand, 2)};
`,
);

writeIfStale(
  new URL('../kinematics/hand-mesh-data.ts', folder),
  `// Generated from hand-mesh.json by scripts/generate-hand-data.mjs. Change training/make_hand_mesh.py, not this file.
import type { DofName } from './hand-data.js';
import type { HandMeshDescription } from './hand-description.js';

/*!
 * The mesh of the hand is made from generic-hand:
 *
${licence.replace(/^/gm, ' * ').replace(/ +$/gm, '')}
 */

/** The bones that move the skin, in the order of the mesh. */
export const BONE_NAMES = ${names(mesh.boneNames)};
export type BoneName = (typeof BONE_NAMES)[number];

export const HAND_MESH_DATA: HandMeshDescription<DofName, BoneName> = ${print(mesh, 1)};
`,
);
