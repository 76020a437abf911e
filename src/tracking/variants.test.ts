import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type OneHand, oneHand } from '../../test/helpers/one-hand.js';
import type { Inference } from '../inference/inference.js';
import { createInference } from '../inference/node/create-inference.js';
import { CAMERAS } from '../synthetic/cameras.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { type TrackerSettings, trackerConfig } from './config.js';
import { HandTracker } from './hand-tracker.js';
import { averageJoints } from './inference-half.js';

const frames = [...syntheticStream({ preset: 'demo', frames: 4, camera: CAMERAS.small, seed: 5 })].map((f) => f.frame);

describe('variants of the cube, with a real network', () => {
  let inference: Inference;
  beforeAll(async () => {
    inference = await createInference({ model: 'compact-light' });
  });
  afterAll(() => inference.close());

  async function track(settings: TrackerSettings): Promise<{ results: OneHand[]; runs: number }> {
    const before = inference.status().inferences;
    const config = trackerConfig({ detection: { method: 'geometric' }, smoothing: { stages: [] }, ...settings });
    const tracker = new HandTracker(config, { inference });
    const results: OneHand[] = [];
    for (const frame of frames) results.push(...(await tracker.track(frame)).map(oneHand));
    return { results, runs: inference.status().inferences - before };
  }

  it('are off by default, and one that is the own cube changes nothing but the cost', async () => {
    const off = await track({});
    expect(off.runs).toBe(frames.length);
    const same = await track({ inference: { variants: { edges: [inference.model.cubeEdge] } } });
    expect(same.runs).toBe(2 * frames.length);
    for (const [k, { joints }] of same.results.entries()) {
      expect(joints.confidences).toEqual(off.results[k].joints.confidences);
      const shift = joints.positions.map((c, i) => Math.abs(c - off.results[k].joints.positions[i]));
      expect(Math.max(...shift)).toBeLessThan(1e-6);
    }
  });

  it('are averaged with the own cube, near to it', async () => {
    const off = await track({});
    const { results, runs } = await track({ inference: { variants: { edges: [0.24, 0.28], rollDegrees: [10, -10] } } });
    expect(runs).toBe(3 * frames.length);
    for (const [k, { joints }] of results.entries()) {
      const { positions } = off.results[k].joints;
      const shift = joints.positions.map((c, i) => Math.abs(c - positions[i]));
      expect(Math.max(...shift)).toBeGreaterThan(1e-4);
      expect(shift.reduce((a, b) => a + b, 0) / 63).toBeLessThan(0.01);
    }
  });

  it('must have a turn each, or none', () => {
    const variants = { edges: [0.24, 0.28], rollDegrees: [10] };
    expect(() => trackerConfig({ inference: { variants } })).toThrow(/inference.variants.roll_degrees: as many as/);
  });
});

it('the average of hands weighs each joint by its confidence, and is plain where nobody is sure', () => {
  const hand = (c: number, confidence: number) => ({
    positions: new Float64Array(63).fill(c),
    confidences: new Float32Array(21).fill(confidence),
  });
  const { positions, confidences } = averageJoints([hand(0, 0.25), hand(1, 0.75)]);
  expect([positions[0], confidences[0]]).toEqual([0.75, 0.5]);
  expect(averageJoints([hand(0, 0), hand(1, 0)]).positions[5]).toBe(0.5);
});
