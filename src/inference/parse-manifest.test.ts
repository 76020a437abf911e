import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FIXTURES } from '../../test/fixtures/models/fixture-models.js';
import { VoxhandError } from '../hand/errors.js';
import type { ModelManifest } from './model-manifest.js';
import { parseManifest } from './parse-manifest.js';
import { occupiedCells } from './self-test.js';

const text = readFileSync(join(FIXTURES, 'tiny-djhw', 'manifest.json'), 'utf8');

// biome-ignore lint/suspicious/noExplicitAny: tests write what the schema forbids
function changed(edit: (manifest: any) => void): string {
  const manifest = JSON.parse(text);
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
    expect(manifest.joints.names).toHaveLength(21);
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
    expect(occupiedCells(manifest.selfTest.occupied)).toEqual(cells);
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
      { expected: '1', found: '0', where: 'm.json: selfTest.expected.length (one a file)' },
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

  it('refuses a manifest with any one value replaced by something else of another kind', () => {
    const paths: (readonly string[])[] = [];
    const walk = (value: unknown, path: readonly string[]): void => {
      if (path.length > 0) paths.push(path);
      if (typeof value === 'object' && value !== null) {
        for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key]);
      }
    };
    walk(JSON.parse(text), []);
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.constantFrom(true, { odd: 1 }, [[]], [null]), (path, odd) => {
        const manifest = changed((m) => {
          const parent = path.slice(0, -1).reduce((value, key) => value[key], m);
          parent[path.at(-1) as string] = odd;
        });
        expect(refusal(manifest).code).toBe('MODEL_MANIFEST');
      }),
    );
  });
});
