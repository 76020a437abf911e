import { Subject } from 'rxjs';
import { describe, expect, it } from 'vitest';
import { geometricConfig } from '../../../test/helpers/geometric-config.js';
import { ManualClock, settle } from '../../../test/helpers/manual-clock.js';
import { oneHand } from '../../../test/helpers/one-hand.js';
import type { DepthFrame } from '../../depth/depth-frame.js';
import { VoxhandError } from '../../errors/voxhand-error.js';
import type { HandJoints } from '../../hand/hand-joints.js';
import { idealInference } from '../../inference/ideal-inference.js';
import type { Inference } from '../../inference/inference.js';
import { stubInference } from '../../inference/stub-inference.js';
import { cdrCodec } from '../../messages/cdr-codec.js';
import type { HandFeedbackMessage, HandJointsMessage, HandVoxelsMessage } from '../../messages/generated.js';
import {
  fromHandFeedbackMessage,
  type HandFeedback,
  toHandFeedbackMessage,
} from '../../messages/hand-feedback-message.js';
import { fromHandJointsMessage } from '../../messages/hand-joints-message.js';
import { type HandVoxels, toHandVoxelsMessage } from '../../messages/hand-voxels-message.js';
import { recordedCodec } from '../../messages/recorded-codec.js';
import { TransformBuffer } from '../../rig/transform-buffer.js';
import { CAMERAS } from '../../synthetic/cameras.js';
import { syntheticStream } from '../../synthetic/synthetic-stream.js';
import { CameraHalf } from '../../tracking/camera-half.js';
import type { TrackerConfig, TrackerSettings } from '../../tracking/config.js';
import { MemoryBus } from '../../transport/memory/memory-bus.js';
import type { BusEvent, BusMessage } from '../../transport/port/bus.js';
import { cameraConfig } from './camera-config.js';
import { runCameraRole } from './camera-role.js';
import { type InferenceRoleOptions, runInferenceRole } from './inference-role.js';
import { voxelsOfHand } from './voxel-frames.js';

const frames = [...syntheticStream({ preset: 'demo', frames: 12, camera: CAMERAS.small, seed: 5 })];
const truth = new Map(frames.map((frame) => [frame.truth.stamp, frame.truth]));
const GEOMETRY = { gridSize: 32, cubeEdge: 0.26, heatMapSize: 16, sigma: 1.2 };
const MODEL = { ...stubInference(() => []).model, ...GEOMETRY };
const empty = (frame: DepthFrame): DepthFrame => ({ ...frame, depth: new Float32Array(frame.depth.length) });

function ideal(model: Partial<Inference['model']> = {}): Inference {
  return idealInference((stamp) => truth.get(stamp), { ...MODEL, ...model });
}

function settings(more: TrackerSettings = {}): TrackerConfig {
  const { distribution, ...rest } = more;
  return geometricConfig({
    policy: 'every',
    smoothing: { stages: [] },
    output: { poses: false, markers: false, scene: false, reference: false, ...more.output },
    distribution: { camera: 'left', replyTimeout: 0.25, ...distribution },
    ...rest,
    ...(more.output && { output: more.output }),
  });
}

/** All messages of a topic, decoded, as they come. */
function heard<T, R>(bus: MemoryBus, topic: string, read: (message: T) => R): R[] {
  const results: R[] = [];
  const messages = bus.subscribe([topic])[Symbol.asyncIterator]();
  void (async () => {
    for (let step = await messages.next(); step.done !== true; step = await messages.next()) {
      results.push(read(recordedCodec(step.value).decode(step.value.data) as T));
    }
  })();
  return results;
}

const joints = (message: HandJointsMessage) => fromHandJointsMessage(message);
const feedback = (message: HandFeedbackMessage) => fromHandFeedbackMessage(message);

/** The cells of each frame as a camera sends them. */
async function cellsOf(given: readonly DepthFrame[], config: TrackerConfig): Promise<HandVoxels[]> {
  const half = new CameraHalf(config, { model: MODEL });
  const voxels: HandVoxels[] = [];
  for (const frame of given) {
    const { camera } = config.distribution;
    const seen = await half.see(frame);
    voxels.push(voxelsOfHand(seen, seen.hands[0], { camera, session: 1, sequence: voxels.length }));
  }
  return voxels;
}

const CELLS = await cellsOf(
  frames.map(({ frame }) => frame),
  settings(),
);

