import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { geometricConfig } from '../../../test/helpers/geometric-config.js';
import { idealStages } from '../../../test/helpers/ideal-stages.js';
import { ManualClock } from '../../../test/helpers/manual-clock.js';
import type { DepthFrame } from '../../depth/depth-frame.js';
import type { DetectionStages } from '../../detection/ports.js';
import { VoxhandError } from '../../errors/voxhand-error.js';
import type { HandJoints } from '../../hand/hand-joints.js';
import { idealInference } from '../../inference/ideal-inference.js';
import type { Inference } from '../../inference/inference.js';
import { createInference } from '../../inference/node/create-inference.js';
import { stubInference } from '../../inference/stub-inference.js';
import type { TrackerConfig, TrackerSettings } from '../../tracking/config.js';
import { depthFrames } from '../../tracking/depth-frames.js';
import { FrameStream } from '../../tracking/frame-stream.js';
import { HandPublisher } from '../../tracking/hand-publisher.js';
import { HandTracker } from '../../tracking/hand-tracker.js';
import { loadPrior } from '../../tracking/load-prior.js';
import { openMcap } from '../../transport/mcap/mcap-source.js';
import { MemoryBus } from '../../transport/memory/memory-bus.js';
import type { BusMessage } from '../../transport/port/bus.js';
import { readHands } from '../../transport/port/read-hands.js';
import { runCameraRole } from './camera-role.js';
import { runInferenceRole } from './inference-role.js';

const recording = (name: string) => fileURLToPath(new URL(`../../../recordings/${name}.mcap`, import.meta.url));
const OUTPUTS = ['joints', 'hands', 'poses', 'markers', 'scene', 'reference', 'jointStates'] as const;

function settings(more: TrackerSettings = {}): TrackerConfig {
  return geometricConfig({
    policy: 'every',
    kinematics: { enabled: true },
    topics: { depth: '/depth/image_rect_raw/compressedDepth' },
    distribution: { maxCameras: 1, replyTimeout: 10 },
    ...more,
  });
}

/** Depth frames of a recording, as many as asked for. */
function framesOf(name: string, config: TrackerConfig, count = Number.POSITIVE_INFINITY): FrameStream<DepthFrame> {
  async function* read() {
    const source = await openMcap(recording(name));
    let read = 0;
    for await (const frame of depthFrames(source, config)) {
      if (read++ >= count) break;
      yield frame;
    }
    await source.close();
  }
  return new FrameStream({ [Symbol.asyncIterator]: read });
}

/** What is published on a bus while something runs, in order, as its topic, time and hash. */
async function published(bus: MemoryBus, config: TrackerConfig, run: () => Promise<void>): Promise<string[]> {
  const topics = OUTPUTS.map((name) => config.topics[name]);
  const lines: string[] = [];
  const messages = bus.subscribe(topics)[Symbol.asyncIterator]();
  const reading = (async () => {
    for (let step = await messages.next(); step.done !== true; step = await messages.next())
      lines.push(line(step.value));
  })();
  await run();
  await bus.close();
  await reading;
  return lines;
}

function line({ topic, data, logTime }: BusMessage): string {
  return `${topic} ${logTime} ${createHash('sha256').update(data).digest('base64')}`;
}

type Parts = {
  readonly inference: Inference;
  readonly prior?: Awaited<ReturnType<typeof loadPrior>>;
  readonly detection?: DetectionStages;
};

function whole(frames: FrameStream<DepthFrame>, config: TrackerConfig, parts: Parts): Promise<string[]> {
  const bus = new MemoryBus();
  return published(bus, config, async () => {
    const tracker = new HandTracker(config, parts);
    const publisher = new HandPublisher(bus, config);
    for await (const frame of frames) {
      for (const result of await tracker.track(frame)) await publisher.publish(result);
    }
    for (const result of tracker.flush()) await publisher.publish(result);
  });
}

