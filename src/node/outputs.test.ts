import { describe, expect, it } from 'vitest';
import { geometricConfig } from '../../test/helpers/geometric-config.js';
import { settle } from '../../test/helpers/manual-clock.js';
import { benchInference, TrackerBench } from '../../test/helpers/tracker-bench.js';
import { formatRun, sinkLosses, trackerRunReport } from '../cli/run-report.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import { toPointStamped } from '../messages/points.js';
import { toTfMessage } from '../messages/transforms.js';
import { MemoryBus } from '../transport/memory/memory-bus.js';
import type { BusMessage } from '../transport/port/bus.js';
import { nodeDiagnostics } from './node-diagnostics.js';
import { cameraSession, inferenceSession } from './role-session.js';
import { tappedBus } from './tapped-bus.js';
import { TrackerNode } from './tracker-node.js';

const turned = [0, 0, 1, 0] as const;

async function placeCamera(bench: TrackerBench): Promise<void> {
  const message = toTfMessage({ stamp: bench.stamp, frameId: 'camera', orientation: turned });
  const { header } = message.transforms[0];
  const transforms = [{ ...message.transforms[0], header: { ...header, frame_id: 'base' } }];
  await bench.bus.advertise('/tf_static', cdrCodec('tf2_msgs/msg/TFMessage')).publish({ transforms }, bench.stamp);
  await settle();
}

it('what a sink left out by itself is in the diagnostics of the output', async () => {
  const mqtt = Object.assign(new MemoryBus(), { losses: () => ({ 'dropped gesture': 3 }) });
  const bench = new TrackerBench({ sinks: [{ name: 'mqtt', sink: mqtt }] });
  const report = bench.node.report();
  const output = nodeDiagnostics(report.facts, report.findings).find(({ name }) => name.endsWith(': output'));
  expect(output?.values).toMatchObject({ 'sink.mqtt': 'ok', 'sink.mqtt.dropped gesture': 3 });
  const [run, losses] = [trackerRunReport(report), sinkLosses(report)];
  expect(losses).toEqual({ mqtt: { 'dropped gesture': 3 } });
  const text = formatRun({ seconds: 1, trackers: [run], losses, eventLoopLagMs: null, recording: null });
  expect(text).toContain('\nmqtt left out: 3 (dropped gesture 3)\n1.0 s');
  await bench.node.close();
});

describe('a target frame', () => {
  const config = geometricConfig({ smoothing: { stages: [] }, output: { targetFrame: 'base' } });

  it('that no transform leads to is said, and the hand is lost until one does', async () => {
    const bench = new TrackerBench({ config });
    await bench.tracking(40);
    expect(bench.hands).toMatchObject([{ tracked: false, frameId: 'base' }]);
    expect(bench.troubles).toMatchObject([{ part: 'output', level: 'ERROR', rule: 'transform-missing' }]);
    for (const word of ['base', 'camera', '/tf_static', 'output.target_frame']) {
      expect(bench.troubles[0].message).toContain(word);
    }
    await placeCamera(bench);
    const before = bench.hands.length;
    await bench.stream(40);
    expect(bench.hands.slice(before).every(({ tracked, frameId }) => tracked && frameId === 'base')).toBe(true);
    expect(bench.troubles).toEqual([]);
    const { counts, published, withheld } = bench.node.report().facts.session;
    expect(counts.lost).toEqual({ 'no-transform': 40 });
    expect([counts.out, withheld]).toEqual([published, {}]);
  });

  it('can be changed while the node runs: the hand is taken back in the old one first', async () => {
    const bench = new TrackerBench();
    await bench.tracking(3);
    bench.node.setParameters(new Map([['output.target_frame', 'base']]));
    await settle();
    await placeCamera(bench);
    await bench.stream(2);
    const [before, taken, after] = [bench.hands[2], bench.hands[3], bench.hands.at(-1)];
    expect(taken).toMatchObject({ tracked: false, frameId: 'camera' });
    expect(after).toMatchObject({ tracked: true, frameId: 'base' });
    // half a turn about z
    expect(after?.positions[0]).toBeCloseTo(-(before.positions[0] ?? 0), 6);
    await bench.node.close();
  });
});

