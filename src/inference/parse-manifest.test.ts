import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIXTURES } from '../../test/fixtures/models/fixture-models.js';
import { VoxhandError } from '../errors/voxhand-error.js';
import type { ModelManifest } from './model-manifest.js';
import { parseManifest } from './parse-manifest.js';
import { occupiedVoxels } from './self-test.js';

const textOf = (name: string): string => readFileSync(join(FIXTURES, name, 'manifest.json'), 'utf8');
const text = textOf('tiny-djhw');

// biome-ignore lint/suspicious/noExplicitAny: tests write what the schema forbids
function changed(edit: (manifest: any) => void, name = 'tiny-djhw'): string {
  const manifest = JSON.parse(textOf(name));
  edit(manifest);
  return JSON.stringify(manifest);
}

function refusal(manifest: string): VoxhandError {
  try {
    parseManifest(manifest, 'm.json');
  } catch (error) {
    if (error instanceof VoxhandError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

describe('parseManifest', () => {
  it('reads a whole manifest and fills in the scale', () => {
    const manifest = parseManifest(text);
    expect(manifest.output).toMatchObject({ layout: 'djhw', shape: [4, 21, 4, 4], scale: 1 });
    expect(manifest.joints?.names).toHaveLength(21);
  });

  it('takes the self-test grid as base64 of little-endian uint32 too', () => {
    const cells = Uint32Array.from([1, 258, 511]);
    const bytes = new Uint8Array(12);
    cells.forEach((cell, i) => {
      new DataView(bytes.buffer).setUint32(4 * i, cell, true);
    });
    const base64 = Buffer.from(bytes).toString('base64');
    const manifest: ModelManifest = parseManifest(
      changed((m) => {
        m.selfTest.occupied = base64;
      }),
    );
    expect(occupiedVoxels(manifest.selfTest.occupied)).toEqual(cells);
  });

  // biome-ignore lint/suspicious/noExplicitAny: tests write what the schema forbids
  it.each<[string, (m: any) => void, { expected?: string; found?: string; where: string }]>([
    [
      'an unknown key',
      (m) => {
        m.input.cubeEgde = 1;
      },
      { expected: 'no such key', found: '1', where: 'm.json: input.cubeEgde' },
    ],
    [
      'a missing key',
      (m) => {
        delete m.output.sigma;
      },
      { found: 'nothing', where: 'm.json: output.sigma' },
    ],
    [
      'a later format',
      (m) => {
        m.format = 2;
      },
      { found: '2', where: 'm.json: format' },
    ],
    [
      'a grid too small',
      (m) => {
        m.input.size = 3;
      },
      { found: '3', where: 'm.json: input.size' },
    ],
    [
      'a grid too large',
      (m) => {
        m.input.size = 100_000;
      },
      { found: '100000', where: 'm.json: input.size' },
    ],
    [
      'a heat map too large',
      (m) => {
        m.output.size = 129;
      },
      { found: '129', where: 'm.json: output.size' },
    ],
    [
      'a path out of the folder',
      (m) => {
        m.files[0].path = '../x.onnx';
      },
      { found: '"../x.onnx"', where: 'm.json: files.0.path' },
    ],
    [
      'an absolute path',
      (m) => {
        m.files[0].path = '/x.onnx';
      },
      { where: 'm.json: files.0.path' },
    ],
    [
      'no file',
      (m) => {
        m.files = [];
      },
      { where: 'm.json: files' },
    ],
    [
      'a short hash',
      (m) => {
        m.files[0].sha256 = 'ab';
      },
      { where: 'm.json: files.0.sha256' },
    ],
    [
      'another offset rule',
      (m) => {
        m.output.offsetRule = 'corner';
      },
      { found: '"corner"', where: 'm.json: output.offsetRule' },
    ],
    [
      'an input tensor that does not hold the grid',
      (m) => {
        m.input.shape = [1, 1, 8, 8, 9];
      },
      { expected: 'a product of 8^3 = 512', found: '[1,1,8,8,9] = 576', where: 'm.json: input.shape' },
    ],
    [
      'an output tensor in the other order',
      (m) => {
        m.output.layout = 'jdhw';
      },
      { expected: '[21,4,4,4]', found: '[4,21,4,4]', where: 'm.json: output.shape (without ones)' },
    ],
    [
      'twenty joints',
      (m) => {
        m.joints.names.pop();
      },
      { expected: '21', found: '20', where: 'm.json: joints.names.length' },
    ],
    [
      'joints in another order',
      (m) => {
        m.joints.names.reverse();
      },
      { expected: '"wrist"', found: '"little_tip"', where: 'm.json: joints.names[0]' },
    ],
    [
      'the same file twice',
      (m) => {
        m.files.push(m.files[0]);
        m.selfTest.expected.push(m.selfTest.expected[0]);
      },
      { expected: '["member0.onnx"]', where: 'm.json: files (paths without repetition)' },
    ],
    [
      'no self-test for a file',
      (m) => {
        m.selfTest.expected = [];
      },
      { expected: '1', found: '0', where: 'm.json: selfTest.expected.length (one per file)' },
    ],
    [
      'a self-test without a value for each joint',
      (m) => {
        m.selfTest.expected[0].values.pop();
      },
      { expected: '21', found: '20', where: 'm.json: selfTest.expected[0].values.length' },
    ],
    [
      'a peak outside the cube',
      (m) => {
        m.selfTest.expected[0].positions[2] = [0, 1, 0];
      },
      { expected: '[0, 1)', found: '[0,1,0]', where: 'm.json: selfTest.expected[0].positions[2]' },
    ],
    [
      'a cell outside the grid',
      (m) => {
        m.selfTest.occupied = [512];
      },
      { where: 'm.json: selfTest.occupied' },
    ],
    [
      'the same cell twice',
      (m) => {
        m.selfTest.occupied = [3, 3];
      },
      { found: '3 after 3', where: 'm.json: selfTest.occupied' },
    ],
    [
      'base64 that is cut off',
      (m) => {
        m.selfTest.occupied = 'AAAA';
      },
      { found: '3 bytes', where: 'm.json: selfTest.occupied' },
    ],
    [
      'a tolerance that proves nothing',
      (m) => {
        m.selfTest.tolerance.value = 1;
      },
      { where: 'm.json: selfTest.tolerance.value' },
    ],
  ])('refuses %s and says where', (_, edit, detail) => {
    expect(refusal(changed(edit))).toMatchObject({ code: 'MODEL_MANIFEST', ...detail });
  });

  // biome-ignore lint/suspicious/noExplicitAny: tests write what the schema forbids
  it.each<[string, string, (m: any) => void, { expected?: unknown; found?: string; where: string }]>([
    [
      'no kind',
      'tiny-djhw',
      (m) => {
        delete m.output.kind;
      },
      { expected: 'a kind: gaussian, joints, point or verdict', found: 'nothing', where: 'm.json: output.kind' },
    ],
    [
      'a kind that we do not know',
      'tiny-djhw',
      (m) => {
        m.output.kind = 'offsets';
      },
      { expected: 'a kind: gaussian, joints, point or verdict', found: '"offsets"', where: 'm.json: output.kind' },
    ],
    [
      'a key of another kind',
      'tiny-joints',
      (m) => {
        m.output.sigma = 1;
      },
      { expected: 'no such key', found: '1', where: 'm.json: output.sigma' },
    ],
    [
      'joints without confidence',
      'tiny-joints',
      (m) => {
        m.output.shape = [1, 21, 3];
      },
      { found: '3', where: 'm.json: output.shape.2' },
    ],
    [
      'a decoder that no graph has',
      'tiny-joints',
      (m) => {
        m.output.decoder = 'nbest';
      },
      { found: '"nbest"', where: 'm.json: output.decoder' },
    ],
    [
      'joints without their names',
      'tiny-joints',
      (m) => {
        delete m.joints;
      },
      { expected: '21', found: '0', where: 'm.json: joints.names.length' },
    ],
    [
      'joints judged by cells',
      'tiny-joints',
      (m) => {
        m.selfTest.tolerance = { cells: 1, value: 0.01 };
      },
      {
        expected: '["position","value"]',
        found: '["cells","value"]',
        where: 'm.json: selfTest.tolerance (keys for joints)',
      },
    ],
    [
      'heat maps judged by positions',
      'tiny-djhw',
      (m) => {
        m.selfTest.tolerance.position = 0.01;
      },
      { expected: '["cells","value"]', where: 'm.json: selfTest.tolerance (keys for gaussian)' },
    ],
    [
      'a position tolerance that proves nothing',
      'tiny-com',
      (m) => {
        m.selfTest.tolerance.position = 0.5;
      },
      { where: 'm.json: selfTest.tolerance.position' },
    ],
    [
      'a point of four numbers',
      'tiny-com',
      (m) => {
        m.output.shape = [1, 4];
      },
      { found: '4', where: 'm.json: output.shape.1' },
    ],
    [
      'a point with another target',
      'tiny-com',
      (m) => {
        m.output.target = 'wrist';
      },
      { found: '"wrist"', where: 'm.json: output.target' },
    ],
    [
      'a point with joints',
      'tiny-com',
      (m) => {
        m.joints = JSON.parse(text).joints;
      },
      { expected: 'null', where: 'm.json: joints (a point has none)' },
    ],
    [
      'two points in a self-test',
      'tiny-com',
      (m) => {
        m.selfTest.expected[0].positions.push([0.5, 0.5, 0.5]);
      },
      { expected: '1', found: '2', where: 'm.json: selfTest.expected[0].positions.length' },
    ],
    [
      'a point with a value',
      'tiny-com',
      (m) => {
        m.selfTest.expected[0].values = [1];
      },
      { expected: '0', found: '1', where: 'm.json: selfTest.expected[0].values.length' },
    ],
    [
      'a point far outside the cube',
      'tiny-com',
      (m) => {
        m.selfTest.expected[0].positions[0] = [0.5, 3, 0.5];
      },
      { expected: '[-1, 2)', where: 'm.json: selfTest.expected[0].positions[0]' },
    ],
    [
      'a speed that was never measured',
      'tiny-djhw',
      (m) => {
        m.measured = {
          errorMm: { mean: 1, median: 1 },
          on: 'x',
          milliseconds: { median: 0, threads: 1, machine: 'x' },
        };
      },
      { found: '0', where: 'm.json: measured.milliseconds.median' },
    ],
  ])('refuses %s and says where', (_, name, edit, detail) => {
    expect(refusal(changed(edit, name))).toMatchObject({ code: 'MODEL_MANIFEST', ...detail });
  });

  it('takes a point outside the cube, and what was measured, with the provider by default', () => {
    const manifest = parseManifest(
      changed((m) => {
        m.selfTest.expected[0].positions[0] = [-0.1, 0.5, 1.2];
        m.parameters = 12_345;
        m.measured = {
          errorMm: { mean: 4, median: 3, p95: 9 },
          on: 'x',
          milliseconds: { median: 1.5, p95: 2, threads: 1, machine: 'x' },
        };
      }, 'tiny-com'),
    );
    expect(manifest.output).toMatchObject({ kind: 'point', target: 'com' });
    expect(manifest.measured?.milliseconds).toEqual({
      median: 1.5,
      p95: 2,
      threads: 1,
      machine: 'x',
      provider: 'cpu',
    });
    expect(manifest.parameters).toBe(12_345);
  });

  it('says how many more problems there are', () => {
    const error = refusal(
      changed((m) => {
        delete m.name;
        delete m.version;
        delete m.licence;
      }),
    );
    expect(error.message).toContain('and 2 more problems');
  });

  it('refuses every other text with MODEL_MANIFEST and nothing else', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.constant(text.slice(0, -5))), (other) => {
        expect(refusal(other).code).toBe('MODEL_MANIFEST');
      }),
    );
  });

  it.each(['tiny-djhw', 'tiny-joints', 'tiny-com'])(
    'refuses %s with any one value replaced by something else of another kind',
    (name) => {
      const paths: (readonly string[])[] = [];
      const walk = (value: unknown, path: readonly string[]): void => {
        if (path.length > 0) paths.push(path);
        if (typeof value === 'object' && value !== null) {
          for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
        }
      };
      walk(JSON.parse(textOf(name)), []);
      fc.assert(
        fc.property(fc.constantFrom(...paths), fc.constantFrom(true, { odd: 1 }, [[]], [null]), (path, odd) => {
          const manifest = changed((m) => {
            const parent = path.slice(0, -1).reduce((value, key) => value[key], m);
            parent[path.at(-1) as string] = odd;
          }, name);
          expect(refusal(manifest).code).toBe('MODEL_MANIFEST');
        }),
      );
    },
  );
});
