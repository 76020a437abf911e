import type { z } from 'zod';
import { type ErrorDetail, VoxhandError } from '../errors/voxhand-error.js';
import { JOINT_COUNT, JOINT_NAMES } from '../hand/skeleton.js';
import { mapsOf } from './answers/heat-map-answer.js';
import { type AnyManifest, type DetectorManifest, detectorManifestSchema } from './detector-manifest.js';
import { type ModelManifest, modelManifestSchema } from './model-manifest.js';
import { occupiedVoxels } from './self-test.js';

/**
 * Read the text of a `manifest.json`.
 *
 * @param where what to call the manifest in an error: its path
 * @throws VoxhandError `MODEL_MANIFEST`: no JSON, an unknown or missing key, a value out of range, or numbers that
 * contradict each other; with what was expected, what was found, and the key.
 */
export function parseManifest(text: string, where = 'manifest.json'): ModelManifest {
  return voxelManifest(jsonOf(text, where), where);
}

/** The same for a manifest of any kind: `output.kind` `hands` is a detector's. */
export function parseAnyManifest(text: string, where = 'manifest.json'): AnyManifest {
  const json = jsonOf(text, where);
  const { kind } = (json as { output?: { kind?: unknown } } | null)?.output ?? {};
  return kind === 'hands' ? detectorManifest(json, where) : voxelManifest(json, where);
}

function jsonOf(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new VoxhandError('MODEL_MANIFEST', 'the manifest is not JSON', { found: String(cause), where, cause });
  }
}

function voxelManifest(json: unknown, where: string): ModelManifest {
  const parsed = modelManifestSchema.safeParse(json);
  if (!parsed.success) throw issueError(parsed.error.issues, json, where);
  checkAgreement(parsed.data, where);
  return parsed.data;
}

function detectorManifest(json: unknown, where: string): DetectorManifest {
  const parsed = detectorManifestSchema.safeParse(json);
  if (!parsed.success) throw issueError(parsed.error.issues, json, where);
  const { input, selfTest } = parsed.data;
  const { width, height, millimetres, expected } = selfTest;
  const bytes = atob(millimetres).length;
  const refuse = (key: string, wanted: string, found: string): never => {
    const detail = { expected: wanted, found, where: `${where}: ${key}` };
    throw new VoxhandError('MODEL_MANIFEST', 'the manifest contradicts itself', detail);
  };
  if (bytes !== 2 * width * height) {
    refuse('selfTest.millimetres', `2 * ${width} * ${height} bytes`, `${bytes} bytes`);
  }
  for (const [side, size] of Object.entries({ width, height })) {
    const fits = size % input.multiple === 0 && size <= input.maxSize;
    if (!fits) refuse(`selfTest.${side}`, `a multiple of ${input.multiple}, at most ${input.maxSize}`, `${size}`);
  }
  if (input.multiple % 4 !== 0 || expected.column >= width / 4 || expected.row >= height / 4) {
    refuse('selfTest.expected', `a cell of ${width / 4} x ${height / 4}`, `${expected.column}, ${expected.row}`);
  }
  return parsed.data;
}

/** What must agree with what, by the kind of output: answers of a self-test and the tolerances that it is judged by. */
const SELF_TEST = {
  gaussian: { positions: JOINT_COUNT, values: JOINT_COUNT, range: [0, 1], tolerance: ['cells', 'value'] },
  joints: { positions: JOINT_COUNT, values: JOINT_COUNT, range: [0, 1], tolerance: ['position', 'value'] },
  // the cube is cut around a rough point, and the right one may lie outside of it
  point: { positions: 1, values: 0, range: [-1, 2], tolerance: ['position'] },
  verdict: { positions: 1, values: 4, range: [-2, 2], tolerance: ['number', 'position'] },
} as const;

/** Refuse a manifest whose parts contradict each other. */
function checkAgreement({ input, output, joints, files, selfTest }: ModelManifest, where: string): void {
  const refuse = (summary: string, detail: ErrorDetail & { where: string }): never => {
    throw new VoxhandError('MODEL_MANIFEST', summary, { ...detail, where: `${where}: ${detail.where}` });
  };
  const demand = (key: string, expected: unknown, found: unknown): void => {
    const [want, have] = [JSON.stringify(expected), JSON.stringify(found)];
    if (want !== have) refuse('the manifest contradicts itself', { expected: want, found: have, where: key });
  };

  const voxels = input.size ** 3;
  const product = input.shape.reduce((a, b) => a * b, 1);
  if (product !== voxels) {
    refuse('the input tensor does not hold the grid', {
      expected: `a product of ${input.size}^3 = ${voxels}`,
      found: `${JSON.stringify(input.shape)} = ${product}`,
      where: 'input.shape',
    });
  }
  if (output.kind === 'gaussian') {
    const { size, layout, shape } = output;
    const maps = mapsOf(output);
    const axes = layout === 'jdhw' ? [maps, size, size, size] : [size, maps, size, size];
    demand(
      'output.shape (without ones)',
      axes,
      shape.filter((n) => n !== 1),
    );
  }

  if (output.kind === 'joints') demand('output.shape[1]', mapsOf(output), output.shape[1]);

  if (output.kind === 'point' || output.kind === 'verdict') {
    demand(`joints (a ${output.kind} has none)`, null, joints ?? null);
  } else {
    demand('joints.names.length', JOINT_COUNT, joints?.names.length ?? 0);
    joints?.names.forEach((name, j) => {
      demand(`joints.names[${j}]`, JOINT_NAMES[j], name);
    });
  }

  const paths = files.map((file) => file.path);
  demand('files (paths without repetition)', [...new Set(paths)], paths);

  const wanted = SELF_TEST[output.kind];
  demand('selfTest.expected.length (one per file)', files.length, selfTest.expected.length);
  selfTest.expected.forEach(({ positions, values }, k) => {
    const more = 'side' in output && output.side ? 1 : 0;
    demand(`selfTest.expected[${k}].positions.length`, wanted.positions + more, positions.length);
    demand(`selfTest.expected[${k}].values.length`, wanted.values + more, values.length);
    positions.forEach((position, j) => {
      const [low, high] = wanted.range;
      if (position.every((c) => c >= low && c < high)) return;
      const key = `selfTest.expected[${k}].positions[${j}]`;
      refuse('a position outside the cube', {
        expected: `[${low}, ${high})`,
        found: JSON.stringify(position),
        where: key,
      });
    });
  });
  demand(`selfTest.tolerance (keys for ${output.kind})`, wanted.tolerance, Object.keys(selfTest.tolerance).sort());
  let last = -1;
  for (const voxel of occupiedVoxels(selfTest.occupied, where)) {
    if (voxel <= last || voxel >= voxels) {
      const expected = `rising voxel indices below ${voxels}`;
      refuse('the self-test grid is wrong', { expected, found: `${voxel} after ${last}`, where: 'selfTest.occupied' });
    }
    last = voxel;
  }
}

/** Render zod's first problem as our error, and say how many more there are. */
function issueError(issues: readonly z.core.$ZodIssue[], json: unknown, where: string): VoxhandError {
  const issue = issues[0];
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more problems)` : '';
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys[0] : undefined;
  const path = unknown === undefined ? issue.path : [...issue.path, unknown];
  return new VoxhandError('MODEL_MANIFEST', `the manifest is invalid${more}`, {
    expected: unknown === undefined ? issue.message : 'no such key',
    found: excerpt(path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown>)?.[key], json)),
    where: `${where}: ${path.map(String).join('.') || '(root)'}`,
  });
}

function excerpt(value: unknown): string {
  const text = value === undefined ? 'nothing' : JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