describe('the camera role', () => {
  function start(more: TrackerSettings = {}, listen = true) {
    const config = settings(more);
    const bus = new MemoryBus();
    const timers = new ManualClock();
    const [events, said]: BusEvent[][] = [[], []];
    const source = new Subject<DepthFrame>();
    const sent: HandVoxelsMessage[] = listen ? heard(bus, config.topics.voxels, (m: HandVoxelsMessage) => m) : [];
    const role = runCameraRole({
      bus,
      config,
      model: MODEL,
      frames: source,
      timers,
      session: 9,
      onEvent: (event) => (event.severity === 'info' ? said : events).push(event),
    });
    const answers = bus.advertise(config.topics.feedback, cdrCodec('voxhand_msgs/msg/HandFeedback'));
    const answer = async (of: HandVoxelsMessage, answer: HandFeedback['answer'], change: object = {}) => {
      const { camera, session, sequence, hand_id: handId, header } = of;
      const stamp = BigInt(header.stamp.sec) * 1_000_000_000n + BigInt(header.stamp.nanosec);
      const origin = { stamp, frameId: header.frame_id, camera, session, sequence, handId };
      await answers.publish(toHandFeedbackMessage({ ...origin, answer, ...change }), stamp);
      await settle();
    };
    const give = async (index: number, frame = frames[index].frame) => {
      source.next(frame);
      await settle();
    };
    return { config, bus, timers, events, said, source, sent, role, answer, give };
  }

  const read = (tracked = true): HandFeedback['answer'] => ({
    outcome: 'read',
    positions: new Float64Array(63).fill(0.4),
    confidences: new Float32Array(21).fill(0.9),
    tracked,
  });

  it('sends one message at a time, found or lost, and goes on with the answer', async () => {
    const { sent, role, answer, give } = start();
    await give(0);
    await give(1, empty(frames[1].frame));
    expect(sent).toHaveLength(1);
    await answer(sent[0], read());
    expect(sent.map(({ state, sequence, session, camera }) => [state, sequence, session, camera])).toEqual([
      [1, 0, 9, 'left'],
      [0, 1, 9, 'left'],
    ]);
    await answer(sent[1], { outcome: 'noted' });
    expect(role.status()).toMatchObject({
      counts: { out: 2, tracked: 1, lost: { 'no-depth': 1 } },
      replies: { read: 1, noted: 1 },
    });
    await role.stop();
  });

  it('waits no longer than the reply timeout, says so once until an answer comes, and counts what comes late', async () => {
    const { sent, role, answer, give, timers, events, said } = start();
    for (const index of [0, 1, 2]) await give(index);
    await timers.advance(0.2499);
    expect(sent).toHaveLength(1);
    await timers.advance(0.0002);
    expect(sent).toHaveLength(2);
    await answer(sent[0], read());
    expect(role.status().replies).toEqual({ late: 1, timeout: 1 });
    await timers.advance(0.26);
    expect(events).toEqual([
      expect.objectContaining({ kind: 'reply-timeout', severity: 'warn', topic: '/hand/voxels' }),
    ]);
    expect(role.status().problem).toContain('no answer on /hand/feedback within 0.25 s');
    await answer(sent[2], read());
    expect(role.status().problem).toBeUndefined();
    await give(3);
    await timers.advance(1);
    expect(events).toHaveLength(2);
    expect(said.map(({ text }) => text)).toEqual(['the voxels on /hand/voxels are answered']);
    await role.stop();
  });

  it('does not take the answer to another camera, another session or another frame for its own', async () => {
    const { sent, role, answer, give } = start();
    await give(0);
    await give(1);
    await answer(sent[0], read(), { camera: 'right' });
    await answer(sent[0], read(), { session: 8 });
    await answer(sent[0], read(), { sequence: 5 });
    await answer(sent[0], read(), { stamp: 5n });
    expect(sent).toHaveLength(1);
    expect(role.status().replies).toEqual({ late: 2 });
    await answer(sent[0], read());
    expect(sent).toHaveLength(2);
    await role.stop();
  });

  it('says why the other side does not work on its cells', async () => {
    const { sent, role, answer, give, events } = start();
    for (const index of [0, 1, 2]) await give(index);
    for (const index of [0, 1]) {
      await answer(sent[index], { outcome: 'failed', reason: 'GRID_INVALID: voxels for another network' });
    }
    expect(events).toEqual([expect.objectContaining({ kind: 'camera-refused', severity: 'error' })]);
    expect(role.status()).toMatchObject({
      replies: { failed: 2 },
      problem: 'the inference role does not process the voxels: GRID_INVALID: voxels for another network',
    });
    await answer(sent[2], { outcome: 'replaced' });
    expect(role.status().problem).toBeUndefined();
    await role.stop();
  });

  it('works only while somebody listens, unless told otherwise', async () => {
    const { role, give } = start({}, false);
    await give(0);
    expect(role.status()).toMatchObject({ counts: { out: 0, dropped: { 'nobody-listens': 1 } } });
    expect(role.status().problem).toContain('no subscribers on /hand/voxels');
    await role.stop();
    const eager = start({ output: { lazy: false } }, false);
    await eager.give(0);
    expect(eager.role.status().counts.out).toBe(1);
    await eager.role.stop();
  });

  it('forgets the hand when told so, and the answer to what was before', async () => {
    const { sent, role, answer, give } = start();
    const plain = CELLS.map(({ seen }) => (seen.state === 'found' ? seen.cube.center : undefined));
    await give(0);
    await answer(sent[0], read());
    await give(1);
    expect([...sent[1].center]).toEqual(plain[1]); // an answer far from the hand is not believed
    role.reset();
    await answer(sent[1], read());
    await give(2);
    expect(sent[2].acquired).toBe(true);
    await role.stop();
  });

  it('counts what is no answer', async () => {
    const { bus, config, sent, role, answer, give } = start();
    await give(0);
    const other = bus.advertise(config.topics.feedback, cdrCodec('geometry_msgs/msg/PointStamped'));
    await other.publish({ header: sent[0].header, point: { x: 0, y: 0, z: 0 } }, 0n);
    await answer(sent[0], { ...read(), positions: new Float64Array(3) } as HandFeedback['answer']);
    expect(role.status().refused).toEqual({ MESSAGE_INVALID: 2 });
    await role.stop();
  });

  it('counts a frame that contradicts itself and goes on', async () => {
    const { sent, role, give } = start();
    await give(0, { ...frames[0].frame, depth: new Float32Array(3) });
    await give(1);
    expect(sent).toHaveLength(1);
    expect(role.status().counts).toMatchObject({ out: 1, dropped: { DEPTH_SIZE: 1 } });
    await role.stop();
  });

  it('ends with its frames, and at once when it is stopped', async () => {
    const one = start();
    await one.give(0);
    one.source.complete();
    await one.answer(one.sent[0], read());
    await expect(one.role.done).resolves.toBeUndefined();
    const two = start();
    await two.give(0); // waits for an answer that never comes
    await two.role.stop();
    await two.role.stop();
    await expect(two.role.done).resolves.toBeUndefined();
    expect(two.timers.waiting).toBe(0);
    expect(two.bus.states().find(({ topic }) => topic === two.config.topics.feedback)?.subscribers).toBe(0);
  });

  it('fails where the bus takes no more, and with its source of frames', async () => {
    const one = start({ output: { lazy: false } });
    await one.bus.close();
    await one.give(0);
    await expect(one.role.done).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    const two = start();
    two.source.error(new VoxhandError('TOPIC_NOT_FOUND', 'gone'));
    await expect(two.role.done).rejects.toMatchObject({ code: 'TOPIC_NOT_FOUND' });
  });
});

