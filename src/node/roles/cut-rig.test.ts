import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { idealStages } from '../../../test/helpers/ideal-stages.js';
import { ManualClock } from '../../../test/helpers/manual-clock.js';
import { tcpLink, type Weather } from '../../../test/helpers/tcp-link.js';
import type { DepthFrame } from '../../depth/depth-frame.js';
import { VoxhandError } from '../../errors/voxhand-error.js';
import { invertTransform, type Transform, transformPoints } from '../../geometry/transform.js';
import type { HandJoints } from '../../hand/hand-joints.js';
import { idealInference } from '../../inference/ideal-inference.js';
import type { Inference } from '../../inference/inference.js';
import { stubInference } from '../../inference/stub-inference.js';
import type { HandVoxelsMessage } from '../../messages/generated.js';
import { recordedCodec } from '../../messages/recorded-codec.js';
import { FrameSync } from '../../rig/frame-sync.js';
import { processTimers } from '../../timing/live-timers.js';
import { type TrackerConfig, type TrackerSettings, trackerConfig } from '../../tracking/config.js';
import { FrameStream } from '../../tracking/frame-stream.js';
import { HandPublisher } from '../../tracking/hand-publisher.js';
import { syncOptions } from '../../tracking/rig-frames.js';
import { RigTracker } from '../../tracking/rig-tracker.js';
import { MemoryBus } from '../../transport/memory/memory-bus.js';
import type { Bus, BusMessage } from '../../transport/port/bus.js';
import { runCameraRole } from './camera-role.js';
import { runInferenceRole } from './inference-role.js';

const NAMES = ['left', 'right'] as const;
const PLACES: Readonly<Record<string, Transform>> = {
  left: { translation: [0, 0, 0], rotation: [0, 0, 0, 1] },
  right: { translation: [-0.6, 0, 0.6], rotation: [0, Math.SQRT1_2, 0, Math.SQRT1_2] },
};
const LENS = { width: 8, height: 8, fx: 8, fy: 8, cx: 3.5, cy: 3.5 };
const PERIOD = 33_333_333n;
const MOMENTS = 44;

function settings(more: TrackerSettings = {}): TrackerConfig {
  const camera = (name: string) => ({ depth: `${name}/depth`, cameraInfo: `${name}/info` });
  const { translation, rotation } = PLACES.right;
  const right = { ...camera('right'), translation: [...translation], rotation: [...rotation], clockOffset: 0.004 };
  return trackerConfig({
    policy: 'every',
    output: { hands: true },
    handedness: 'right',
    cameras: { left: camera('left'), right },
    distribution: { replyTimeout: 10 },
    ...more,
  });
}

/** The frames of both cameras in the order of their stamps; the right one is 9 ms later, and its clock 4 ms behind. */
function frames(): { readonly camera: string; readonly frame: DepthFrame }[] {
  return Array.from({ length: MOMENTS }, (_, k) => k).flatMap((k) =>
    NAMES.map((camera) => {
      const stamp = 1_000_000_000n + BigInt(k) * PERIOD + (camera === 'right' ? 5_000_000n : 0n);
      const depth = new Float32Array(64).fill(0.6);
      return { camera, frame: { stamp, frameId: `${camera}_optical`, width: 8, height: 8, depth, camera: LENS } };
    }),
  );
}

/** An open hand on its way along x, seen by a camera; the left one does not see it for a time, and nobody does at the end. */
function handAt(camera: string, k: number, stamp: bigint): HandJoints[] {
  if ((camera === 'left' && k > 20 && k < 34) || k > 39) return [];
  const inRig = new Float64Array(63);
  for (let finger = 0; finger < 5; finger++) {
    for (let i = 0; i < 4; i++) {
      inRig.set([-0.1 + 0.004 * k + 0.02 * (finger - 2), -0.02 * i, 0.6], 3 * (1 + 4 * finger + i));
    }
  }
  inRig.set([-0.1 + 0.004 * k, 0.09, 0.6], 0);
  const positions = transformPoints(invertTransform(PLACES[camera]), inRig);
  const confidences = new Float32Array(21).fill(camera === 'left' ? 0.9 : 0.6);
  const rest = { frameId: `${camera}_optical`, handId: 0, handedness: 'right', tracked: true, lagFrames: 0 } as const;
  return [{ stamp, positions, confidences, ...rest }];
}