describe('outputs on demand', () => {
  it('subscribe to the camera only while somebody listens, and say so', async () => {
    const config = geometricConfig({
      smoothing: { stages: [] },
      output: { onDemand: true, poses: false, scene: false, markers: false },
    });
    const bench = new TrackerBench({ config });
    const subscribers = (topic: string) => bench.bus.states().find((state) => state.topic === topic)?.subscribers;
    await bench.mute();
    await bench.tracking(3);
    await bench.clock.advance(3);
    expect(subscribers('/depth/image_rect_raw')).toBe(0);
    expect(bench.troubles).toEqual([]);
    expect(bench.diagnostics.input.message).toContain('no output has a subscriber');
    const joints = bench.bus.subscribe(['/hand/joints'])[Symbol.asyncIterator]();
    await bench.clock.advance(0.3);
    expect(subscribers('/depth/image_rect_raw')).toBe(1);
    await bench.info();
    await bench.stream(3);
    expect((await joints.next()).value).toMatchObject({ topic: '/hand/joints' });
    await joints.return?.();
    await bench.clock.advance(0.3);
    expect(subscribers('/depth/image_rect_raw')).toBe(0);
    await bench.node.close();
    expect(bench.clock.waiting).toBe(0);
  });
});

describe('a tapped bus', () => {
  it('hands what is subscribed to on as it is, and survives sinks that fail', async () => {
    const bus = new MemoryBus();
    const taken: BusMessage[] = [];
    const sink = {
      advertise: () => {
        throw new Error('not asked for');
      },
      write: async (message: BusMessage) => {
        taken.push(message);
        throw new Error('full');
      },
      close: async () => undefined,
    };
    const messages = tappedBus(bus, [{ sink }, { sink, topics: ['q'] }])
      .subscribe(['p'])
      [Symbol.asyncIterator]();
    const next = messages.next();
    await bus
      .advertise('p', cdrCodec('geometry_msgs/msg/PointStamped'))
      .publish(toPointStamped(7n, 'c', [0, 0, 1]), 7n);
    expect((await next).value).toBe(taken[0]);
    await messages.return?.();
    expect(tappedBus(bus, [])).toBe(bus);
    await settle();
  });
});

describe('a pipeline cut in two nodes', () => {
  it('tracks as a whole one does; what is missing is said', async () => {
    const cameraConfig = geometricConfig({
      smoothing: { stages: [] },
      distribution: { role: 'camera', maxCameras: 1 },
    });
    const bench = new TrackerBench({
      config: cameraConfig,
      open: cameraSession(async () => ({ model: benchInference().model, close: async () => undefined })),
    });
    await bench.tracking(40);
    expect(bench.troubles).toMatchObject([{ part: 'node', level: 'ERROR', rule: 'role' }]);
    expect(bench.troubles[0].message).toContain('/hand/voxels');
    const log: string[] = [];
    const other = new TrackerNode({
      name: 'network',
      log: (severity, text) => log.push(`${severity}: ${text}`),
      bus: bench.bus,
      config: geometricConfig({ smoothing: { stages: [] }, distribution: { role: 'inference', maxCameras: 1 } }),
      timers: bench.clock,
      open: inferenceSession(async () => ({ inference: benchInference(), close: async () => undefined })),
    });
    await other.start();
    await settle();
    await bench.stream(5);
    expect(bench.hands.at(-1)?.tracked).toBe(true);
    expect(other.report().findings).toEqual([]);
    expect(other.report().facts.session.counts).toMatchObject({ out: 5 });
    expect(bench.log).toContain(
      'info: active: /depth/image_rect_raw in, /hand/voxels out as camera camera, answers on /hand/feedback',
    );
    expect(bench.log).toContain('info: the voxels on /hand/voxels are answered');
    expect(log).toContain('info: active: /hand/voxels of all cameras in, joints and answers on /hand/feedback out');
    expect(log).toContain('info: camera camera: its voxels come, its joints go out on /hand/joints');
    await other.lifecycle.change('deactivate');
    await settle();
    expect(bench.hands.at(-1)?.tracked).toBe(false);
    await other.close();
    await bench.node.close();
    expect([bench.node.lifecycle.state, other.lifecycle.state]).toEqual(['finalized', 'finalized']);
  });
});
