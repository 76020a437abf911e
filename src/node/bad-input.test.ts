import { describe, expect, it } from 'vitest';
import { geometricConfig } from '../../test/helpers/geometric-config.js';
import { settle } from '../../test/helpers/manual-clock.js';
import { HeldInference, type LiveMemoryBus, TrackerBench } from '../../test/helpers/tracker-bench.js';
import { VoxhandError } from '../errors/voxhand-error.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import { toPointStamped } from '../messages/points.js';
import { NODE_RULES, ruleTable } from './node-rules.js';

const DEPTH = '/depth/image_rect_raw';
const INFO = '/depth/camera_info';

async function started(bench = new TrackerBench()): Promise<TrackerBench> {
  await bench.node.start();
  await settle();
  return bench;
}

/** Exactly one diagnostic is not OK; it is about this, and says what to do. */
function expectOne(bench: TrackerBench, rule: string, level: string, ...words: readonly (string | RegExp)[]): void {
  expect(bench.troubles).toMatchObject([{ rule, level }]);
  for (const word of words) expect(bench.troubles[0].message).toMatch(word);
}

/** Put right, the node tracks. */
async function expectAlive(bench: TrackerBench): Promise<void> {
  const before = bench.hands.length;
  await bench.info();
  await bench.stream(5);
  expect(bench.hands.slice(before).filter(({ tracked }) => tracked).length).toBeGreaterThan(3);
  expect(bench.node.lifecycle.state).toBe('active');
}

function announceImage(bus: LiveMemoryBus, topic: string): void {
  bus.advertise(topic, cdrCodec('sensor_msgs/msg/Image'));
}

