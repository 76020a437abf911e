import { afterEach, describe, expect, it } from 'vitest';
import { asHeatMaps, fixtureHeatMaps, fixtureModel, gridWith } from '../../../test/fixtures/models/fixture-models.js';
import { inferAll } from '../infer-all.js';
import type { GridContext, Inference, InferenceResult, InferenceStatus } from '../inference.js';
import { stubInference } from '../stub-inference.js';
import { createInference } from './create-inference.js';
import { inferencePool } from './inference-pool.js';

let open: Inference | undefined;
afterEach(() => open?.close());

/** A worker that answers when it is told to, and says of itself what a test wants it to. */
class Lane implements Inference {
  readonly model = stubInference(() => ({ joints: 21, size: 1, data: new Float32Array(21) })).model;
  readonly given: number[] = [];
  readonly answers: (() => void)[] = [];
  about: Partial<InferenceStatus> = {};
  closed = false;

  infer(grid: Uint8Array, _context?: GridContext): Promise<InferenceResult> {
    this.given.push(grid[0]);
    return new Promise((resolve) => this.answers.push(() => resolve({ grid } as InferenceResult)));
  }

  status(): InferenceStatus {
    const counts = { inferences: 0, restarts: 0, lost: 0 };
    const model = { name: 'lane', version: '1', sha256: '' };
    return { state: 'ready', model, providerRequested: 'cpu', providerActual: 'cpu', ...counts, ...this.about };
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}

const grid = (k: number) => Uint8Array.of(k);

describe('a pool of workers', () => {
  it('gives each call to the worker with the fewest', async () => {
    const [a, b] = [new Lane(), new Lane()];
    const pool = inferencePool([a, b]);
    const calls = [1, 2, 3, 4].map((k) => pool.infer(grid(k)));
    expect([a.given, b.given]).toEqual([
      [1, 3],
      [2, 4],
    ]);
    b.answers[0]();
    await calls[1];
    void pool.infer(grid(5));
    expect([a.given, b.given]).toEqual([
      [1, 3],
      [2, 4, 5],
    ]);
  });

  it('prefers a worker that is ready, until two calls are there', () => {
    const [a, b] = [new Lane(), new Lane()];
    a.about = { state: 'restarting' };
    const pool = inferencePool([a, b]);
    for (const k of [1, 2, 3]) void pool.infer(grid(k));
    expect([a.given, b.given]).toEqual([[3], [1, 2]]);
  });

  it('says the worst of its workers, and counts them together', () => {
    const [a, b] = [new Lane(), new Lane()];
    a.about = { inferences: 7, restarts: 1, lost: 2 };
    b.about = { inferences: 5, restarts: 6, state: 'failed', failure: { code: 'INFERENCE_FAILED', message: 'gone' } };
    expect(inferencePool([a, b]).status()).toMatchObject({
      ...{ state: 'failed', failure: { message: 'gone' } },
      ...{ inferences: 12, restarts: 7, lost: 2 },
    });
  });

  it('closes all of them', async () => {
    const lanes = [new Lane(), new Lane(), new Lane()];
    await inferencePool(lanes).close();
    expect(lanes.map(({ closed }) => closed)).toEqual([true, true, true]);
  });

  it('answers the cubes of a frame in their order, from as many workers as were asked for', async () => {
    open = await createInference({ model: await fixtureModel('tiny-jdhw'), workers: 2 });
    expect(open.capacity).toBe(4);
    const cells = [2, 9, 100, 300, 511];
    const answers = await inferAll(
      open,
      cells.map((cell) => gridWith(cell)),
      [],
    );
    expect(answers.map((answer) => asHeatMaps(answer as InferenceResult).heatMaps.data)).toEqual(
      cells.map((cell) => fixtureHeatMaps(gridWith(cell))),
    );
    expect(open.status()).toMatchObject({ state: 'ready', inferences: 5 });
  });

  it('is one worker where the graph takes several cubes in one run', async () => {
    open = await createInference({ model: await fixtureModel('tiny-joints'), workers: 2 });
    expect(open.inferBatch).toBeDefined();
    expect(open.capacity).toBeUndefined();
  });
});
