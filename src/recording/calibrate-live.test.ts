import { expect, it } from 'vitest';
import { idealStages } from '../../test/helpers/ideal-stages.js';
import { invertTransform, matrixQuaternion, SeededRandom, transformPoints } from '../geometry/index.js';
import type { HandJoints } from '../hand/index.js';
import { idealInference } from '../inference/ideal-inference.js';
import { stubInference } from '../inference/stub-inference.js';
import { cdrCodec } from '../messages/cdr-codec.js';
import { toCameraInfoMessage, toDepthImageMessage } from '../messages/images.js';
import { placeDifference } from '../rig/align-tracks.js';
import { CAMERAS } from '../synthetic/cameras.js';
import { type SyntheticRigFrame, syntheticRig } from '../synthetic/rig-stream.js';
import { trackerConfig } from '../tracking/config.js';
import { MemoryBus } from '../transport/memory/memory-bus.js';
import { calibrateLive } from './calibrate-live.js';

const CLOCK = 0.015;
const { width, height, fx, fy, cx, cy } = CAMERAS.small;
/** A quarter of the usual one: the depth is not what this is about. */
const SMALL = { width: width / 4, height: height / 4, fx: fx / 4, fy: fy / 4, cx: cx / 4, cy: cy / 4 };
const images = { depth: cdrCodec('sensor_msgs/msg/Image'), info: cdrCodec('sensor_msgs/msg/CameraInfo') };

/** Two cameras that see a waving hand, and a network whose joints are wrong by 3 mm; time goes on with what is published. */
function waving(seconds: number, fps: number) {
  const frames = Math.round(seconds * fps);
  const sight = { motion: 'waving', seed: 1, angle: 70, camera: SMALL, sensor: null } as const;
  const rig = syntheticRig({ ...sight, frames, fps, clockOffset: CLOCK, phase: 0.4 });
  const random = new SeededRandom(3);
  const seen = new Map<bigint, HandJoints>();
  const shown: SyntheticRigFrame[] = [];
  for (const one of rig) {
    const { stamp, frameId } = one.frame;
    shown.push(one);
    const positions = Float64Array.from(one.hands[0].joints, (value) => value + 0.003 * random.normal());
    const confidences = new Float32Array(21).fill(0.8);
    const hand = { handId: 0, handedness: 'right', tracked: true, lagFrames: 0 } as const;
    seen.set(stamp, { ...hand, stamp, frameId, positions, confidences });
  }
  const { translation, rotation } = rig.cameras[1].pose;
  return { rig, shown, seen, truth: { translation, rotation: matrixQuaternion(rotation) } };
}

/** A bus that plays it, and what takes `slow` seconds of its time for a network; time goes on for a while `after` the last frame. */
function played({ rig, shown, seen }: ReturnType<typeof waving>, slow: number, after = 10) {
  const bus = new MemoryBus({ capacity: 8, policy: 'drop-oldest' });
  let now = 0;
  let sleeping: { readonly until: number; readonly wake: () => void }[] = [];
  const turns = async () => {
    for (let turn = 0; turn < 4; turn++) await new Promise(setImmediate);
  };
  const to = async (time: number) => {
    for (;;) {
      await turns();
      const [first] = sleeping.sort((a, b) => a.until - b.until);
      if (first === undefined || first.until > time) break;
      sleeping = sleeping.slice(1);
      now = first.until;
      first.wake();
    }
    now = time;
  };
  const info = rig.cameras.map(({ name }) => bus.advertise(`/${name}/depth/camera_info`, images.info));
  const depth = rig.cameras.map(({ name }) => bus.advertise(`/${name}/depth/image_rect_raw`, images.depth));
  const publish = async ({ camera, frame, taken }: SyntheticRigFrame) => {
    const { stamp, frameId } = frame;
    await info[camera].publish(toCameraInfoMessage({ stamp, frameId, ...SMALL }), taken);
    await depth[camera].publish(toDepthImageMessage(frame), taken);
  };
  const play = async () => {
    for (const one of shown) {
      await to(Number(one.taken) / 1e9);
      await publish(one);
    }
    await to(now + 1);
    await bus.close();
    await to(now + after);
  };
  const model = { ...stubInference(() => []).model, kind: 'joints', decoder: 'gauss', handedness: 'right' } as const;
  const ideal = idealInference((stamp) => seen.get(stamp), model);
  const inference = {
    ...ideal,
    infer: async (...given: Parameters<typeof ideal.infer>) => {
      const until = now + slow;
      if (slow > 0) await new Promise<void>((wake) => sleeping.push({ until, wake }));
      return ideal.infer(...given);
    },
  };
  const detection = idealStages((stamp) => [seen.get(stamp) as HandJoints]);
  const config = trackerConfig({ handedness: 'right', detection: { maxHands: 1 }, kinematics: { enabled: false } });
  return { bus, play, config, load: async () => ({ inference, detection }) };
}