/** What no network is needed for. Inference fails on every 17th frame. Stamps with and without the clock offset are known. */
function parts() {
  const seen = new Map<bigint, HandJoints[]>();
  const failing = new Set<bigint | undefined>();
  for (const [i, { camera, frame }] of frames().entries()) {
    for (const stamp of [frame.stamp, frame.stamp + 4_000_000n]) {
      seen.set(stamp, handAt(camera, i >> 1, stamp));
      if (i % 17 === 16) failing.add(stamp);
    }
  }
  const facts = { gridSize: 8, cubeEdge: 0.3, heatMapSize: 0, sigma: 0, kind: 'joints', roll: 'none' } as const;
  const ideal = idealInference((stamp) => seen.get(stamp) ?? [], { ...stubInference(() => []).model, ...facts });
  const inference: Inference = {
    ...ideal,
    infer: (grid, context) =>
      failing.has(context?.stamp)
        ? Promise.reject(new VoxhandError('WORKER_LOST', 'lost'))
        : ideal.infer(grid, context),
  };
  return { inference, detection: idealStages((stamp) => seen.get(stamp) ?? []) };
}

async function published(bus: MemoryBus, { topics }: TrackerConfig, run: () => Promise<void>): Promise<string[]> {
  const messages = bus.subscribe([topics.joints, topics.hands, topics.markers])[Symbol.asyncIterator]();
  const lines: string[] = [];
  const reading = (async () => {
    for (let step = await messages.next(); step.done !== true; step = await messages.next()) {
      const { topic, logTime, data } = step.value;
      lines.push(`${topic} ${logTime} ${createHash('sha256').update(data).digest('base64')}`);
    }
  })();
  await run();
  await bus.close();
  await reading;
  return lines;
}

/** Both cameras in one process. */
function whole(config: TrackerConfig): Promise<string[]> {
  const bus = new MemoryBus();
  return published(bus, config, async () => {
    const places = NAMES.map((name) => ({ name, depth: '', cameraInfo: '', place: PLACES[name] }));
    const clockOffset = (name: string) => config.cameras[name].clockOffset ?? 0;
    const sync = new FrameSync(
      syncOptions(
        config,
        places.map((one) => ({ ...one, clockOffset: clockOffset(one.name) })),
      ),
    );
    const tracker = new RigTracker(config, parts());
    const publisher = new HandPublisher(bus, config);
    const take = async (sets: ReturnType<typeof sync.push>) => {
      for (const { stamp, frames: members } of sets) {
        const views = members.map(({ camera: name, frame }) => ({ name, extrinsics: PLACES[name], frame }));
        const set = { stamp, frameId: 'left_optical', views };
        for (const result of await tracker.track(set)) await publisher.publish(result);
      }
    };
    for (const { camera, frame } of frames()) await take(sync.push(camera, frame));
    await take(sync.flush());
    for (const result of tracker.flush()) await publisher.publish(result);
  });
}

const NOTHING = () => false;

/**
 * A process for each camera and one for the network, over a bus, or over TCP connections with `weather`; the clock stands still unless they are
 * `live`. Frames come in the order of their stamps.
 */