describe('bad input is one clear diagnostic that names topic and remedy, and the node lives:', () => {
  it('a depth topic of another type', async () => {
    const bench = await started();
    announceImage(bench.bus, '/camera/depth');
    const points = bench.bus.advertise(DEPTH, cdrCodec('geometry_msgs/msg/PointStamped'));
    await bench.info();
    for (let i = 0; i < 40; i++) {
      await points.publish(toPointStamped(bench.stamp, 'camera', [0, 0, 1]), bench.stamp);
      await bench.clock.advance(1 / 30);
    }
    expectOne(bench, 'depth-type', 'ERROR', DEPTH, 'geometry_msgs/msg/PointStamped', '--depth-topic', '/camera/depth');
    expect(Number(bench.diagnostics.input.values['dropped.SCHEMA_UNSUPPORTED'])).toBeGreaterThan(20);
    await expectAlive(bench);
  });

  it('depth in a wrong unit', async () => {
    const bench = await started(
      new TrackerBench({ config: geometricConfig({ smoothing: { stages: [] }, input: { depthUnit: 0.1 } }) }),
    );
    await bench.info();
    await bench.stream(75);
    expectOne(bench, 'depth-unit', 'WARN', DEPTH, 'input.depth_unit', 'now 0.1', 'seems to be 0.001 m');
    expect(Number(bench.diagnostics.output.values['lost.depth-unit'])).toBeGreaterThan(20);
    expect(bench.hands.every(({ tracked }) => !tracked)).toBe(true);
  });

  it('a depth topic of another encoding', async () => {
    const bench = await started();
    await bench.info();
    await bench.stream(40, { change: { encoding: 'rgb8' } });
    expectOne(bench, 'depth-encoding', 'ERROR', DEPTH, 'rgb8', '16UC1', '--depth-topic');
    await expectAlive(bench);
    await bench.clock.advance(0.1);
    await bench.stream(180);
    expect(bench.troubles).toEqual([]);
    expect(bench.log.filter((line) => line.includes('rgb8'))).toHaveLength(1);
    expect(bench.log).toContain('info: no longer: depth-encoding');
  });

  it('images that do not fit the camera info', async () => {
    const bench = await started();
    await bench.info({ width: 640, height: 480 });
    await bench.stream(40);
    expectOne(bench, 'depth-size', 'ERROR', DEPTH, INFO, '320 x 240', '640 x 480');
    await expectAlive(bench);
  });

  it('images of 10 MB and more pixels than allowed', async () => {
    const config = geometricConfig({ smoothing: { stages: [] }, input: { maxPixels: 1_000_000 } });
    const bench = await started(new TrackerBench({ config }));
    const [width, height] = [2560, 2048];
    const change = { width, height, step: 2 * width, data: new Uint8Array(2 * width * height) };
    await bench.info({ width, height });
    await bench.stream(32, { change });
    expectOne(bench, 'depth-size', 'ERROR', DEPTH, '2560 x 2048', 'at most 1000000', 'input.max_pixels');
    await expectAlive(bench);
  });

  it('images of 10 MB that are slow to read', async () => {
    const bench = await started();
    const [width, height] = [2560, 2048];
    const data = new Uint8Array(2 * width * height).fill(1);
    await bench.info({ width, height });
    await bench.stream(3, { change: { width, height, step: 2 * width, data } });
    const { facts } = bench.node.report();
    expect(facts.session.counts).toMatchObject({ in: 3, out: 3 });
    // the bench's clock stands while the process reads
    const decode = { count: 3, p50: 0.03, p99: 0.04, mean: 0.03, max: 0.04 };
    const text = NODE_RULES.find(({ id }) => id === 'image-large')?.find({
      ...facts,
      session: { ...facts.session, stages: { ...facts.session.stages, decode } },
    });
    expect(text).toMatch(/2560x2048 on \/depth\/image_rect_raw take 30\.0 ms each.*resolution/);
    await expectAlive(bench);
  });

  it('camera_info that never comes', async () => {
    const bench = await started();
    await bench.stream(70);
    expectOne(bench, 'camera-info-missing', 'ERROR', INFO, '--camera-info-topic');
    expect(bench.hands).toEqual([]);
    await expectAlive(bench);
  });

  it('zero intrinsics', async () => {
    const bench = await started();
    await bench.info({ k: new Float64Array(9), p: new Float64Array(12) });
    await bench.stream(40);
    expectOne(bench, 'camera-info-invalid', 'ERROR', INFO, 'zero means not calibrated', 'Calibrate');
    await expectAlive(bench);
  });

  it('a camera info of another camera: hands go on', async () => {
    const bench = await started();
    await bench.info({ header: { stamp: { sec: 1, nanosec: 0 }, frame_id: 'colour' } });
    await bench.stream(40);
    expectOne(bench, 'camera-info-differs', 'WARN', INFO, 'frame colour', '--camera-info-topic');
    expect(bench.hands.filter(({ tracked }) => tracked).length).toBeGreaterThan(20);
  });

  it('a camera info topic of another type', async () => {
    const bench = await started();
    const points = bench.bus.advertise(INFO, cdrCodec('geometry_msgs/msg/PointStamped'));
    await points.publish(toPointStamped(bench.stamp, 'camera', [0, 0, 1]), bench.stamp);
    await bench.stream(40);
    expectOne(bench, 'camera-info-invalid', 'ERROR', INFO, 'geometry_msgs/msg/PointStamped', '--camera-info-topic');
  });

  it('stamps that are zero', async () => {
    const bench = await started();
    await bench.info();
    for (let i = 0; i < 40; i++) {
      await bench.image(0n);
      await bench.clock.advance(1 / 30);
    }
    expectOne(bench, 'stamp-zero', 'WARN', DEPTH, 'no stamp');
    expect(bench.hands.filter(({ tracked }) => tracked)).toHaveLength(40);
    expect(bench.hands.every(({ stamp }) => stamp > 0n)).toBe(true);
  });

  it('stamps that stand still', async () => {
    const bench = await started();
    await bench.info();
    const stamp = bench.stamp;
    for (let i = 0; i < 40; i++) {
      await bench.image(stamp);
      await bench.clock.advance(1 / 30);
    }
    expectOne(bench, 'stamp-stuck', 'ERROR', DEPTH, 'stand still');
    await expectAlive(bench);
  });

  it('stamps that jump to and fro, as of two cameras on one topic', async () => {
    const bench = await started();
    bench.bus.publishers.set(DEPTH, 2);
    await bench.info();
    for (let i = 0; i < 20; i++) {
      await bench.image(bench.stamp);
      await bench.image(bench.stamp - 200_000_000n);
      await bench.clock.advance(1 / 15);
    }
    expectOne(bench, 'time-jump', 'WARN', DEPTH, 'Two publishers');
    await expectAlive(bench);
  });

  it('a clock that is ahead of this one', async () => {
    const bench = await started();
    await bench.info();
    for (let i = 0; i < 40; i++) {
      await bench.image(bench.stamp + 2_000_000_000n);
      await bench.clock.advance(1 / 30);
    }
    expectOne(bench, 'clock', 'WARN', DEPTH, '2000.0 ms ahead', 'use_sim_time');
  });

  it('a topic with no publisher', async () => {
    const bench = new TrackerBench();
    bench.bus.publishers.set(DEPTH, 0);
    announceImage(bench.bus, '/camera/aligned_depth/image_raw');
    await started(bench);
    await bench.clock.advance(1.5);
    expect(bench.troubles).toEqual([]);
    await bench.clock.advance(2);
    expectOne(bench, 'no-publisher', 'ERROR', DEPTH, '--depth-topic', '/camera/aligned_depth/image_raw');
    await expectAlive(bench);
  });

  it('a publisher that is silent, as with another QoS', async () => {
    const bench = new TrackerBench();
    bench.bus.publishers.set(DEPTH, 1);
    await started(bench);
    await bench.clock.advance(3);
    expectOne(bench, 'silent', 'ERROR', DEPTH, '1 publisher', 'QoS');
    const text = `${DEPTH}: offers best effort, wants reliable. Set qos.depth.profile to sensor_data.`;
    bench.bus.tell({ severity: 'warn', kind: 'qos-incompatible', topic: DEPTH, text });
    await bench.clock.advance(1);
    expectOne(bench, 'silent', 'ERROR', 'offers best effort');
    expect(bench.log).toContain(`warn: ${text}`);
    bench.bus.tell({ severity: 'info', kind: 'connected', topic: DEPTH, text: 'matched' });
    await expectAlive(bench);
  });

  it('a camera that stops: said as soon as it was silent for long enough, and nothing else is blamed before', async () => {
    const config = geometricConfig({ smoothing: { stages: [] }, input: { pairing: 'stamp' } });
    const bench = await started(new TrackerBench({ config }));
    for (let i = 0; i < 100; i++) {
      await bench.info();
      await bench.image();
      await bench.clock.advance(1 / 30);
    }
    await bench.image(); // its info is not sent any more
    const bad = (topic: string) =>
      bench.bus.tell({ severity: 'warn', kind: 'disconnected', topic, text: `${topic}: its publisher has gone` });
    for (const topic of [DEPTH, INFO]) bad(topic);
    for (let i = 0; i < 19; i++) {
      await bench.clock.advance(0.1);
      for (const { message } of bench.troubles) expect(message).not.toContain(INFO);
    }
    await bench.clock.advance(0.15);
    expectOne(bench, 'stopped', 'STALE', DEPTH, /for 2\.0 s/);
    expect(bench.troubles[0].message).not.toContain(INFO);
    await bench.clock.advance(8);
    expectOne(bench, 'stopped', 'STALE', DEPTH);
  });

  it('a camera whose publisher has gone', async () => {
    const bench = await started();
    await bench.info();
    await bench.stream(40);
    bench.bus.publishers.set(DEPTH, 0);
    await bench.clock.advance(8);
    expectOne(bench, 'stopped', 'STALE', DEPTH, 'its publisher is gone');
    await expectAlive(bench);
  });

  it('a message package that is not built: the other outputs go on', async () => {
    const bench = new TrackerBench();
    const advertise = bench.bus.advertise.bind(bench.bus);
    bench.bus.advertise = ((topic: string, codec: never) => {
      if (topic !== '/hand/joints') return advertise(topic, codec);
      throw new VoxhandError('ROS2_UNAVAILABLE', 'voxhand_msgs is not built', {
        expected: 'colcon build, then source install/setup.bash',
      });
    }) as never;
    await bench.tracking(40);
    expectOne(bench, 'topic-dead', 'ERROR', '/hand/joints', 'colcon build');
    expect(bench.markers).toHaveLength(40);
    expect(bench.hands).toEqual([]);
  });

  it('a recording on a disk that is full: the bus goes on', async () => {
    let writes = 0;
    const sink = {
      advertise: (topic: string) => ({
        topic,
        wanted: () => true,
        publish: async () => {
          if (++writes > 3) throw new VoxhandError('WRITE_FAILED', 'no space left on device', { where: 'hands.mcap' });
        },
      }),
      write: async () => undefined,
      close: async () => undefined,
    };
    const bench = new TrackerBench({ sinks: [{ name: 'recording', sink }] });
    await bench.tracking(40);
    expectOne(bench, 'sink-gone', 'ERROR', 'recording', 'no space left');
    expect(bench.hands).toHaveLength(40);
    expect(writes).toBe(4);
  });

  it('a network that had to be started again, and one that runs elsewhere than asked for', async () => {
    const held = new HeldInference();
    const bench = new TrackerBench({ inference: held.inference });
    await bench.tracking(40);
    held.restarts = 1;
    await bench.stream(31);
    expectOne(bench, 'inference-restarted', 'WARN', 'died and was started again');
    held.state = 'restarting';
    await bench.stream(31);
    expectOne(bench, 'inference-restarting', 'ERROR', 'being started again');
    held.state = undefined;
    await bench.stream(300);
    expect(bench.troubles).toEqual([]);
    expect(bench.diagnostics.inference.values).toMatchObject({ worker_restarts: '1', provider_actual: 'stub' });
  });

  it('joints that are old when they are published', async () => {
    const bench = await started();
    await bench.info();
    for (let i = 0; i < 40; i++) {
      await bench.image(bench.stamp - 400_000_000n);
      await bench.clock.advance(1 / 30);
    }
    expectOne(bench, 'old', 'WARN', '/hand/joints', DEPTH, '400.0 ms old when they come', "the camera's driver");
    expect(bench.troubles[0].message).not.toContain('inference.model');
    const { facts } = bench.node.report();
    const of = (seconds: number) => ({ count: 40, p50: seconds, p99: seconds, mean: seconds, max: seconds });
    const session = { ...facts.session, age: of(0.41), ageAtArrival: of(0.02) };
    const own = NODE_RULES.find(({ id }) => id === 'old')?.find({ ...facts, session });
    expect(own).toMatch(/410\.0 ms old .*20\.0 ms of it when their images come.*inference\.model/);
  });

  it('a subscription that fails: it is tried again', async () => {
    const bench = new TrackerBench();
    const subscribe = bench.bus.subscribe.bind(bench.bus);
    let failures = 2;
    bench.bus.subscribe = (topics) => {
      if (topics?.includes(DEPTH) && failures-- > 0) throw new VoxhandError('ROS2_UNAVAILABLE', 'no such type');
      return subscribe(topics);
    };
    await started(bench);
    await bench.clock.advance(1.5);
    expect(bench.troubles).toMatchObject([{ part: 'input', message: expect.stringContaining('no such type') }]);
    await bench.clock.advance(1);
    await expectAlive(bench);
  });
});

describe('the rules of the diagnostics', () => {
  it('have a name each, and are all OK for a node that tracks', async () => {
    expect(new Set(NODE_RULES.map(({ id }) => id)).size).toBe(NODE_RULES.length);
    expect(ruleTable().split('\n')).toHaveLength(NODE_RULES.length + 2);
    const bench = new TrackerBench();
    await bench.tracking(90);
    expect(bench.troubles).toEqual([]);
    expect(bench.diagnostics.node.message).toBe('active');
    expect(bench.diagnostics.input.message).toMatch(/^(29|30)\.\d Hz of 320x240$/);
    expect(bench.diagnostics.inference.message).toBe('ideal heat maps (ideal) on stub');
    expect(bench.diagnostics.timing.values).toMatchObject({
      age_p50_ms: '0.00',
      'stage.reference_p99_ms': expect.any(String),
    });
    expect(Number(bench.diagnostics.output.values.published)).toBeGreaterThan(80);
  });
});
