import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import {
  asHeatMaps,
  changedModel,
  fixtureHeatMaps,
  fixtureModel,
  gridWith,
} from '../../../test/fixtures/models/fixture-models.js';
import type { HeatMapResult, Inference, InferenceResult } from '../inference.js';
import { createInference } from './create-inference.js';
import type { InferenceOptions } from './inference-options.js';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let open: Inference[] = [];
afterEach(async () => {
  await Promise.all(open.map((inference) => inference.close()));
  open = [];
});

async function start(model: string, options: Partial<InferenceOptions> = {}): Promise<Inference> {
  const inference = await createInference({ model: await fixtureModel(model), threads: 1, ...options });
  open.push(inference);
  return inference;
}

async function mapsOf(inference: Inference, grid: Uint8Array): Promise<HeatMapResult> {
  return asHeatMaps(await inference.infer(grid));
}

function expectClose(actual: Float32Array, expected: Float32Array): void {
  expect(actual).toHaveLength(expected.length);
  expect(Math.max(...actual.map((value, i) => Math.abs(value - expected[i])))).toBeLessThan(1e-6);
}

describe('createInference', () => {
  it.each([
    ['a float32 3D graph', 'tiny-jdhw'],
    ['a uint8 depth-stacked graph', 'tiny-djhw'],
  ])('runs %s and answers joint-major heat maps', async (_, model) => {
    const inference = await start(model);
    const grid = gridWith(0, 1, 8, 77, 300, 511);
    const expected = fixtureHeatMaps(grid);
    const { heatMaps, members, timing } = await mapsOf(inference, grid);
    expect(heatMaps).toMatchObject({ joints: 21, size: 4 });
    expectClose(heatMaps.data, expected);
    expect(members).toEqual([]);
    expect(timing.roundTripSeconds).toBeGreaterThan(timing.runSeconds);
    expect(inference.status()).toMatchObject({
      state: 'ready',
      model: { name: model },
      providerRequested: 'cpu',
      providerActual: 'cpu',
      inferences: 1,
      restarts: 0,
    });
  });

  it('says how sure it is of the side, where the network has a map for that', async () => {
    const grid = gridWith(0, 1, 8, 77, 300, 511);
    const expected = fixtureHeatMaps(grid);
    const { heatMaps, side } = await mapsOf(await start('tiny-side'), grid);
    expect(heatMaps).toMatchObject({ joints: 21, size: 4 });
    expectClose(heatMaps.data, expected);
    // the 22nd map has its peak at cell 11 * 21 + 5, and what the grid shows on top, as all maps have
    expect(side).toBeCloseTo(0.75 + expected[(11 * 21 + 5) % 64], 6);
    expect((await mapsOf(await start('tiny-djhw'), gridWith(1))).side).toBeUndefined();
  });

  it('averages an ensemble, and answers its members when asked', async () => {
    const inference = await start('tiny-ensemble', { members: true });
    const grid = gridWith(12, 200);
    const [one, two] = [fixtureHeatMaps(grid, 5), fixtureHeatMaps(grid, 7)];
    const { heatMaps, members } = await mapsOf(inference, grid);
    expectClose(
      heatMaps.data,
      one.map((value, i) => (value + two[i]) / 2),
    );
    expect(members).toHaveLength(2);
    expectClose(members[0].data, one);
    expectClose(members[1].data, two);
  });

  it('answers no members of a single network: they would be the mean again', async () => {
    const inference = await start('tiny-jdhw', { members: true });
    const grid = gridWith(4);
    const expected = fixtureHeatMaps(grid);
    const { heatMaps, members } = await mapsOf(inference, grid);
    expect(members).toEqual([]);
    expectClose(heatMaps.data, expected);
  });

  it('multiplies by the scale of the manifest', async () => {
    const folder = await changedModel('tiny-ensemble', (m) => {
      m.output.scale = 0.5;
      for (const { values } of m.selfTest.expected)
        values.forEach((value: number, j: number) => {
          values[j] = value / 2;
        });
    });
    const inference = await start('tiny-ensemble', { model: folder });
    const grid = gridWith(3);
    const [one, two] = [fixtureHeatMaps(grid, 5), fixtureHeatMaps(grid, 7)];
    expectClose(
      (await mapsOf(inference, grid)).heatMaps.data,
      one.map((value, i) => (value + two[i]) / 4),
    );
  });

  it('answers the same bytes to the same grid', async () => {
    const inference = await start('tiny-djhw');
    const first = await mapsOf(inference, gridWith(5, 6, 7));
    const second = await mapsOf(inference, gridWith(5, 6, 7));
    expect(second.heatMaps.data).toEqual(first.heatMaps.data);
  });

  it('moves the grid and gives it back', async () => {
    const inference = await start('tiny-djhw');
    const grid = gridWith(42);
    const answer = inference.infer(grid);
    expect(grid).toHaveLength(0);
    expect((await answer).grid).toEqual(gridWith(42));
    await expect(inference.infer(grid)).rejects.toMatchObject({ code: 'GRID_INVALID', expected: '8^3 = 512 bytes' });
  });

  it('empties heat maps that were released, and never hands one buffer to two results', async () => {
    const inference = await start('tiny-ensemble', { members: true });
    const first = await mapsOf(inference, gridWith(1));
    const kept = await mapsOf(inference, gridWith(2));
    first.release();
    first.release();
    expect(first.heatMaps.data).toHaveLength(0);
    const reused = await mapsOf(inference, gridWith(3));
    const fresh = await mapsOf(inference, gridWith(4));
    const buffers = [kept, reused, fresh].flatMap(({ heatMaps, members }) =>
      [heatMaps, ...members].map((m) => m.data.buffer),
    );
    expect(new Set(buffers).size).toBe(9);
    expectClose(kept.members[0].data, fixtureHeatMaps(gridWith(2)));
    expectClose(reused.members[0].data, fixtureHeatMaps(gridWith(3)));
  });

  it('lets one inference wait behind the one in flight and refuses a third', async () => {
    const inference = await start('tiny-slow');
    const answers = await Promise.allSettled([0, 1, 2].map((cell) => inference.infer(gridWith(cell))));
    expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected']);
    expect(answers[2]).toMatchObject({
      reason: { code: 'INFERENCE_FAILED', expected: 'one in flight and one waiting' },
    });
    const second = asHeatMaps((answers[1] as PromiseFulfilledResult<InferenceResult>).value);
    expectClose(second.heatMaps.data, fixtureHeatMaps(gridWith(1)));
  });

  it('leaves the event loop free while the network runs', async () => {
    const inference = await start('tiny-slow');
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    await inference.infer(gridWith(1));
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(0);
  });

  it('keeps memory flat over 200 inferences', async () => {
    const inference = await start('tiny-djhw');
    const run = async (times: number): Promise<number> => {
      for (let i = 0; i < times; i++) (await inference.infer(gridWith(i))).release();
      collectGarbage();
      return process.memoryUsage().arrayBuffers;
    };
    const before = await run(20);
    const after = await run(200);
    expect(after - before).toBeLessThan(200 * 21 * 64 * 4); // less than one set of heat maps for each
    expect(inference.status().inferences).toBe(220);
  });

  it('rejects what is in flight when it is closed, and everything afterwards', async () => {
    const inference = await start('tiny-slow');
    const inFlight = expect(inference.infer(gridWith(1))).rejects.toMatchObject({ code: 'INFERENCE_FAILED' });
    await inference.close();
    await inFlight;
    await inference.close();
    expect(inference.status().state).toBe('closed');
    await expect(inference.infer(gridWith(1))).rejects.toMatchObject({ message: 'the inference is closed' });
  });
});