describe('the inference role', () => {
  function start(more: TrackerSettings = {}, options: Partial<InferenceRoleOptions> = {}) {
    const config = settings(more);
    const bus = new MemoryBus();
    const timers = new ManualClock();
    const [events, said]: BusEvent[][] = [[], []];
    const cells = bus.advertise(config.topics.voxels, cdrCodec('voxhand_msgs/msg/HandVoxels'));
    const answers = heard(bus, config.topics.feedback, feedback);
    const role = runInferenceRole({
      bus,
      config,
      inference: ideal(),
      timers,
      onEvent: (event) => (event.severity === 'info' ? said : events).push(event),
      ...options,
    });
    const send = async (voxels: HandVoxels, change: Partial<HandVoxelsMessage> = {}) => {
      await cells.publish({ ...toHandVoxelsMessage(voxels), ...change }, voxels.stamp);
      await settle();
    };
    const outcomes = () => answers.map(({ camera, sequence, answer }) => [camera, sequence, answer.outcome]);
    return { config, bus, timers, events, said, cells, answers, role, send, outcomes };
  }

  const from = (camera: string, index: number, change: Partial<HandVoxels> = {}): HandVoxels => ({
    ...CELLS[index],
    camera,
    ...change,
  });

  /** An inference that answers when it is told to. */
  function held(model: Inference = ideal()) {
    const asked: { stamps: (bigint | undefined)[]; go: () => void }[] = [];
    const wait = (stamps: (bigint | undefined)[]) =>
      new Promise<void>((resolve) => {
        asked.push({ stamps, go: resolve });
      });
    const inference: Inference = {
      ...model,
      infer: async (grid, context) => {
        await wait([context?.stamp]);
        return model.infer(grid, context);
      },
    };
    return {
      asked,
      inference,
      go: async () => {
        asked.at(-1)?.go();
        await settle();
      },
    };
  }

  it('publishes joints in the camera frame and answers with what it read', async () => {
    const { bus, config, role, send, answers } = start({ distribution: { maxCameras: 1 } });
    const hands = heard(bus, config.topics.joints, joints);
    await send(CELLS[0]);
    expect(hands[0]).toMatchObject({ stamp: CELLS[0].stamp, frameId: CELLS[0].frameId, tracked: true, lagFrames: 0 });
    expect(answers[0]).toMatchObject({ camera: 'left', sequence: 0, session: 1, stamp: CELLS[0].stamp });
    expect(answers[0].answer).toMatchObject({ outcome: 'read', tracked: true, positions: hands[0].positions });
    const [gone] = await cellsOf([empty(frames[1].frame)], config);
    await send({ ...gone, sequence: 1 });
    expect(hands[1]).toMatchObject({ stamp: gone.stamp, tracked: false });
    expect(answers[1].answer).toEqual({ outcome: 'noted' });
    expect(role.status().cameras).toMatchObject([
      { name: 'left', counts: { in: 2, out: 2, tracked: 1, lost: { 'no-depth': 1 }, pending: 0 }, published: 2 },
    ]);
    await role.stop();
  });

  it('gives each of several cameras topics, a tracker and TF frames of its own', async () => {
    const { bus, role, send, said } = start({
      namespace: 'cell',
      distribution: { maxCameras: 2 },
      output: { handFrames: true },
    });
    const left = heard(bus, '/cell/left/hand/joints', joints);
    const right = heard(bus, '/cell/right/hand/joints', joints);
    const tf = heard(bus, '/tf', (message: { transforms: { child_frame_id: string }[] }) => message.transforms);
    await send(from('left', 0));
    await send(from('right', 3, { frameId: 'right_optical' }));
    await send(from('left', 1));
    expect(left.map(({ stamp }) => stamp)).toEqual([CELLS[0].stamp, CELLS[1].stamp]);
    expect(right.map(({ frameId }) => frameId)).toEqual(['right_optical']);
    expect(tf.flat().map(({ child_frame_id: name }) => name)).toEqual([
      'cell/left/hand_0',
      'cell/right/hand_0',
      'cell/left/hand_0',
    ]);
    expect(said.map(({ text }) => text)).toEqual([
      'camera left: its voxels come, its joints go out on /cell/left/hand/joints',
      'camera right: its voxels come, its joints go out on /cell/right/hand/joints',
    ]);
    await role.stop();
  });

  it('lets one message of a camera wait, the newest, and answers the one that it replaces', async () => {
    const { inference, asked, go } = held();
    const { role, send, outcomes } = start({}, { inference });
    for (const index of [0, 1, 2, 3]) await send(from('left', index));
    expect(outcomes()).toEqual([
      ['left', 1, 'replaced'],
      ['left', 2, 'replaced'],
    ]);
    await go();
    await go();
    expect(asked.map(({ stamps }) => stamps)).toEqual([[CELLS[0].stamp], [CELLS[3].stamp]]);
    expect(role.status().cameras[0].counts).toMatchObject({ in: 4, out: 2, dropped: { replaced: 2 }, pending: 0 });
    await role.stop();
  });

  it('serves whoever has waited longest, however often another one sends', async () => {
    const { inference, asked, go } = held();
    const { role, send } = start({}, { inference });
    await send(from('left', 0));
    await send(from('right', 1));
    await send(from('left', 2));
    await send(from('third', 3));
    await send(from('left', 4));
    for (let i = 0; i < 4; i++) await go();
    expect(asked.map(({ stamps: [stamp] }) => CELLS.findIndex((cells) => cells.stamp === stamp))).toEqual([0, 1, 4, 3]);
    await role.stop();
  });

  it('shows several cameras to a network that takes several at once', async () => {
    const sizes: number[] = [];
    const one = ideal();
    const inference: Inference = {
      ...one,
      inferBatch: async (grids, contexts) => {
        sizes.push(grids.length);
        const answers = [];
        for (const [k, grid] of grids.entries()) {
          if (contexts?.[k].stamp === CELLS[5].stamp) answers.push(new VoxhandError('INFERENCE_FAILED', 'no number'));
          else answers.push(await one.infer(grid, contexts?.[k]));
        }
        return answers;
      },
    };
    const { role, send, timers, outcomes } = start({ distribution: { batchDeadline: 0.01 } }, { inference });
    await send(from('left', 0)); // nobody else is known: no wait
    expect(outcomes()).toEqual([['left', 0, 'read']]);
    await send(from('right', 1));
    expect(outcomes()).toHaveLength(1); // left may send again
    await send(from('left', 2));
    expect(outcomes().slice(1)).toEqual([
      ['right', 1, 'read'],
      ['left', 2, 'read'],
    ]);
    expect(sizes).toEqual([2]);
    // the deadline of the first is over before the other comes
    await send(from('right', 3));
    await timers.advance(0.009);
    expect(outcomes()).toHaveLength(3);
    await timers.advance(0.002);
    expect(outcomes()).toHaveLength(4);
    // one whose answer cannot be read does not take the other along
    await send(from('right', 4));
    await send(from('left', 5));
    expect(outcomes().slice(4)).toEqual([
      ['right', 4, 'read'],
      ['left', 5, 'failed'],
    ]);
    // a camera that has been silent for long is not waited for
    await timers.advance(1);
    await send(from('right', 6));
    expect(outcomes()).toHaveLength(7);
    expect(role.status().batches).toEqual({ 1: 3, 2: 2 });
    await role.stop();
  });

  it('takes the hand of a camera that falls silent back, within max(3 periods, 250 ms), and finds it again', async () => {
    const { bus, role, send, timers } = start({ distribution: { maxCameras: 1 } });
    const hands = heard(bus, '/hand/joints', joints);
    for (const index of [0, 1, 2]) {
      await send(CELLS[index]);
      await timers.advance(0.033);
    }
    await timers.advance(0.15);
    expect(hands).toHaveLength(3);
    await timers.advance(0.06);
    expect(hands).toHaveLength(4);
    expect(hands[3]).toMatchObject({ tracked: false, frameId: CELLS[2].frameId });
    expect(hands[3].stamp).toBeGreaterThan(CELLS[2].stamp);
    await timers.advance(5);
    expect(hands).toHaveLength(4);
    await send(CELLS[5]); // of before the loss that was said
    expect(CELLS[5].stamp).toBeLessThan(hands[3].stamp);
    expect(hands).toHaveLength(4);
    expect(role.status().cameras[0].withheld).toEqual({ older: 1 });
    await send(CELLS[11]);
    expect(hands[4]).toMatchObject({ tracked: true, stamp: CELLS[11].stamp });
    await send(CELLS[0], { sequence: 12 }); // the camera's recording has begun again
    expect(hands[5]).toMatchObject({ tracked: true, stamp: CELLS[0].stamp });
    expect(role.status().cameras[0].withheld).toEqual({ older: 1 });
    await role.stop();
    expect(hands[6]).toMatchObject({ tracked: false }); // nobody is left who would say it
    expect(timers.waiting).toBe(0);
  });

  it('does not show what it read in the cells of long ago', async () => {
    const { inference, go } = held();
    const { bus, role, send, timers } = start({ distribution: { maxCameras: 1 } }, { inference });
    const hands = heard(bus, '/hand/joints', joints);
    for (const index of [0, 1]) {
      await send(CELLS[index]);
      await go();
    }
    await send(CELLS[2]); // the network hangs
    await timers.advance(1);
    expect(hands.map(({ tracked }) => tracked)).toEqual([true, true, false]);
    await go();
    expect(hands).toHaveLength(3);
    expect(role.status().cameras[0]).toMatchObject({ withheld: { stale: 1 }, published: 3 });
    await role.stop();
  });

  it('refuses more cameras than it may serve, and takes a new one where an old one has been gone for long', async () => {
    const { role, send, timers, outcomes, answers, events } = start({ distribution: { maxCameras: 2 } });
    for (const name of ['left', 'right', 'third', 'fourth']) await send(from(name, 0));
    expect(outcomes().map(([, , outcome]) => outcome)).toEqual(['read', 'read', 'failed', 'failed']);
    expect(answers[2].answer).toMatchObject({ reason: expect.stringContaining('too-many-cameras: ') });
    expect(role.status().refused).toEqual({ 'too-many-cameras': 2 });
    expect(events).toEqual([expect.objectContaining({ kind: 'too-many-cameras', severity: 'error' })]);
    await timers.advance(500);
    await send(from('right', 1));
    await timers.advance(101);
    await send(from('third', 1));
    expect(role.status().cameras.map(({ name }) => name)).toEqual(['right', 'third']);
    await role.stop();
  });

  it('tells two cameras of one name apart from one that was started again', async () => {
    const { role, send, outcomes, events } = start();
    await send(from('left', 0, { session: 1 }));
    await send(from('left', 1, { session: 2, sequence: 0 })); // started again
    await send(from('left', 2, { session: 2, sequence: 1 }));
    expect(outcomes().map(([, , outcome]) => outcome)).toEqual(['read', 'read', 'read']);
    expect(events).toEqual([]);
    await send(from('left', 3, { session: 1 })); // the first one is still there
    expect(outcomes()[3]).toEqual(['left', 3, 'failed']);
    expect(events).toEqual([expect.objectContaining({ kind: 'camera-name-twice' })]);
    expect(role.status()).toMatchObject({
      refused: { 'camera-name-twice': 1 },
      lastRefusal: expect.stringContaining('give each its own distribution.camera'),
      cameras: [{ counts: { in: 3 } }],
    });
    await role.stop();
  });

  it('counts messages that come twice or after a newer one', async () => {
    const { role, send, outcomes } = start();
    for (const sequence of [4, 4, 3, 5, 0xffff_ffff]) await send(from('left', 0, { sequence }));
    expect(outcomes().map(([, sequence]) => sequence)).toEqual([4, 5]);
    expect(role.status().refused).toEqual({ 'out-of-order': 3 });
    await role.stop();
    const around = start();
    for (const sequence of [0xffff_ffff, 0, 1]) await around.send(from('left', 0, { sequence }));
    expect(around.outcomes().map(([, sequence]) => sequence)).toEqual([0xffff_ffff, 0, 1]);
    await around.role.stop();
  });

  it('works on a frame of two hands when the messages of both have come, whichever comes first', async () => {
    const { bus, config, role, send, answers } = start({ distribution: { maxCameras: 1 } });
    const hands = heard(bus, config.topics.joints, joints);
    await send(from('left', 0, { hands: 2, handId: 7 }));
    expect(hands).toEqual([]);
    await send(from('left', 0, { hands: 2, handId: 7 })); // twice
    await send(from('left', 0, { hands: 2, handId: 3, seen: { state: 'lost', reason: 'no-candidate' } }));
    expect(hands.map(({ handId, tracked }) => [handId, tracked])).toEqual([[7, true]]);
    expect(answers.map(({ handId, sequence, answer }) => [handId, sequence, answer.outcome])).toEqual([
      [3, 0, 'noted'],
      [7, 0, 'read'],
    ]);
    expect(role.status()).toMatchObject({ refused: { 'out-of-order': 1 }, cameras: [{ counts: { in: 1, out: 1 } }] });
    await role.stop();
  });

  it('drops a frame of which a message is missing when the next one comes, and one of which a message is refused', async () => {
    const { role, send, answers } = start();
    await send(from('left', 0, { hands: 2, handId: 0 }));
    await send(from('left', 1));
    await send(from('left', 2, { hands: 3, handId: 0 }));
    await send(from('left', 2, { hands: 3, handId: 1 }), { edge: 0.3 });
    await send(from('left', 2, { hands: 3, handId: 2 }));
    await send(from('left', 3, { hands: 2, handId: 0 }));
    await send(from('left', 3, { hands: 3, handId: 1 }));
    await send(from('left', 4));
    expect(role.status().cameras[0].counts).toMatchObject({
      in: 5,
      out: 2,
      dropped: { incomplete: 1, GRID_INVALID: 1, MESSAGE_INVALID: 1 },
    });
    expect(answers.map(({ sequence, handId, answer }) => `${sequence} ${handId} ${answer.outcome}`)).toEqual([
      ...['1 0 read', '2 0 failed', '2 1 failed', '2 2 failed'],
      ...['3 0 failed', '3 1 failed', '4 0 read'],
    ]);
    await role.stop();
  });

  it.each<[string, Partial<HandVoxelsMessage>, string, string | undefined]>([
    ['another version', { version: 1 }, 'MESSAGE_INVALID', undefined],
    ['a camera without a name', { camera: 'a camera' }, 'MESSAGE_INVALID', undefined],
    ['a grid for another network', { grid_size: 48 }, 'GRID_INVALID', 'voxels for a network of another size'],
    ['a grid of an absurd size', { grid_size: 65_535, occupied: 4e9 }, 'GRID_INVALID', 'of another size'],
    ['a cube of another size', { edge: 0.3 }, 'GRID_INVALID', 'voxels for another network'],
    ['a turned cube for a network that knows none', { roll: 0.5 }, 'GRID_INVALID', 'voxels for another network'],
    ['a mirrored cube for a network of any hand', { mirror: true }, 'GRID_INVALID', 'voxels for another network'],
    [
      'cells out of range',
      { cells: Uint8Array.of(0xff, 0xff, 0x7f, 1) },
      'MESSAGE_INVALID',
      'HandVoxels message refused',
    ],
    [
      'a centre at no place',
      { center: new Float64Array(3).fill(Number.NaN) },
      'MESSAGE_INVALID',
      'HandVoxels message refused',
    ],
  ])('counts and skips %s, says so once, and answers where it knows whom', async (_, change, code, reason) => {
    const { role, send, answers, events } = start();
    await send(CELLS[0]);
    for (const index of [1, 2]) await send(CELLS[index], change);
    await send(CELLS[3]);
    const { refused, cameras } = role.status();
    expect(refused).toEqual(reason === undefined ? { [code]: 2 } : {});
    expect(cameras).toHaveLength(1);
    expect(cameras[0].counts.dropped).toEqual(reason === undefined ? {} : { [code]: 2 });
    expect(cameras[0].counts.out).toBe(2);
    expect(cameras[0].problem).toBeUndefined();
    expect(events).toEqual([expect.objectContaining({ kind: 'camera-refused' })]);
    const failed = answers.filter(({ answer }) => answer.outcome === 'failed');
    expect(failed).toHaveLength(reason === undefined ? 0 : 2);
    if (reason !== undefined) {
      expect(failed[0].answer).toHaveProperty('reason', expect.stringMatching(new RegExp(`^${code}: .*${reason}`)));
    }
    await role.stop();
  });

  it('gives no place to a camera that never sent a message that can be', async () => {
    const { role, send, outcomes } = start({ distribution: { maxCameras: 1 } });
    await send(from('evil', 0), { grid_size: 3 });
    expect(role.status()).toMatchObject({ cameras: [], refused: { GRID_INVALID: 1 } });
    await send(from('left', 0));
    expect(outcomes()).toEqual([
      ['evil', 0, 'failed'],
      ['left', 0, 'read'],
    ]);
    await role.stop();
  });

  it('refuses another type on its topic, and bytes that are none of it', async () => {
    const { bus, config, cells, role } = start();
    const point = bus.advertise(config.topics.voxels, cdrCodec('geometry_msgs/msg/PointStamped'));
    const header = { stamp: { sec: 0, nanosec: 0 }, frame_id: '' };
    await point.publish({ header, point: { x: 0, y: 0, z: 0 } }, 0n);
    let message: BusMessage | undefined;
    const messages = bus.subscribe([config.topics.voxels])[Symbol.asyncIterator]();
    await cells.publish(toHandVoxelsMessage(CELLS[0]), 0n);
    message = (await messages.next()).value;
    await messages.return?.();
    if (message === undefined) expect.fail('no message');
    for (let length = 0; length < message.data.length; length += 7) {
      await bus.write({ ...message, data: message.data.subarray(0, length) });
    }
    await settle();
    const { refused, cameras } = role.status();
    expect(refused).toEqual({ MESSAGE_INVALID: 1 + Math.ceil(message.data.length / 7) });
    expect(cameras).toHaveLength(1);
    await role.stop();
  });

  it('counts a network that fails, answers, and goes on', async () => {
    let calls = 0;
    const one = ideal();
    const inference: Inference = {
      ...one,
      infer: (grid, context) =>
        calls++ === 1 ? Promise.reject(new VoxhandError('WORKER_LOST', 'it died')) : one.infer(grid, context),
    };
    const { role, send, outcomes } = start({}, { inference });
    for (const index of [0, 1, 2]) await send(CELLS[index]);
    expect(outcomes().map(([, , outcome]) => outcome)).toEqual(['read', 'failed', 'read']);
    expect(role.status().cameras[0].counts).toMatchObject({ in: 3, out: 2, dropped: { WORKER_LOST: 1 } });
    await role.stop();
  });

  it('ends where the network has given up, or the bus takes no more, and with the bus', async () => {
    const one = ideal();
    const dead: Inference = {
      ...one,
      infer: () => Promise.reject(new VoxhandError('INFERENCE_FAILED', 'given up')),
      status: () => ({ ...one.status(), state: 'failed' }),
    };
    const given = start({}, { inference: dead });
    await given.send(CELLS[0]);
    await expect(given.role.done).rejects.toMatchObject({ code: 'INFERENCE_FAILED' });
    const { inference, go } = held();
    const cut = start({}, { inference });
    await cut.send(CELLS[0]);
    await cut.bus.close();
    await go();
    await expect(cut.role.done).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    const ended = start();
    await ended.bus.close();
    await expect(ended.role.done).resolves.toBeUndefined();
  });

  it('brings joints into the target frame, and says a loss where no transform leads there', async () => {
    const transforms = new TransformBuffer();
    const mounted = { translation: [1, 2, 3], rotation: [0, 0, 0, 1] } as const;
    transforms.add({ stamp: 0n, parent: 'base', child: CELLS[0].frameId, transform: mounted }, true);
    const more: TrackerSettings = { output: { targetFrame: 'base' }, distribution: { maxCameras: 2 } };
    const { bus, role, send, answers } = start(more, { transforms });
    const left = heard(bus, '/left/hand/joints', joints);
    const right = heard(bus, '/right/hand/joints', joints);
    await send(from('left', 0));
    await send(from('right', 0, { frameId: 'elsewhere' }));
    const [, raw] = answers.map(({ answer }) => (answer.outcome === 'read' ? answer.positions : undefined));
    expect(left[0]).toMatchObject({ frameId: 'base', tracked: true });
    for (const axis of [0, 1, 2]) expect(left[0].positions[axis]).toBeCloseTo((raw?.[axis] ?? 0) + axis + 1, 9);
    expect(right[0]).toMatchObject({ frameId: 'base', tracked: false });
    expect(role.status().cameras).toMatchObject([
      { counts: { tracked: 1 } },
      { counts: { tracked: 0, lost: { 'no-transform': 1 } }, problem: expect.stringContaining('"elsewhere"') },
    ]);
    await role.stop();
    expect(() => start(more)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', where: 'output.target_frame' }),
    );
  });

  it('begins anew when told so, and says each result to whoever asked', async () => {
    const told: [string, HandJoints][] = [];
    const { role, send } = start(
      { smoothing: { stages: ['oneEuro'] } },
      { onResult: (camera, result) => told.push([camera, oneHand(result).joints]) },
    );
    await send(CELLS[0]);
    role.reset();
    await send(CELLS[1]);
    const fresh = start(
      { smoothing: { stages: ['oneEuro'] } },
      { onResult: (camera, result) => told.push([camera, oneHand(result).joints]) },
    );
    await fresh.send(CELLS[1]);
    expect(told.map(([camera]) => camera)).toEqual(['left', 'left', 'left']);
    expect(told[1][1].positions).toEqual(told[2][1].positions);
    await role.stop();
    await fresh.role.stop();
  });
});

describe('topics of one camera of several', () => {
  it.each([
    ['', 'hand/joints', '/left/hand/joints'],
    ['', '/robot/joints', '/left/robot/joints'],
    ['cell', 'hand/joints', '/cell/left/hand/joints'],
    ['/cell/one', 'hand/joints', '/cell/one/left/hand/joints'],
    ['cell', '/robot/joints', '/left/robot/joints'],
    ['cell', '~/joints', '~/left/joints'],
  ])('in the namespace %j, %s becomes %s', (namespace, topic, expected) => {
    const config = geometricConfig({ namespace, topics: { joints: topic } });
    const { topics } = cameraConfig(config, 'left');
    expect(topics.joints).toBe(expected);
    expect(topics.depth).toBe(config.topics.depth);
    expect(
      cameraConfig(geometricConfig({ namespace, distribution: { maxCameras: 1 } }), 'left').topics.joints,
    ).not.toContain('left');
  });
});
