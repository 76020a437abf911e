import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { changedModel, FIXTURES } from '../../../test/fixtures/models/fixture-models.js';
import { listModels, loadModel } from './load-model.js';
import { modelFacts, pointFacts } from './model-facts.js';

const ALL = [
  'tiny-com',
  'tiny-com-fp16',
  'tiny-detector',
  'tiny-djhw',
  'tiny-ensemble',
  'tiny-jdhw',
  'tiny-joints',
  'tiny-joints-ensemble',
  'tiny-side',
  'tiny-slow',
  'tiny-verify',
];

describe('loadModel', () => {
  it('finds a model by name in a folder, by its folder and by its manifest', async () => {
    const byName = await loadModel('tiny-jdhw', FIXTURES);
    expect(byName.manifest.name).toBe('tiny-jdhw');
    expect(byName.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(await loadModel(join(FIXTURES, 'tiny-jdhw'))).toEqual(byName);
    expect(await loadModel(join(FIXTURES, 'tiny-jdhw', 'manifest.json'))).toEqual(byName);
  });

  it.each(['', 'no-such-model', './no/such/folder'])('says which models there are instead of %j', async (name) => {
    await expect(loadModel(name, FIXTURES)).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      expected: expect.stringContaining(ALL.join(', ')),
    });
  });

  it('refuses a manifest that is not JSON with its path', async () => {
    const folder = await changedModel('tiny-jdhw');
    const path = join(folder, 'manifest.json');
    await writeFile(path, '{"format": 1,');
    await expect(loadModel(folder)).rejects.toMatchObject({ code: 'MODEL_MANIFEST', where: path });
  });

  it('does not read a manifest that is absurdly large', async () => {
    const folder = await changedModel('tiny-jdhw');
    await writeFile(join(folder, 'manifest.json'), ' '.repeat(4_000_001));
    await expect(loadModel(folder)).rejects.toMatchObject({ code: 'MODEL_MANIFEST', found: '4000001 bytes' });
  });
});

describe('listModels', () => {
  it('lists folders with a manifest, and nothing where there is no folder', async () => {
    expect(await listModels(FIXTURES)).toEqual(ALL);
    expect(await listModels(join(FIXTURES, 'none'))).toEqual([]);
  });
});

describe('modelFacts', () => {
  it('says how to cut the cube and what comes back', async () => {
    expect(modelFacts(await loadModel('tiny-ensemble', FIXTURES))).toMatchObject({
      name: 'tiny-ensemble',
      kind: 'gaussian',
      gridSize: 8,
      cubeEdge: 0.25,
      roll: 'none',
      handedness: 'any',
      joints: 21,
      heatMapSize: 4,
      members: 2,
    });
  });

  it('says which kind it is of, and refuses the other kind by naming where it belongs', async () => {
    const [joints, com] = [await loadModel('tiny-joints', FIXTURES), await loadModel('tiny-com', FIXTURES)];
    expect(modelFacts(joints)).toMatchObject({ kind: 'joints', decoder: 'smax', heatMapSize: 0, sigma: 0 });
    expect(pointFacts(com)).toMatchObject({ kind: 'point', target: 'com', members: 1, roll: 'forearm-down' });
    expect(() => modelFacts(com)).toThrow(/MODEL_MISMATCH|reference\.refine_model/);
    expect(() => pointFacts(joints)).toThrow(/inference\.model/);
  });
});
