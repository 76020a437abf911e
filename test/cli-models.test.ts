import { appendFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { changedModel, FIXTURES } from './fixtures/models/fixture-models.js';
import { voxhand } from './helpers/cli.js';

describe('voxhand models', () => {
  test('lists what is packaged: kind, input and output, size, licence, error, samples', async () => {
    const { code, stdout } = await voxhand(['models']);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /\ncompact +\S+ +pose +\d+\^3 of \d+ mm +21 maps of \d+\^3, side +uint8.* MB .* \/ .* Apache-2\.0\n/,
    );
    expect(stdout).toMatch(/\ncompact: error on \d+ held-out/);
    expect(stdout).toMatch(/\ncompact: [\d,]+ samples of /);
  });

  test('says of one model of your own what its manifest says', async () => {
    const model = await changedModel('tiny-com', (m) => {
      m.parameters = 1_234_567;
      m.training = { data: 'drawn spheres', samples: 4000, seed: 1 };
      m.measured = {
        errorMm: { mean: 4.25, median: 3.5 },
        on: '64 spheres',
        milliseconds: { median: 0.75, threads: 2, machine: 'an abacus', provider: 'cuda' },
      };
    });
    const { code, stdout } = await voxhand(['models', model]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /\ntiny-com +1\.0\.0 +refine +32\^3 of 300 mm +com +fp32 +1\.2 kB +1\.23 M +4\.3 \/ 3\.5 +0\.8 +Apache-2\.0\n/,
    );
    expect(stdout).toContain('tiny-com: error on 64 spheres\n');
    expect(stdout).toContain('tiny-com: 0.75 ms on an abacus (cuda, 2 threads)\n');
    expect(stdout).toContain('tiny-com: 4,000 samples of drawn spheres');
    const { models, broken } = JSON.parse((await voxhand(['models', model, '--json'])).stdout);
    expect(broken).toEqual([]);
    expect(models).toEqual([
      expect.objectContaining({
        kind: 'refine',
        target: 'com',
        members: 1,
        parameters: 1_234_567,
        samples: 4000,
        errorMm: { mean: 4.25, median: 3.5 },
        milliseconds: { median: 0.75, threads: 2, machine: 'an abacus', provider: 'cuda' },
        check: null,
      }),
    ]);
  });

  test('tells an ensemble and a graph that answers joints apart from the others', async () => {
    const { stdout } = await voxhand(['models', join(FIXTURES, 'tiny-joints-ensemble')]);
    expect(stdout).toMatch(/ pose +8\^3 of 250 mm +21 joints \(smax\) +fp32 x 2 +3\.1 kB +\? +not measured +- +Apache/);
  });

  test('checks every packaged model, and ends with 0', async () => {
    const { code, stdout, stderr } = await voxhand(['models', '--check', '--json']);
    const { models } = JSON.parse(stdout);
    expect(models.length).toBeGreaterThan(1);
    expect(models.map(({ check }: { check: unknown }) => check)).toEqual(models.map(() => 'passed'));
    expect([code, stderr]).toEqual([0, expect.stringContaining('Checking compact ...')]);
  });

  test.each<[string, (folder: string) => Promise<void>, RegExp]>([
    [
      'a file that is not the one of the manifest',
      (folder) => appendFile(join(folder, 'member1.onnx'), 'x'),
      /CHECK FAILED: .* not the one that its manifest names; .*member1\.onnx \[MODEL_MISMATCH\]/,
    ],
    [
      'a self-test that fails',
      async () => undefined,
      /CHECK FAILED: the model fails its self-test; .*member0\.onnx, joint middle_mcp \[MODEL_MISMATCH\]/,
    ],
  ])('ends with 1 for %s, once it is checked', async (_, spoil, message) => {
    const model = await changedModel('tiny-joints-ensemble', (m) => {
      m.selfTest.expected[0].positions[9] = [0.1, 0.1, 0.1];
    });
    await spoil(model);
    expect((await voxhand(['models', model])).code).toBe(0);
    const { code, stdout } = await voxhand(['models', model, '--check']);
    expect([code, stdout]).toEqual([1, expect.stringMatching(message)]);
  });

  test('ends with 1 for a manifest that cannot be read, and with 2 for a model that is not there', async () => {
    const model = await changedModel('tiny-com');
    await writeFile(join(model, 'manifest.json'), '{"format": 1}');
    const damaged = await voxhand(['models', model]);
    expect([damaged.code, damaged.stderr]).toEqual([1, expect.stringContaining('[MODEL_MANIFEST]')]);
    const gone = await voxhand(['models', 'no-such-model']);
    expect([gone.code, gone.stderr]).toEqual([2, expect.stringMatching(/one of compact.*\[MODEL_NOT_FOUND\]/)]);
  });
});
