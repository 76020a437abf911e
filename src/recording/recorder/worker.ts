/** The recorder's worker thread: packs and writes what the main thread hands over. See recorder-protocol.ts. */
import { parentPort, workerData } from 'node:worker_threads';
import { toVoxhandError } from '../../errors/voxhand-error.js';
import { compressorReady } from './chunk.js';
import { systemDisk } from './disk.js';
import type { RecorderReply, RecorderRequest, WorkerSetup } from './recorder-protocol.js';
import { RecordingWriter } from './recording-writer.js';

const setup = workerData as WorkerSetup;
const port = parentPort as NonNullable<typeof parentPort>;
const backlog = new Int32Array(setup.backlog);
const reply = (message: RecorderReply, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

await compressorReady;
try {
  const writer = new RecordingWriter(systemDisk, setup, {
    part: (part) => reply({ type: 'part', part }),
    ended: (end) => reply({ type: 'ended', end }),
    wake: () => wake(),
  });
  let isDue = false;
  // between two steps all messages are handled that have come by then
  const wake = () => {
    if (isDue) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      if (writer.step()) wake();
    });
  };
  const timer = setInterval(() => writer.tick(), setup.syncMs);
  let ticked = performance.now();
  port.on('message', (request: RecorderRequest) => {
    handle(writer, request);
    // under load the timer's turn may be long in coming
    if (performance.now() - ticked > setup.syncMs) {
      writer.tick();
      ticked = performance.now();
    }
    if (request.type === 'close') clearInterval(timer);
  });
  reply({ type: 'ready' });
} catch (error) {
  reply({ type: 'refused', error: toVoxhandError(error, 'WRITE_FAILED').toJSON() });
}

function handle(writer: RecordingWriter, request: RecorderRequest): void {
  if (request.type === 'channel') {
    writer.addChannel(request.channel, request.schema, request.latched);
  } else if (request.type === 'slab') {
    const { buffer, length } = request;
    const waiting = (1024 * Atomics.load(backlog, 0)) / setup.pendingBytes;
    writer.write(new Uint8Array(buffer, 0, length), waiting);
    Atomics.sub(backlog, 0, Math.ceil(buffer.byteLength / 1024));
    reply({ type: 'spare', buffer }, [buffer]);
  } else if (request.type === 'describe') {
    writer.describe(request.values);
  } else if (request.type === 'snapshot') {
    const { number, reason } = request;
    writer.snapshot(reason, (result) => reply({ type: 'snapshot', number, result }));
  } else {
    reply({ type: 'closed', written: writer.close(request.metadata) });
    port.close();
  }
}
