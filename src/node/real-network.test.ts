import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { geometricConfig } from '../../test/helpers/geometric-config.js';
import { smallFrames } from '../../test/helpers/recordings.js';
import { until } from '../../test/helpers/until.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { createInference } from '../inference/node/create-inference.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import type { HandJointsMessage } from '../messages/generated.js';
import { fromHandJointsMessage } from '../messages/hand-joints-message.js';
import { toCameraInfoMessage, toDepthImageMessage } from '../messages/images.js';
import { recordedCodec } from '../messages/recorded-codec.js';
import { MemoryBus } from '../transport/memory/memory-bus.js';
import { wholeSession } from './live-tracker.js';
import { TrackerNode } from './tracker-node.js';

/** Runs the real worker, but dies of the first grid after it was told to, as of a crash. A thread cannot be ended in a run. */
const MORTAL = `
  const { parentPort, workerData } = require('node:worker_threads');
  const fate = new Int32Array(workerData.fate);
  parentPort.on('message', () => { if (Atomics.load(fate, 0) === 1) process.exit(9); });
  import(workerData.script);
`;
const SCRIPT = fileURLToPath(new URL('../../dist/inference/node/worker.js', import.meta.url));

/** A camera at 30 Hz by the real clock, whose hand moves there and back. */
function camera(bus: MemoryBus) {
  const frames = smallFrames(30).map(({ frame }) => frame);
  const images = bus.advertise('/depth/image_rect_raw', cdrCodec('sensor_msgs/msg/Image'));
  const infos = bus.advertise('/depth/camera_info', cdrCodec('sensor_msgs/msg/CameraInfo'));
  let i = 0;
  const timer = setInterval(() => {
    const k = i++ % 58;
    const stamp = bus.now();
    const frame = { ...frames[k < 30 ? k : 58 - k], stamp, frameId: 'camera' };
    void infos.publish(toCameraInfoMessage({ ...frame.camera, ...frame }), stamp);
    void images.publish(toDepthImageMessage(frame), stamp);
  }, 33);
  return () => clearInterval(timer);
}

it('tracks with a real network, takes the hand back when its worker is killed, says so, and goes on', async () => {
  const bus = new MemoryBus({ capacity: 2, policy: 'drop-oldest', now: () => process.hrtime.bigint() });
  const fates: Int32Array[] = [];
  const node = new TrackerNode({
    bus,
    config: geometricConfig({ smoothing: { stages: ['gate', 'oneEuro'] }, diagnostics: { period: 0.2 } }),
    open: wholeSession(async () => {
      const inference = await createInference({
        model: 'compact-light',
        restart: { backoffMs: 600 },
        spawn: (setup) => {
          const fate = new Int32Array(new SharedArrayBuffer(4));
          fates.push(fate);
          const workerData = { ...setup, script: SCRIPT, fate: fate.buffer };
          return new Worker(MORTAL, { eval: true, workerData, execArgv: [] });
        },
      });
      return { inference, close: () => inference.close() };
    }),
  });
  const hands: HandJoints[] = [];
  const joints = bus.subscribe(['/hand/joints'])[Symbol.asyncIterator]();
  const listening = (async () => {
    for (let step = await joints.next(); step.done !== true; step = await joints.next()) {
      hands.push(fromHandJointsMessage(recordedCodec(step.value).decode(step.value.data) as HandJointsMessage));
    }
  })();
  const stop = camera(bus);
  try {
    await node.start();
    await until(() => hands.filter(({ tracked }) => tracked).length > 10);
    const { session } = node.report().facts;
    expect(session.inference).toMatchObject({ providerActual: 'cpu', state: 'ready' });
    expect(session.inference?.model.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(session.stages.inference?.p50).toBeGreaterThan(0.001);

    const before = hands.length;
    Atomics.store(fates[0], 0, 1);
    await until(() => hands.slice(before).some(({ tracked }) => !tracked));
    await until(() => node.report().findings.some(({ rule }) => /^inference-restart/.test(rule.id)));
    await until(() => hands.at(-1)?.tracked);
    expect(fates).toHaveLength(2);
    expect(node.report().facts.session.inference).toMatchObject({ restarts: 1 });
    expect(node.lifecycle.state).toBe('active');
  } finally {
    stop();
    await node.close();
    await joints.return?.();
    await listening;
  }
  const { counts } = node.report().facts.session;
  expect(counts.pending).toBe(0);
});