async function cut(
  config: TrackerConfig,
  lost: (message: HandVoxelsMessage) => boolean = NOTHING,
  weather?: Weather & { readonly live: boolean },
) {
  const bus = new MemoryBus();
  /** The network between the hosts. */
  const lossy: Bus = {
    topics: () => bus.topics(),
    advertise: (topic, codec) => bus.advertise(topic, codec),
    write: (message) => bus.write(message),
    close: () => bus.close(),
    subscribe: (topics) => {
      const messages = bus.subscribe(topics)[Symbol.asyncIterator]();
      const next = async (): Promise<IteratorResult<BusMessage>> => {
        const step = await messages.next();
        if (step.done === true) return step;
        const { value } = step;
        return lost(recordedCodec(value).decode(value.data) as HandVoxelsMessage) ? next() : step;
      };
      const end = async () => (await messages.return?.()) ?? { done: true as const, value: undefined };
      return { [Symbol.asyncIterator]: () => ({ next, return: end }) };
    },
  };
  const clock = new ManualClock();
  const timers = weather?.live ? processTimers : clock;
  const { inference, detection } = parts();
  const all = frames();
  // the next frame of any camera is given when the one before is answered
  const done = all.map(() => {
    let resolve: () => void = () => undefined;
    const promise = new Promise<void>((given) => {
      resolve = given;
    });
    return { promise, resolve };
  });
  const framesOf = (name: string) => {
    async function* read() {
      for (const [i, { camera, frame }] of all.entries()) {
        if (camera !== name) continue;
        if (i > 0) await done[i - 1].promise;
        yield frame;
        done[i].resolve();
      }
    }
    return new FrameStream<DepthFrame>({ [Symbol.asyncIterator]: read });
  };
  let status: ReturnType<ReturnType<typeof runInferenceRole>['status']> | undefined;
  const links: Awaited<ReturnType<typeof tcpLink>>[] = [];
  let replies: readonly Readonly<Record<string, number>>[] = [];
  const lines = await published(bus, config, async () => {
    const role = runInferenceRole({ bus: lossy, sink: bus, config, inference, timers });
    const hosts = NAMES.map(() => (weather === undefined ? bus : new MemoryBus()));
    const { voxels, feedback } = config.topics;
    if (weather !== undefined) {
      for (const [k, host] of hosts.entries()) {
        links.push(await tcpLink([host, [voxels]], [bus, [feedback]], { ...weather, seed: 10 * k }));
      }
    }
    const cameras = NAMES.map((camera, k) => {
      const own = { ...config, distribution: { ...config.distribution, camera } };
      return runCameraRole({
        bus: hosts[k],
        config: own,
        frames: framesOf(camera),
        model: inference.model,
        detection,
        timers,
      });
    });
    let running = true;
    const ended = Promise.all(cameras.map((camera) => camera.done)).finally(() => {
      running = false;
    });
    // what is lost is not waited for forever
    while (running && lost !== NOTHING) await clock.advance(0.005);
    await ended;
    for (const link of links) await link.close();
    await role.stop();
    status = role.status();
    replies = cameras.map((camera) => camera.status().replies);
  });
  return { lines, status, replies, stalls: links.map((link) => link.stalls()) };
}

