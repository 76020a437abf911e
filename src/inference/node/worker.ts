/**
 * The inference worker: owns the onnxruntime sessions, whose `run()` blocks its thread. See worker-protocol.ts.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { toVoxhandError, VoxhandError } from '../../hand/errors.js';
import type { Ensemble } from './ensemble.js';
import { openEnsemble } from './open-ensemble.js';
import { RunGate } from './run-gate.js';
import type { ErrorJson, GridBytes, WorkerReply, WorkerRequest, WorkerSetup } from './worker-protocol.js';

if (parentPort === null) throw new Error('worker.js is started by createInference, not by hand');
const port = parentPort;
const setup = workerData as WorkerSetup;
const gate = new RunGate(setup.gate); // busy until the model is open

try {
  const { ensemble, provider, fallbackReason } = await openEnsemble(setup);
  serve(ensemble);
  reply({ type: 'ready', provider, fallbackReason, batches: ensemble.batches });
} catch (error) {
  reply({ type: 'refused', error: errorJson(error) });
  port.close();
}
gate.leave();

/** One request after the other: a run is asynchronous, and `close` must not overtake it. */
function serve(ensemble: Ensemble): void {
  let last = Promise.resolve();
  port.on('message', (request: WorkerRequest) => {
    last = last.then(async () => {
      if (!gate.enter()) return; // the process ends
      await handle(ensemble, request);
      gate.leave();
    });
  });
}

async function handle(ensemble: Ensemble, request: WorkerRequest): Promise<void> {
  if (request.type === 'close') {
    await ensemble.release();
    port.close();
    return;
  }
  if (request.type === 'infer-batch') return handleBatch(ensemble, request.grids);
  const { grid, spare } = request;
  try {
    const { answers, runSeconds } = await ensemble.run(grid, spare);
    reply({ type: 'result', grid, answers, runSeconds }, [grid.buffer, ...answers.map((answer) => answer.buffer)]);
  } catch (error) {
    reply({ type: 'failed', grid, error: errorJson(error) }, [grid.buffer]);
  }
}

async function handleBatch(ensemble: Ensemble, grids: readonly GridBytes[]): Promise<void> {
  try {
    const { answers, runSeconds } = await ensemble.runBatch(grids);
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