describe('a provider that this machine does not have', () => {
  it.each(['cuda', 'tensorrt'] as const)('%s: strict stops and names what is missing', async (provider) => {
    await expect(start('tiny-jdhw', { provider, policy: 'strict' })).rejects.toMatchObject({
      code: 'PROVIDER_UNAVAILABLE',
      expected: expect.stringContaining(`libonnxruntime_providers_${provider}.so`),
    });
  });

  it('fallback runs on the CPU, warns once and says so', async () => {
    const warnings: string[] = [];
    const logger = {
      warn: (message: string) => {
        warnings.push(message);
      },
    };
    const inference = await start('tiny-jdhw', { provider: 'cuda', policy: 'fallback', logger });
    const grid = gridWith(9);
    const expected = fixtureHeatMaps(grid);
    expectClose((await mapsOf(inference, grid)).heatMaps.data, expected);
    expect(inference.status()).toMatchObject({
      providerRequested: 'cuda',
      providerActual: 'cpu',
      fallbackReason: expect.stringContaining('cannot run tiny-jdhw on cuda'),
    });
    expect(warnings).toEqual([expect.stringContaining('running on cpu instead')]);
  });
});

describe('a model that does not match its manifest', () => {
  // biome-ignore lint/suspicious/noExplicitAny: tests write what the schema forbids
  it.each<[string, (m: any) => void, { expected?: unknown; found?: unknown }]>([
    [
      'another sha256',
      (m) => {
        m.files[0].sha256 = '0'.repeat(64);
      },
      { expected: expect.stringContaining('000000') },
    ],
    [
      'another length',
      (m) => {
        m.files[0].bytes += 1;
      },
      { found: expect.stringMatching(/^\d+ bytes$/) },
    ],
    [
      'another input shape',
      (m) => {
        m.input.shape = [1, 1, 8, 8, 8];
      },
      { expected: 'one tensor grid: uint8[1,1,8,8,8]', found: 'grid: uint8[8,1,8,8]' },
    ],
    [
      'another input type',
      (m) => {
        m.input.type = 'float32';
      },
      { expected: 'one tensor grid: float32[8,1,8,8]', found: 'grid: uint8[8,1,8,8]' },
    ],
    [
      'another output name',
      (m) => {
        m.output.tensor = 'maps';
      },
      { found: 'heatmaps: float32[4,21,4,4]' },
    ],
    [
      'another output order',
      (m) => {
        m.output.layout = 'jdhw';
        m.output.shape = [21, 4, 4, 4];
      },
      { expected: 'one tensor heatmaps: float32[21,4,4,4]', found: 'heatmaps: float32[4,21,4,4]' },
    ],
    [
      'another peak',
      (m) => {
        m.selfTest.expected[0].positions[20] = [0.125, 0.125, 0.125];
      },
      { expected: expect.stringContaining('at (0.1250, 0.1250, 0.1250)') },
    ],
    [
      'another value',
      (m) => {
        m.selfTest.expected[0].values[7] += 0.001;
      },
      {},
    ],
    [
      'another self-test grid',
      (m) => {
        m.selfTest.occupied = [];
      },
      {},
    ],
  ])('stops at start: %s', async (_, edit, detail) => {
    const model = await changedModel('tiny-djhw', edit);
    await expect(start('tiny-djhw', { model })).rejects.toMatchObject({ code: 'MODEL_MISMATCH', ...detail });
  });

  it('stops at start: a file that was tampered with', async () => {
    const model = await changedModel('tiny-djhw');
    await appendFile(join(model, 'member0.onnx'), 'x');
    await expect(start('tiny-djhw', { model })).rejects.toMatchObject({
      code: 'MODEL_MISMATCH',
      where: join(model, 'member0.onnx'),
    });
  });

  it('stops at start: the second member of an ensemble only', async () => {
    const model = await changedModel('tiny-ensemble', (m) => {
      m.selfTest.expected.reverse();
      m.files.pop();
      m.selfTest.expected.pop();
    });
    await expect(start('tiny-ensemble', { model })).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
    const second = await changedModel('tiny-ensemble', (m) => {
      m.selfTest.expected[1].values[0] += 0.01;
    });
    await expect(start('tiny-ensemble', { model: second })).rejects.toMatchObject({
      code: 'MODEL_MISMATCH',
      where: expect.stringMatching(/member1\.onnx, joint wrist$/),
    });
  });

  it('stops at start: a file that is gone', async () => {
    const model = await changedModel('tiny-djhw', (m) => {
      m.files[0].path = 'gone.onnx';
    });
    await expect(start('tiny-djhw', { model })).rejects.toMatchObject({
      code: 'MODEL_NOT_FOUND',
      expected: 'gone.onnx',
    });
  });

  it('stops at start: a file that is no ONNX graph, though its hash is right', async () => {
    const { createHash } = await import('node:crypto');
    const { writeFile } = await import('node:fs/promises');
    const content = Buffer.from('not a graph');
    const model = await changedModel('tiny-djhw', (m) => {
      m.files[0].sha256 = createHash('sha256').update(content).digest('hex');
      m.files[0].bytes = content.length;
    });
    await writeFile(join(model, 'member0.onnx'), content);
    await expect(start('tiny-djhw', { model })).rejects.toMatchObject({ code: 'MODEL_MISMATCH' });
  });
});