/** The same over a bus, with a clock that stands still: whoever is slow is waited for. */
async function cut(frames: FrameStream<DepthFrame>, config: TrackerConfig, parts: Parts) {
  const bus = new MemoryBus();
  const timers = new ManualClock();
  let camera: ReturnType<typeof runCameraRole> | undefined;
  let inference: ReturnType<typeof runInferenceRole> | undefined;
  const lines = await published(bus, config, async () => {
    const { detection, ...rest } = parts;
    inference = runInferenceRole({ bus, config, ...rest, timers });
    const locating = { model: parts.inference.model, ...(detection && { detection }) };
    camera = runCameraRole({ bus, config, frames, ...locating, timers });
    await camera.done;
    // the messages of a centred window are still held back: they come when the cells end
    await inference.stop();
  });
  return { lines, camera: camera?.status(), inference: inference?.status() };
}

/** When the cells end, a hand that is shown is taken back: the only thing that the whole pipeline in this test does not do. */
function withoutEnd(lines: readonly string[], expected: readonly string[]): readonly string[] {
  expect(lines.length - expected.length).toBeLessThanOrEqual(OUTPUTS.length);
  return lines.slice(0, expected.length);
}

function said(lines: readonly string[], config: TrackerConfig): number {
  return lines.filter((text) => text.startsWith(`${config.topics.joints} `)).length;
}

/** Ideal heat maps from the recording's truth, of another geometry than the models', with every 17th inference lost. */
async function idealParts(name: string): Promise<Parts> {
  const truth = new Map<bigint, HandJoints>();
  const source = await openMcap(recording(name));
  for await (const hand of readHands(source, '/hand/truth')) truth.set(hand.stamp, hand);
  await source.close();
  const geometry = { gridSize: 40, cubeEdge: 0.26, heatMapSize: 20, sigma: 1.3, roll: 'forearm-down' } as const;
  const ideal = idealInference((stamp) => truth.get(stamp), { ...stubInference(() => []).model, ...geometry });
  let calls = 0;
  const inference: Inference = {
    ...ideal,
    infer: (grid, context) =>
      calls++ % 17 === 16
        ? Promise.reject(new VoxhandError('WORKER_LOST', 'the worker died'))
        : ideal.infer(grid, context),
  };
  return { inference };
}

/** An open hand that points up: its middle root there, joints 2 cm apart. */
function handAt([x, y, z]: readonly [number, number, number], stamp: bigint, handedness: 'left' | 'right'): HandJoints {
  const positions = new Float64Array(63);
  for (let finger = 0; finger < 5; finger++) {
    for (let k = 0; k < 4; k++) positions.set([x + 0.02 * (finger - 2), y - 0.02 * k, z], 3 * (1 + 4 * finger + k));
  }
  positions.set([x, y + 0.09, z], 0);
  const rest = { frameId: 'camera', handId: 0, tracked: true, confidences: new Float32Array(21).fill(1), lagFrames: 0 };
  return { stamp, handedness, positions, ...rest };
}

