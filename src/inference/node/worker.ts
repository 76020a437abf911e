/**
 * The inference worker: owns the onnxruntime sessions, whose `run()` blocks its thread. See worker-protocol.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { toVoxhandError, VoxhandError } from '../../errors/voxhand-error.js';
import type { OpenModel } from './open-model.js';
import { openModel } from './open-model-on.js';
import { RunGate } from './run-gate.js';
import type { ErrorJson, GridBytes, WorkerReply, WorkerRequest, WorkerSetup } from './worker-protocol.js';

if (parentPort === null) throw new Error('worker.js is started by createInference, not by hand');
const port = parentPort;
const setup = workerData as WorkerSetup;
const gate = new RunGate(setup.gate); // busy until the model is open

try {
  const { model, provider, fallbackReason } = await openModel(setup);
  serve(model);
  reply({ type: 'ready', provider, fallbackReason, batches: model.batches });
} catch (error) {
  reply({ type: 'refused', error: errorJson(error) });
  port.close();
}
gate.leave();

/** One request after the other: a run is asynchronous, and `close` must not overtake it. */
function serve(model: OpenModel): void {
  let last = Promise.resolve();
  port.on('message', (request: WorkerRequest) => {
    last = last.then(async () => {
      if (!gate.enter()) return; // the process ends
      await handle(model, request);
      gate.leave();
    });
  });
}

async function handle(model: OpenModel, request: WorkerRequest): Promise<void> {
  if (request.type === 'close') {
    await model.release();
    port.close();
    return;
  }
  if (request.type === 'infer-batch') return handleBatch(model, request.grids);
  const { grid, spare, size } = request;
  try {
    const { answers, runSeconds } = await model.run(grid, spare, size);
    reply({ type: 'result', grid, answers, runSeconds }, [grid.buffer, ...answers.map((answer) => answer.buffer)]);
  } catch (error) {
    reply({ type: 'failed', grid, error: errorJson(error) }, [grid.buffer]);
  }
}

async function handleBatch(model: OpenModel, grids: readonly GridBytes[]): Promise<void> {
  try {
    const { answers, runSeconds } = await model.runBatch(grids);
    const floats = answers.flatMap((answer) => (answer instanceof VoxhandError ? [] : answer));
    const buffers = [...grids, ...floats].map(({ buffer }) => buffer);
    const sent = answers.map((answer) => (answer instanceof VoxhandError ? answer.toJSON() : answer));
    reply({ type: 'batch', grids, answers: sent, runSeconds }, buffers);
  } catch (error) {
    reply({ type: 'failed', error: errorJson(error) });
  }
}

function reply(message: WorkerReply, transfer: ArrayBuffer[] = []): void {
  port.postMessage(message, transfer);
}

function errorJson(error: unknown): ErrorJson {
  return toVoxhandError(error, 'INFERENCE_FAILED').toJSON();
}
