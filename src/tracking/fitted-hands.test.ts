import { describe, expect, it } from 'vitest';
import { geometricConfig } from '../../test/helpers/geometric-config.js';
import { fitRigid } from '../geometry/fit-rotation.js';
import { transformPoints } from '../geometry/transform.js';
import { BONES, JOINT_COUNT } from '../hand/skeleton.js';
import type { TrackedHand } from '../hand/tracked-hand.js';
import { idealInference } from '../inference/ideal-inference.js';
import { stubInference } from '../inference/stub-inference.js';
import { HandKinematics } from '../kinematics/hand-kinematics.js';
import { proportionsOf } from '../kinematics/hand-proportions.js';
import { neutralShape } from '../kinematics/hand-shape.js';
import { ANGLE_NAMES, jointNames, restState } from '../kinematics/hand-state.js';
import type { JointStateMessage } from '../messages/generated.js';
import { CAMERAS } from '../synthetic/cameras.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import type { TrackerSettings } from './config.js';
import { HandTracker } from './hand-tracker.js';
import { OUTPUT_TOPICS, resultTopics } from './output-topics.js';
import type { TrackResult } from './track-result.js';

const shape = neutralShape(0.95);
const frames = [...syntheticStream({ preset: 'demo', frames: 4, camera: CAMERAS.small, seed: 5, shape })];
const truthAt = new Map(frames.map(({ truth }) => [truth.stamp, truth]));
const geometry = { gridSize: 48, cubeEdge: 0.26, heatMapSize: 24, sigma: 1.5 };
const inference = idealInference((stamp) => truthAt.get(stamp), { ...stubInference(() => []).model, ...geometry });
const config = geometricConfig({ policy: 'every', smoothing: { stages: [] }, kinematics: { enabled: true } });

async function tracked(proportions = proportionsOf(shape), of = config): Promise<TrackResult[]> {
  const tracker = new HandTracker(of, { inference, proportions });
  const results: TrackResult[] = [];
  for (const { frame } of frames) results.push(...(await tracker.track(frame)));
  return [...results, ...tracker.flush()];
}

/** Joints of a right hand by its angles and lengths, where its wrist and palm are. */
function jointsOf({ positions, angles }: TrackedHand): Float64Array {
  const { positions: bent, proportions } = angles!;
  const kinematics = new HandKinematics();
  kinematics.update({ ...restState(), angles: bent }, proportions);
  const { joints } = kinematics;
  const all = Array.from({ length: JOINT_COUNT }, (_, i) => i);
  const way = fitRigid(joints, positions, all);
  return transformPoints(way, joints);
}

const lengths = (p: Float64Array) =>
  BONES.map(([a, b]) => Math.hypot(...[0, 1, 2].map((k) => p[3 * a + k] - p[3 * b + k])));

describe('hands with kinematics.enabled', () => {
  it('have bones of constant length, angles, and joints that are still where the hand is', async () => {
    const hands = (await tracked()).flatMap((result) => result.hands);
    expect(hands).toHaveLength(frames.length);
    for (const [i, { positions, angles, unfitted }] of hands.entries()) {
      expect(unfitted).toBeUndefined();
      expect(angles?.positions).toHaveLength(ANGLE_NAMES.length);
      expect(angles?.velocities === undefined).toBe(i === 0);
      lengths(positions).forEach((length, bone) => {
        expect(length).toBeCloseTo(lengths(hands[0].positions)[bone], 9);
      });
      const truth = frames[i].truth.positions;
      for (let k = 0; k < 63; k++) expect(Math.abs(positions[k] - truth[k])).toBeLessThan(0.012);
    }
  });

  it.each([
    ['as they are', { stages: [] }, false],
    ['held by the gate', { stages: ['gate'], gate: { maxHandSpeed: 0.01 } }, true],
    ['smoothed', { preset: 'calm' }, true],
  ] as const)('have the joints that their angles and lengths give: %s', async (_, smoothing, changes) => {
    const settings = { policy: 'every', smoothing, kinematics: { enabled: true } } as TrackerSettings;
    const hands = (await tracked(undefined, geometricConfig(settings))).flatMap((result) => result.hands);
    const unchanged = (await tracked()).flatMap((result) => result.hands);
    expect(hands).toHaveLength(frames.length);
    let moved = 0;
    for (const [i, hand] of hands.entries()) {
      const joints = jointsOf(hand);
      for (let k = 0; k < 63; k++) {
        expect(Math.abs(hand.positions[k] - joints[k])).toBeLessThan(0.0001);
        moved = Math.max(moved, Math.abs(hand.positions[k] - unchanged[i].positions[k]));
      }
    }
    expect(moved > 0.0005).toBe(changes);
  });

  it('keep the joints of the network, and say why, where no hand of these proportions has them', async () => {
    const proportions = proportionsOf(shape);
    const tiny = {
      ...proportions,
      lengths: proportions.lengths.map((x) => x / 4),
      roots: proportions.roots.map((x) => -x),
    };
    const [first] = await tracked(tiny);
    expect(first.hands[0]).toMatchObject({ unfitted: 'far-from-joints' });
    expect(first.hands[0].angles).toBeUndefined();
  });

  it('are published as joint states with stable names', async () => {
    const [, second] = await tracked();
    const topic = resultTopics(config).find(({ type }) => type === OUTPUT_TOPICS.jointStates.type);
    const outgoing = {
      result: second,
      hands: [],
      shown: [],
      described: new Map(),
      now: () => undefined,
      frameOf: String,
    };
    const [message] = (topic?.messages(outgoing) ?? []) as JointStateMessage[];
    expect(message.name).toEqual(jointNames('right'));
    expect(message.name.slice(0, 2)).toEqual(['right_thumb_radial', 'right_thumb_palmar']);
    expect(message.position).toBe(second.hands[0].angles?.positions);
    expect(message.velocity).toHaveLength(21);
    expect(message.header.frame_id).toBe(second.frameId);
  });

  it('are not announced while the fit is off', () => {
    const types = resultTopics(geometricConfig()).map(({ type }) => type);
    expect(types).not.toContain('sensor_msgs/msg/JointState');
  });
});
