import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import {
  asHeatMaps,
  changedModel,
  FIXTURES,
  fixtureHeatMaps,
  gridWith,
} from '../../../test/fixtures/models/fixture-models.js';
import type { Inference } from '../inference.js';
import { createInference } from './create-inference.js';
import type { InferenceOptions } from './inference-options.js';

/** Runs the real worker, but dies of a grid whose first cell is 2, as of a crash in the middle of a run. */
const MORTAL = `
  const { parentPort, workerData } = require('node:worker_threads');
  parentPort.on('message', ({ grid }) => { if (grid?.[0] === 2) process.exit(9); });
  import(workerData.script);
`;
const DIST = fileURLToPath(new URL('../../../dist/inference', import.meta.url));

/** Keeps every worker that was started and every wait that was asked for; waits end when told. */
class Bench {
  readonly workers: Worker[] = [];
  readonly waits: number[] = [];
  #due: (() => void) | undefined;
  #asked: (() => void) | undefined;

  readonly options: Partial<InferenceOptions> = {
    threads: 1,
    spawn: (setup) => {
      const worker = new Worker(MORTAL, {
        eval: true,
        workerData: { ...setup, script: join(DIST, 'node/worker.js') },
        execArgv: [],
      });
      this.workers.push(worker);
      return worker;
    },
    timers: {
      setTimeout: (callback, ms) => {
        this.waits.push(ms);
        this.#due = callback;
        this.#asked?.();
        return callback;
      },
      clearTimeout: (timer) => {
        if (this.#due === timer) this.#due = undefined;
      },
    },
  };

  /** Resolves when the next back-off is asked for. */
  async asked(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#asked = resolve;
    });
  }

  /** Kill the idle worker. */
  async kill(): Promise<void> {
    const asked = this.asked();
    await this.workers.at(-1)?.terminate();
    await asked;
  }

  /** End the back-off. */
  elapse(): void {
    const due = this.#due;
    this.#due = undefined;
    due?.();
  }

  get waiting(): boolean {
    return this.#due !== undefined;
  }
}

/** The worker dies of it. */
const deadly = (): Uint8Array => gridWith().fill(2, 0, 1);

let inference: Inference | undefined;
afterEach(async () => {
  await inference?.close();
});

async function start(bench: Bench, model: string, options: Partial<InferenceOptions> = {}): Promise<Inference> {
  inference = await createInference({ model: join(FIXTURES, model), ...bench.options, ...options });
  return inference;
}