it('a live calibration looks at whole moments where the network is slow, and counts those that it leaves out', async () => {
  const wave = waving(14, 30);
  // both cameras at once: six moments in a second
  const { bus, play, ...tracking } = played(wave, 0.16);
  const looked: string[] = [];
  const done = calibrateLive(bus, {
    ...tracking,
    onFrame: async ({ camera, hand }) => {
      looked.push(hand === undefined ? 'no hand' : camera);
      return false;
    },
  });
  await play();
  const [first, other] = (await done).found(1000).cameras;
  expect(looked.slice(0, 6)).toEqual(['left', 'right', 'left', 'right', 'left', 'right']);
  expect(looked).not.toContain('no hand');
  expect(first.frames).toBeGreaterThan(70);
  expect(first.frames).toBeLessThan(90);
  expect(other.frames).toBe(first.frames);
  for (const { frames, leftOut } of [first, other]) expect(leftOut).toEqual({ replaced: 420 - frames });
  const { result } = other;
  if (result?.state !== 'aligned') throw new Error(result?.reason);
  const { metres, degrees } = placeDifference(
    ...([result.place, wave.truth] as const),
    transformPoints(invertTransform(wave.truth), result.coverage.middle),
  );
  expect(metres).toBeLessThan(0.003);
  expect(degrees).toBeLessThan(0.4);
  expect(Math.abs(result.clockOffset + CLOCK)).toBeLessThan(0.002);
}, 180_000);

it('a live calibration keeps five moments in a second where the network is slower than that, and looks at them later', async () => {
  const wave = waving(14, 30);
  // two moments in a second
  const { bus, play, ...tracking } = played(wave, 0.5, 30);
  const waiting: number[] = [];
  const done = calibrateLive(bus, {
    ...tracking,
    onFrame: async (_seen, _calibrator, seconds) => waiting.push(seconds) < 0,
  });
  await play();
  const { cameras } = (await done).found(1000);
  for (const { frames, leftOut } of cameras) {
    expect(frames).toBeGreaterThan(60);
    expect(frames).toBeLessThan(75);
    expect(leftOut).toEqual({ replaced: 420 - frames });
  }
  expect(Math.max(...waiting)).toBeGreaterThan(7); // of 14, at the end of the waving
  expect(waiting.at(-1)).toBe(0);
  expect(cameras[1].result).toMatchObject({ state: 'aligned' });
}, 180_000);

it('a live calibration looks at every frame where the network is fast, and ends with the moment in which it is told to', async () => {
  const { bus, play, ...tracking } = played(waving(1, 10), 0);
  const looked: string[] = [];
  const done = calibrateLive(bus, {
    ...tracking,
    onFrame: async ({ camera, hand }) => looked.push(hand === undefined ? 'no hand' : camera) === 7,
  });
  await play();
  const calibrator = await done;
  expect(looked).toEqual(['left', 'right', 'left', 'right', 'left', 'right', 'left', 'right']);
  expect(calibrator.topics).toEqual([
    ...['/left/depth/image_rect_raw', '/left/depth/camera_info'],
    ...['/right/depth/image_rect_raw', '/right/depth/camera_info', '/tf', '/tf_static'],
  ]);
  expect(calibrator.found().cameras[1]).toMatchObject({
    ...{ name: 'right', frames: 4, withHand: 4 },
    result: { state: 'refused', reason: expect.stringMatching(/only \d+ moments; 60 are needed/) },
  });
});

it('a live calibration that is ended before there are two cameras says what it needs', async () => {
  const { config, load } = played(waving(0.1, 10), 0);
  const signal = AbortSignal.abort();
  await expect(
    calibrateLive(new MemoryBus(), { config, load, signal, onFrame: async () => true }),
  ).rejects.toMatchObject({ code: 'USAGE', message: expect.stringContaining('found no depth images') });
});
