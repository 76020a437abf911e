import { describe, expect, it } from 'vitest';
import { geometricConfig } from '../../test/helpers/geometric-config.js';
import { BONES } from '../hand/skeleton.js';
import { idealInference } from '../inference/ideal-inference.js';
import { stubInference } from '../inference/stub-inference.js';
import { proportionsOf } from '../kinematics/hand-proportions.js';
import { neutralShape } from '../kinematics/hand-shape.js';
import { ANGLE_NAMES, jointNames } from '../kinematics/hand-state.js';
import type { JointStateMessage } from '../messages/generated.js';
import { CAMERAS } from '../synthetic/cameras.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { HandTracker } from './hand-tracker.js';
import { OUTPUT_TOPICS, resultTopics } from './output-topics.js';
import type { TrackResult } from './track-result.js';

const shape = neutralShape(0.95);
const frames = [...syntheticStream({ preset: 'demo', frames: 4, camera: CAMERAS.small, seed: 5, shape })];
const truthAt = new Map(frames.map(({ truth }) => [truth.stamp, truth]));
const geometry = { gridSize: 48, cubeEdge: 0.26, heatMapSize: 24, sigma: 1.5 };
const inference = idealInference((stamp) => truthAt.get(stamp), { ...stubInference(() => []).model, ...geometry });
const config = geometricConfig({ policy: 'every', smoothing: { stages: [] }, kinematics: { enabled: true } });

async function tracked(proportions = proportionsOf(shape)): Promise<TrackResult[]> {
  const tracker = new HandTracker(config, { inference, proportions });
  const results: TrackResult[] = [];
  for (const { frame } of frames) results.push(...(await tracker.track(frame)));
  return results;
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