describe('a rig whose pipeline is cut', () => {
  it.each([
    ['as it is configured', {}],
    [
      'smoothed in a centred window',
      { smoothing: { stages: ['gate', 'window', 'oneEuro'], window: { mode: 'centred', k: 2 } } },
    ],
  ] as const)('says byte for byte what one process says, %s', async (_, more) => {
    const config = settings(structuredClone(more) as TrackerSettings);
    const expected = await whole(config);
    const { lines, status } = await cut(config);
    expect(expected.filter((line) => line.startsWith(config.topics.joints)).length).toBeGreaterThan(40);
    // a hand that is shown at the end is retracted, which the tracker alone does not do
    expect(lines.slice(0, expected.length)).toEqual(expected);
    expect(lines.length - expected.length).toBeLessThanOrEqual(3);
    expect(status?.rig).toMatchObject({
      counts: { in: MOMENTS, out: MOMENTS },
      cameras: [
        { name: 'left', frames: MOMENTS, fused: MOMENTS, missing: 0 },
        { name: 'right', frames: MOMENTS, fused: MOMENTS, missing: 0 },
      ],
    });
    expect(Object.values(status?.rig?.fusion.handsByViews ?? {}).every((count) => count > 10)).toBe(true);
    expect(status?.rig?.fusion.cameras.some(({ dropped }) => dropped.WORKER_LOST > 0)).toBe(true);
    expect(status?.cameras.map(({ published: sent }) => sent)).toEqual([0, 0]);
  });

  it('says the same over connections that are slow, of uneven speed, and stall', async () => {
    const config = settings();
    const expected = await whole(config);
    const weather = { seed: 0, delay: 2, jitter: 6, stall: 120, stallEvery: 25, live: false };
    const { lines, status, stalls, replies } = await cut(config, NOTHING, weather);
    expect(lines.slice(0, expected.length)).toEqual(expected);
    expect(lines.length - expected.length).toBeLessThanOrEqual(3);
    expect(Math.min(...stalls)).toBeGreaterThan(1);
    expect(status?.rig?.counts).toMatchObject({ in: MOMENTS, out: MOMENTS });
    expect(replies.map(({ timeout = 0 }) => timeout)).toEqual([0, 0]);
  });

  it('counts each frame of a camera whose connection stalls for longer than a reply is waited for', async () => {
    const config = settings({ distribution: { replyTimeout: 0.05 } });
    const weather = { seed: 0, delay: 1, jitter: 2, stall: 150, stallEvery: 12, live: true };
    const { status, replies } = await cut(config, NOTHING, weather);
    for (const answers of replies) {
      const { late = 0, ...first } = answers;
      expect(first.timeout).toBeGreaterThan(0);
      // each frame was answered in time, or not
      expect(Object.values(first).reduce((sum, count) => sum + count, 0)).toBe(MOMENTS);
      expect(late).toBeLessThanOrEqual(first.timeout);
    }
    const { counts, cameras = [] } = status?.rig ?? expect.fail('no rig');
    const dropped = Object.values(counts.dropped).reduce((sum, count) => sum + count, 0);
    expect(counts.in).toBe(counts.out + dropped);
    for (const { frames: came, fused, lost } of cameras) {
      expect(came).toBe(fused + Object.values(lost).reduce((sum, count) => sum + count, 0));
    }
  });

  it('goes on with the other camera where voxels are lost on their way, and counts exactly', async () => {
    const config = settings({ distribution: { replyTimeout: 0.02 } });
    let [messages, lost] = [0, 0];
    const { status, replies } = await cut(config, ({ camera }) => {
      if (camera !== 'right' || ++messages % 5 !== 0) return false;
      lost++;
      return true;
    });
    expect(lost).toBe(Math.floor(MOMENTS / 5));
    expect(replies.map(({ timeout = 0 }) => timeout)).toEqual([0, lost]);
    const { counts, cameras = [], fusion } = status?.rig ?? expect.fail('no rig');
    expect(cameras).toMatchObject([
      { frames: MOMENTS, fused: MOMENTS, lost: {} },
      { frames: MOMENTS - lost, fused: MOMENTS - lost, lost: {} },
    ]);
    const dropped = Object.values(counts.dropped).reduce((sum, count) => sum + count, 0);
    expect([counts.in, counts.out]).toEqual([MOMENTS, MOMENTS - dropped]);
    expect(fusion.cameras.map(({ frames: looks }) => looks)).toEqual([MOMENTS, MOMENTS - lost]);
  });

  it('refuses voxels of all cameras in one cube, and a camera role of a camera that it does not have', () => {
    const { inference, detection } = parts();
    const bus = new MemoryBus();
    const voxels = settings({ rig: { fusion: 'voxels' } });
    expect(() => runInferenceRole({ bus, config: voxels, inference })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', where: 'rig.fusion' }),
    );
    expect(() => runCameraRole({ bus, config: settings(), model: inference.model, detection })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', where: 'distribution.camera', expected: 'left or right' }),
    );
  });
});