describe('a pipeline that is cut', () => {
  const few = { poses: false, markers: false, scene: false };
  const centred = { stages: ['gate', 'window', 'oneEuro'], window: { mode: 'centred', k: 3 } } as const;
  it.each([
    ['hard', settings({ output: few, smoothing: { ...centred, stages: [...centred.stages] } })],
    ['demo', settings({ handedness: 'left' })],
  ])('says byte for byte what the whole one says, with ideal heat maps of the recording %s', async (name, config) => {
    const count = name === 'hard' ? undefined : 50;
    const expected = await whole(framesOf(name, config, count), config, await idealParts(name));
    const { lines, camera, inference } = await cut(framesOf(name, config, count), config, await idealParts(name));
    expect(said(lines, config)).toBeGreaterThan(40);
    expect(withoutEnd(lines, expected)).toEqual(expected);
    expect(inference?.cameras[0].counts.dropped).toHaveProperty('WORKER_LOST');
    expect(camera?.replies).not.toHaveProperty('timeout');
    if (name !== 'hard') return;
    // found, lost, found again
    expect(inference?.cameras[0].counts.tracked).toBeGreaterThan(100);
    expect(Object.keys(camera?.counts.lost ?? {}).length).toBeGreaterThan(0);
  });

  it('says byte for byte what the whole one says with a learned detector, presence score and all', async () => {
    const config = settings({ output: few, detection: { method: 'learned', every: 4 } });
    const truth: HandJoints[] = [];
    const source = await openMcap(recording('demo'));
    for await (const hand of readHands(source, '/hand/truth')) truth.push(hand);
    await source.close();
    // no hand is seen in every seventh frame, and the presence score knows the model by its name
    const detection = idealStages((stamp) => truth.filter((hand, i) => hand.stamp === stamp && i % 7 !== 6));
    const parts = async () => {
      const { inference: ideal } = await idealParts('demo');
      const model = { ...ideal.model, name: 'compact' }; // forearm-down: of hand-down the whole pipeline looks twice at first
      return { inference: { ...ideal, model }, detection };
    };
    const expected = await whole(framesOf('demo', config, 50), config, await parts());
    const { lines, inference } = await cut(framesOf('demo', config, 50), config, await parts());
    expect(said(lines, config)).toBeGreaterThan(40);
    expect(withoutEnd(lines, expected)).toEqual(expected);
    expect(inference?.cameras[0].counts.tracked).toBeGreaterThan(30);
  });

  it('says byte for byte what the whole one says of two hands that come, cross and go, each with a message of its own', async () => {
    const config = settings({ output: { hands: true }, detection: { method: 'learned', every: 4 } });
    const camera = { width: 8, height: 8, fx: 8, fy: 8, cx: 3.5, cy: 3.5 };
    const period = 33_333_333n;
    // the left hand comes later, goes away for half a second, and passes in front of the right one
    const handsAt = (stamp: bigint): HandJoints[] => {
      const k = Number(stamp / period);
      const right = handAt([-0.3 + 0.008 * k, 0, 0.62], stamp, 'right');
      return k > 6 && (k < 20 || k > 35) ? [right, handAt([0.3 - 0.008 * k, 0, 0.54], stamp, 'left')] : [right];
    };
    const frames = () => {
      async function* read() {
        for (let k = 0; k < 80; k++) {
          const depth = new Float32Array(64).fill(0.6);
          yield { stamp: BigInt(k) * period, frameId: 'camera', width: 8, height: 8, depth, camera };
        }
      }
      return new FrameStream<DepthFrame>({ [Symbol.asyncIterator]: read });
    };
    const facts = { gridSize: 8, cubeEdge: 0.3, heatMapSize: 0, sigma: 0, kind: 'joints', roll: 'none' } as const;
    const inference = idealInference(handsAt, { ...stubInference(() => []).model, ...facts });
    const parts = { inference, detection: idealStages(handsAt) };
    const expected = await whole(frames(), config, parts);
    const { lines, camera: sent, inference: read } = await cut(frames(), config, parts);
    expect(withoutEnd(lines, expected)).toEqual(expected);
    expect(said(lines, config)).toBeGreaterThan(140);
    expect(sent?.counts).toMatchObject({ in: 0, out: 80, dropped: {} });
    expect(sent?.replies.read).toBeGreaterThan(130);
    expect(read?.cameras[0].counts).toMatchObject({ in: 80, out: 80, tracked: 80 });
  });

  it('sends one cube of a frame, so variants are refused at its start', () => {
    const config = settings({ inference: { variants: { edges: [0.24] } } });
    const refused = expect.objectContaining({ code: 'CONFIG_INVALID', where: 'inference.variants.edges' });
    const inference = stubInference(() => []);
    const bus = new MemoryBus();
    expect(() => runInferenceRole({ bus, config, inference })).toThrow(refused);
    expect(() => runCameraRole({ bus, config, model: inference.model })).toThrow(refused);
  });

  it.each([
    ['demo', 40],
    ['hard', Number.POSITIVE_INFINITY],
  ])('says byte for byte what the whole one says, with the packaged model and %s', async (name, count) => {
    const config = settings({ output: few });
    const parts = { inference: await createInference({ model: 'compact' }), prior: await loadPrior('hand') };
    try {
      const expected = await whole(framesOf(name, config, count), config, parts);
      const { lines, inference } = await cut(framesOf(name, config, count), config, parts);
      expect(said(lines, config)).toBeGreaterThanOrEqual(Math.min(count, 150));
      expect(withoutEnd(lines, expected)).toEqual(expected);
      const { counts, withheld } = inference?.cameras[0] ?? expect.fail('no camera');
      expect(counts.in).toBe(counts.out);
      expect(withheld).toEqual({});
      if (name === 'hard') expect(Object.keys(counts.lost)).toContain('low-confidence');
    } finally {
      await parts.inference.close();
    }
  });
});