describe('a worker that dies', () => {
  it('loses the frame in flight, keeps the one behind it, and is started again', async () => {
    const bench = new Bench();
    const inference = await start(bench, 'tiny-jdhw');
    const asked = bench.asked();
    const inFlight = inference.infer(deadly());
    const behind = inference.infer(gridWith(2));
    await expect(inFlight).rejects.toMatchObject({ code: 'WORKER_LOST', found: 'exit code 9' });
    await asked;
    expect(inference.status()).toMatchObject({ state: 'restarting', lost: 1, restarts: 0, inferences: 0 });
    bench.elapse();
    expect(asHeatMaps(await behind).heatMaps.data).toEqual(fixtureHeatMaps(gridWith(2)));
    expect(inference.status()).toMatchObject({ state: 'ready', lost: 1, restarts: 1, inferences: 1 });
  });

  it('is started again when it was idle too, and nothing is lost', async () => {
    const bench = new Bench();
    const inference = await start(bench, 'tiny-jdhw');
    await bench.kill();
    const answer = inference.infer(gridWith(3));
    bench.elapse();
    expect(asHeatMaps(await answer).heatMaps.data).toEqual(fixtureHeatMaps(gridWith(3)));
    expect(inference.status()).toMatchObject({ lost: 0, restarts: 1, inferences: 1 });
  });

  it('waits twice as long each time until an inference succeeds', async () => {
    const bench = new Bench();
    const inference = await start(bench, 'tiny-jdhw', { restart: { backoffMs: 10, maxBackoffMs: 35 } });
    const restarted = async (): Promise<void> => {
      bench.elapse();
      await expect.poll(() => inference.status().state, { timeout: 60_000 }).toBe('ready');
    };
    for (let i = 0; i < 4; i++) {
      await bench.kill();
      await restarted();
    }
    await inference.infer(gridWith(1));
    await bench.kill();
    expect(bench.waits).toEqual([10, 20, 35, 35, 10]);
  });

  it('is given up after too many restarts in a row, for good', async () => {
    const bench = new Bench();
    const inference = await start(bench, 'tiny-jdhw', { restart: { maxRestarts: 1 } });
    await bench.kill();
    bench.elapse();
    const inFlight = expect(inference.infer(deadly())).rejects.toMatchObject({ code: 'WORKER_LOST' });
    const behind = expect(inference.infer(gridWith(2))).rejects.toMatchObject({ code: 'INFERENCE_FAILED' });
    await inFlight;
    await behind;
    expect(inference.status()).toMatchObject({ state: 'failed', restarts: 1, failure: { code: 'INFERENCE_FAILED' } });
    await expect(inference.infer(gridWith(3))).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      message: expect.stringContaining('given up after 1 restarts'),
    });
    expect(bench.waiting).toBe(false);
  });

  it('is given up at once when its model is no longer there', async () => {
    const bench = new Bench();
    const model = await changedModel('tiny-jdhw');
    const inference = await start(bench, 'tiny-jdhw', { model });
    await rm(model, { recursive: true });
    await bench.kill();
    const answer = expect(inference.infer(gridWith(1))).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
      found: expect.stringContaining('member0.onnx'),
    });
    bench.elapse();
    await answer;
    expect(inference.status()).toMatchObject({ state: 'failed', restarts: 1 });
  });

  it('is not started again once closed', async () => {
    const bench = new Bench();
    const inference = await start(bench, 'tiny-jdhw');
    await bench.kill();
    expect(bench.waiting).toBe(true);
    await inference.close();
    expect(bench.waiting).toBe(false);
    expect(bench.workers).toHaveLength(1);
  });

  it('is closed too when close() comes while it starts again', async () => {
    const bench = new Bench();
    const inference = await start(bench, 'tiny-jdhw');
    await bench.kill();
    bench.elapse();
    await inference.close();
    expect(bench.workers).toHaveLength(2);
    expect(bench.workers[1].threadId).toBe(-1); // has exited
    expect(inference.status().state).toBe('closed');
  });

  it('rejects the start where it dies on the way', async () => {
    const spawn = (): Worker => new Worker('process.exit(7)', { eval: true });
    await expect(createInference({ model: join(FIXTURES, 'tiny-jdhw'), spawn })).rejects.toMatchObject({
      code: 'WORKER_LOST',
      found: 'exit code 7',
    });
  });
});

describe('a process with an open inference', () => {
  const run = (body: string) =>
    promisify(execFile)(process.execPath, [
      '--input-type=module',
      '-e',
      `import { createInference } from ${JSON.stringify(join(DIST, 'index.js'))};
       const inference = await createInference({ model: ${JSON.stringify(join(FIXTURES, 'tiny-slow'))}, threads: 1 });
       ${body}`,
    ]);

  it('stays alive for an answer, and ends by itself when none is due', async () => {
    const { stdout, stderr } = await run(
      'console.log((await inference.infer(new Uint8Array(512))).heatMaps.data.length)',
    );
    expect({ stdout, stderr }).toEqual({ stdout: '1344\n', stderr: '' });
  });

  it.each([
    ['process.exit', 'setTimeout(() => process.exit(3), 10);', 3],
    ['an uncaught exception', 'setTimeout(() => { throw new Error("boom"); }, 10);', 1],
  ])('ends by %s with its own exit code, not by an abort inside onnxruntime', async (_, end, code) => {
    await expect(run(`inference.infer(new Uint8Array(512)); ${end}`)).rejects.toMatchObject({ code, signal: null });
  });
});
