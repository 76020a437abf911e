import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { centreOfMass, FIXTURES } from '../../test/fixtures/models/fixture-models.js';
import { geometricConfig } from '../../test/helpers/geometric-config.js';
import type { DepthFrame } from '../depth/depth-frame.js';
import type { ReferencePoint } from '../detection/geometric/reference-point.js';
import { createReferenceTracker } from '../detection/geometric/reference-tracker.js';
import { cubeToCamera } from '../geometry/cube.js';
import type { PointInference } from '../inference/inference.js';
import { createPointInference } from '../inference/node/create-inference.js';
import { stubInference } from '../inference/stub-inference.js';
import { CAMERAS } from '../synthetic/cameras.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { voxelise } from '../voxels/voxelise.js';
import { HandTracker } from './hand-tracker.js';
import { networkCube } from './network-cube.js';
import { networkRefiner } from './network-refiner.js';

const frames = [...syntheticStream({ preset: 'demo', frames: 3, camera: CAMERAS.small, seed: 5 })].map((f) => f.frame);
const [frame] = frames;
const COM = join(FIXTURES, 'tiny-com');
const WORKER = fileURLToPath(new URL('../../dist/inference/node/worker.js', import.meta.url));

let open: PointInference[] = [];
afterEach(async () => {
  await Promise.all(open.map((inference) => inference.close()));
  open = [];
});

async function start(more: Partial<Parameters<typeof createPointInference>[0]> = {}): Promise<PointInference> {
  const inference = await createPointInference({ model: COM, ...more });
  open.push(inference);
  return inference;
}

function found(of: DepthFrame = frame): ReferencePoint {
  const result = createReferenceTracker().track(of);
  return result.state === 'found' ? result.point : expect.fail(`no hand: ${result.reason}`);
}

const distance = (a: readonly number[], b: readonly number[]) => Math.hypot(...a.map((c, axis) => c - b[axis]));

describe('a network that refines the reference point', () => {
  it.each(['right', 'left'] as const)('moves it to what it sees in its own cube, of a %s hand', async (handedness) => {
    const network = await start();
    let shown: Uint8Array | undefined;
    const inference: PointInference = {
      model: network.model,
      infer(grid) {
        shown = grid.slice();
        return network.infer(grid);
      },
      status: () => network.status(),
      close: () => network.close(),
    };
    const point = found();
    const cube = networkCube(point, inference.model, handedness);
    expect(cube).toMatchObject({ edge: 0.3, mirror: handedness === 'left' });
    expect(cube.roll).not.toBe(0);
    const grid = voxelise(frame, cube, 32).data;
    const expected = cubeToCamera(cube, centreOfMass(grid));
    const refined = await networkRefiner(inference, { handedness, maxMove: 0.2 }).refine(frame, point);
    expect(distance(refined.position, [...expected])).toBeLessThan(1e-6);
    expect(distance(refined.position, point.position)).toBeGreaterThan(0.005);
    expect(refined).toEqual({ ...point, position: refined.position, refinement: 'refined' });
    expect(shown).toEqual(grid); // mirrored for a left hand
  });

  it('says the same of the same frame, over and over on the same memory', async () => {
    const refiner = networkRefiner(await start(), { handedness: 'right', maxMove: 0.2 });
    const point = found();
    const first = await refiner.refine(frame, point);
    await refiner.refine(frames[2], found(frames[2]));
    expect(await refiner.refine(frame, point)).toEqual(first);
  });

  it('is not believed when it moves the point too far', async () => {
    const refiner = networkRefiner(await start(), { handedness: 'right', maxMove: 0.001 });
    const point = found();
    expect(await refiner.refine(frame, point)).toEqual({ ...point, refinement: 'too-far' });
  });

  it('leaves the point where it answers no numbers, and refines the next one', async () => {
    const refiner = networkRefiner(await start(), { handedness: 'right', maxMove: 0.2 });
    const nowhere: ReferencePoint = { position: [0, 0, 9], arm: undefined, confidence: 1, source: 'tracked' };
    for (let i = 0; i < 2; i++) {
      expect(await refiner.refine(frame, nowhere)).toEqual({ ...nowhere, refinement: 'INFERENCE_FAILED' });
      expect(await refiner.refine(frame, found())).toMatchObject({ refinement: 'refined' });
    }
  });

  it('leaves the point of the frame that its worker died of, says so, and goes on with the next', async () => {
    const lives: Worker[] = [];
    const inference = await start({
      restart: { backoffMs: 1 },
      spawn: (setup) => {
        const deadly = lives.length === 0;
        const worker = new Worker(
          `const { parentPort, workerData } = require('node:worker_threads');
           parentPort.on('message', ({ type }) => { if (${deadly} && type === 'infer') process.exit(9); });
           import(workerData.script);`,
          { eval: true, workerData: { ...setup, script: WORKER }, execArgv: [] },
        );
        lives.push(worker);
        return worker;
      },
    });
    const refiner = networkRefiner(inference, { handedness: 'right', maxMove: 0.2 });
    const config = geometricConfig({
      reference: { refine: 'com' },
      heatMaps: { minConfidence: 0, acquireConfidence: 0 },
    });
    const facts = { gridSize: 8, heatMapSize: 2 };
    const pose = stubInference(() => ({ joints: 21, size: 2, data: new Float32Array(21 * 8).fill(0.5) }), facts);
    const tracker = new HandTracker(config, { inference: pose, refiner });
    for (const each of frames) expect(await tracker.track(each)).toHaveLength(1);
    expect(tracker.counters.snapshot()).toMatchObject({
      dropped: {},
      refinement: { WORKER_LOST: 1, refined: 2 },
    });
    expect(inference.status()).toMatchObject({ state: 'ready', lost: 1, restarts: 1, inferences: 2 });
  });

  it('leaves every point once it is closed', async () => {
    const inference = await start();
    await inference.close();
    const refiner = networkRefiner(inference, { handedness: 'right', maxMove: 0.2 });
    expect(await refiner.refine(frame, found())).toMatchObject({ refinement: 'INFERENCE_FAILED' });
  });
});
