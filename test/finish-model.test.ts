import { execFile } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { modelManifestSchema } from '../src/inference/model-manifest.js';
import { loadModel } from '../src/inference/node/load-model.js';

const SCRIPT = fileURLToPath(new URL('../scripts/finish-model.mjs', import.meta.url));
const GRAPHS = fileURLToPath(new URL('./fixtures/graphs/', import.meta.url));
const { size, graphs } = JSON.parse(readFileSync(join(GRAPHS, 'graphs.json'), 'utf8'));
const SAMPLES = 3;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'voxhand-finish-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** An export as training/ leaves it, of graphs of the fixtures: [key, files] each. */
function exported(entries: Record<string, { files: string[]; precision: string; target?: string }>): string {
  const directory = join(folder, 'export');
  mkdirSync(directory);
  const about = {
    model: 'tiny',
    size,
    outSize: size / 2,
    edge: 0.26,
    sigma: 1.5,
    seed: 4,
    samples: 640,
    parameters: 2_900,
    members: [{ samples: 600 }, { samples: 640 }],
    holdout: { file: 'holdout.bin', count: SAMPLES, seed: 9 },
    graphs: {} as Record<string, unknown>,
  };
  let points = 21;
  for (const [key, { files, ...more }] of Object.entries(entries)) {
    const facts = graphs.find(({ file }: { file: string }) => file === files[0]);
    for (const file of files) copyFileSync(join(GRAPHS, file), join(directory, file));
    about.graphs[key] = { ...facts, files, ...more };
    if (facts.kind === 'point') points = 2;
  }
  writeFileSync(join(directory, 'export.json'), JSON.stringify(about));
  const record = size ** 3 / 8 + 4 * (3 * points + 1);
  const bytes = Buffer.alloc(SAMPLES * record);
  for (let k = 0; k < SAMPLES; k++) {
    for (let i = 0; i < size ** 3 / 8; i += 5 + k) bytes[k * record + i] = 0b00111000;
    for (let i = 0; i < 3 * points; i++) bytes.writeFloatLE(0.5, k * record + size ** 3 / 8 + 4 * i);
    bytes.writeFloatLE(0.26, (k + 1) * record - 4);
  }
  writeFileSync(join(directory, 'holdout.bin'), bytes);
  return directory;
}

const finish = (directory: string, ...options: string[]) =>
  promisify(execFile)(process.execPath, [SCRIPT, directory, '--out', join(folder, 'models'), ...options]);

describe('model:finish', () => {
  it('packages heat maps in 8 bit with what it measured', async () => {
    const directory = exported({ '2d8': { files: ['compact-2d8.onnx'], precision: 'uint8' } });
    const { stdout, stderr } = await finish(directory, '--name', 'tiny');
    const { manifest } = await loadModel(join(folder, 'models', 'tiny'));
    expect(manifest.output).toMatchObject({ kind: 'gaussian', layout: 'djhw', size: size / 2, sigma: 1.5 });
    expect(manifest.files).toMatchObject([{ path: 'model.onnx', precision: 'uint8' }]);
    expect(manifest).toMatchObject({ parameters: 2_900, licence: 'Apache-2.0', training: { samples: 640, seed: 4 } });
    expect(manifest.measured?.milliseconds).toMatchObject({ provider: 'cpu', threads: 1 });
    const { errorMm } = JSON.parse(stdout);
    expect(Object.keys(errorMm)).toEqual(['max', 'smax', 'gauss', 'nbest']);
    expect(errorMm.gauss).toEqual(manifest.measured?.errorMm);
    expect(errorMm.gauss.mean).toBeGreaterThan(0);
    expect(stderr).toMatch(/^tiny: mean [\d.]+ mm, median [\d.]+ mm, [\d.]+ ms on 1 thread\(s\)\n$/);
  });

  it('packages joints, a point and an ensemble so that they pass their self-tests', async () => {
    const directory = exported({
      ensemble: { files: ['compact-2d.onnx', 'compact-2d.onnx'], precision: 'fp32' },
      joints: { files: ['compact-3d-gauss.onnx'], precision: 'fp32' },
    });
    await finish(directory, '--name', 'joints', '--graph', 'joints', '--samples', '1');
    const joints = await loadModel(join(folder, 'models', 'joints'));
    expect(joints.manifest.output).toMatchObject({ kind: 'joints', decoder: 'gauss', shape: [1, 21, 4] });
    expect(joints.manifest.measured?.on).toContain('1 held-out');
    await finish(directory, '--name', 'both', '--graph', 'ensemble');
    const { manifest } = await loadModel(join(folder, 'models', 'both'));
    expect(manifest.files.map(({ path }) => path)).toEqual(['model-1.onnx', 'model-2.onnx']);
    expect(manifest.selfTest.expected).toHaveLength(2);
    expect(manifest.description).toContain('2 epochs (600, 640 samples)');
  });

  it('packages a refinement network with the error before it', async () => {
    const directory = exported({ com: { files: ['refine-2d-com.onnx'], precision: 'fp32', target: 'com' } });
    await finish(directory, '--name', 'refine-com');
    const { manifest } = await loadModel(join(folder, 'models', 'refine-com'));
    expect(manifest.output).toEqual({ kind: 'point', tensor: 'point', shape: [1, 3], target: 'com' });
    expect(manifest.joints).toBeUndefined();
    expect(manifest.measured?.errorMm.meanBefore).toBe(0); // the fixture's points lie in the cube's centre
  });

  it('leaves an older model of that name as it is when it fails', async () => {
    const directory = exported({ '2d': { files: ['compact-2d.onnx'], precision: 'fp32' } });
    await finish(directory, '--name', 'tiny');
    const manifest = join(folder, 'models', 'tiny', 'manifest.json');
    const before = readFileSync(manifest, 'utf8');
    writeFileSync(join(directory, 'compact-2d.onnx'), 'no graph');
    await expect(finish(directory, '--name', 'tiny')).rejects.toMatchObject({ code: 1 });
    expect(readFileSync(manifest, 'utf8')).toBe(before);
    expect(readdirSync(join(folder, 'models'))).toEqual(['tiny']);
  });

  it.each([
    ['a damaged record', 'holdout.bin', Buffer.alloc(100), /expected 3 records of 768 bytes, found 100 bytes/],
    ['no export', 'export.json', Buffer.from('{'), /JSON/],
  ])('says what is wrong: %s', async (_, file, content, text) => {
    const directory = exported({ '2d': { files: ['compact-2d.onnx'], precision: 'fp32' } });
    writeFileSync(join(directory, file), content);
    await expect(finish(directory, '--name', 'tiny')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringMatching(text),
    });
  });

  it('refuses a name that leads out of its folder, and an unknown graph', async () => {
    const directory = exported({ '2d': { files: ['compact-2d.onnx'], precision: 'fp32' } });
    await expect(finish(directory, '--name', '../tiny')).rejects.toMatchObject({ code: 1 });
    await expect(finish(directory, '--name', 'tiny', '--graph', '3d')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('has the graphs 2d: choose one with --graph'),
    });
    expect(modelManifestSchema.shape.name.safeParse('../tiny').success).toBe(false);
  });
});
