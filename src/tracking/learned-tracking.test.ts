import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIXTURES } from '../../test/fixtures/models/fixture-models.js';
import { idealStages } from '../../test/helpers/ideal-stages.js';
import { type OneHand, oneHand } from '../../test/helpers/one-hand.js';
import type { DepthFrame } from '../depth/depth-frame.js';
import type { DetectionStages } from '../detection/ports.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { idealInference } from '../inference/ideal-inference.js';
import { createDetectorInference, createVerdictInference } from '../inference/node/create-inference.js';
import { stubInference } from '../inference/stub-inference.js';
import { CAMERAS } from '../synthetic/cameras.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { type TrackerSettings, trackerConfig } from './config.js';
import { type NetworkStages, networkStages } from './detection-networks.js';
import { HandTracker } from './hand-tracker.js';

const COUNT = 24;
const streams = new Map(
  (['right', 'left'] as const).map((handedness) => [
    handedness,
    [...syntheticStream({ preset: 'demo', frames: COUNT, camera: CAMERAS.small, seed: 5, handedness })],
  ]),
);
const of = (side: 'right' | 'left') => streams.get(side) ?? [];

/** The pose network replaced by heat maps drawn from the truth. */
function perfect(truths: ReadonlyMap<bigint, HandJoints>, facts: object) {
  const geometry = { gridSize: 48, cubeEdge: 0.26, heatMapSize: 24, sigma: 1.5 };
  const model = { ...stubInference(() => []).model, ...geometry };
  const inference = idealInference((stamp) => truths.get(stamp), { ...model, ...facts });
  // presence scores are known by the model's name
  return { ...inference, model: { ...inference.model, name: 'compact', ...facts } };
}

async function track(side: 'right' | 'left', facts: object, settings: TrackerSettings = {}, stages?: DetectionStages) {
  const frames = of(side);
  const truths = new Map(frames.map(({ truth }) => [truth.stamp, truth]));
  const detection = stages ?? idealStages((stamp) => [truths.get(stamp) as HandJoints]);
  const config = trackerConfig({
    policy: 'every',
    smoothing: { stages: [] },
    ...settings,
    detection: { method: 'learned', ...settings.detection },
  });
  const tracker = new HandTracker(config, { inference: perfect(truths, facts), detection });
  const results: OneHand[] = [];
  for (const { frame } of frames) results.push(...(await tracker.track(frame)).map(oneHand));
  return { results, truths, tracker };
}

function meanErrorMm(results: readonly OneHand[], truths: ReadonlyMap<bigint, HandJoints>): number {
  const errors = results.flatMap(({ joints }) => {
    const truth = truths.get(joints.stamp) as HandJoints;
    return Array.from({ length: 21 }, (_, j) =>
      Math.hypot(...[0, 1, 2].map((axis) => joints.positions[3 * j + axis] - truth.positions[3 * j + axis])),
    );
  });
  return (errors.reduce((a, b) => a + b, 0) / errors.length) * 1000;
}

describe('the whole pipeline with a learned detector', () => {
  it.each([
    ['a model turned by the hand', 'right', { roll: 'hand-down', handedness: 'right' }],
    ['the same and a left hand, which nobody told it', 'left', { roll: 'hand-down', handedness: 'right' }],
    ['an older model turned by the forearm', 'right', { roll: 'forearm-down', handedness: 'right' }],
    ['a model that is not turned', 'left', { roll: 'none', handedness: 'any' }],
  ] as const)('finds every joint within 3 mm on average: %s', async (_, side, facts) => {
    const { results, truths } = await track(side, facts);
    expect(results.map(({ joints }) => joints.tracked)).toEqual(Array(COUNT).fill(true));
    expect(new Set(results.map(({ joints }) => joints.handedness))).toEqual(new Set([side]));
    expect(meanErrorMm(results, truths)).toBeLessThan(3);
    expect(results.map(({ reference }) => reference.state === 'found' && reference.point.source)).toEqual([
      'acquired',
      ...Array(COUNT - 1).fill('tracked'),
    ]);
  });

  it('turns the cube of such a model so that the wrist lies below the middle root, which is its centre', async () => {
    const { results, truths } = await track('right', { roll: 'hand-down', handedness: 'right' });
    for (const { joints, cube } of results) {
      const { positions } = truths.get(joints.stamp) as HandJoints;
      const offset = Math.hypot(...[0, 1, 2].map((axis) => positions[27 + axis] - (cube?.center[axis] ?? 0)));
      expect(offset).toBeLessThan(0.03);
      const [dx, dy] = [positions[0] - positions[27], positions[1] - positions[28]];
      const roll = cube?.roll ?? 0;
      const down = -Math.sin(roll) * dx + Math.cos(roll) * dy;
      expect(down / Math.hypot(dx, dy)).toBeGreaterThan(0.9);
    }
  });

  it('scores the presence of each hand, and loses one whose score is too low', async () => {
    const facts = { roll: 'hand-down', handedness: 'right' };
    const { results } = await track('right', facts);
    for (const { presence } of results) expect(presence).toBeGreaterThan(0.5);
    const strict = await track('right', facts, { detection: { acquirePresence: 1 } });
    expect(strict.results.every(({ joints }) => !joints.tracked)).toBe(true);
    expect(strict.results[0].presence).toBeGreaterThan(0.5);
    // a place that is never believed is left alone between tries
    expect(strict.tracker.counters.snapshot().lost).toEqual({ 'low-confidence': 6, 'no-candidate': COUNT - 6 });
  });

  it('has no score for a model that none was fitted for, and goes by confidence as before', async () => {
    const { results } = await track('right', { roll: 'hand-down', handedness: 'right', name: 'another' });
    expect(results.every(({ joints, presence }) => joints.tracked && presence === undefined)).toBe(true);
  });

  it('needs both stages', () => {
    const config = trackerConfig({ detection: { method: 'learned' } });
    expect(() => new HandTracker(config, { inference: perfect(new Map(), {}) })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', where: 'detection.method' }),
    );
  });
});

describe('the stages as networks', () => {
  let stages: NetworkStages;
  beforeAll(async () => {
    const detector = await createDetectorInference({ model: join(FIXTURES, 'tiny-detector') });
    const verifier = await createVerdictInference({ model: join(FIXTURES, 'tiny-verify') });
    stages = networkStages({ detector, verifier }, 0.3);
  });
  afterAll(async () => {
    await Promise.all(Object.values(stages.networks).map((network) => network.close()));
  });

  it('find and follow a hand in frames: the formula takes what is nearer than 0.7 m for one', async () => {
    const { results, tracker } = await track(
      'right',
      { roll: 'hand-down', handedness: 'right' },
      { handedness: 'right' },
      stages,
    );
    expect(tracker.counters.snapshot().dropped).toEqual({});
    const found = results.filter(({ reference }) => reference.state === 'found');
    expect(found.length).toBeGreaterThan(20);
    for (const { joints, reference } of found) {
      const truth = of('right').find((one) => one.truth.stamp === joints.stamp)?.truth as HandJoints;
      const { position } = reference.state === 'found' ? reference.point : expect.fail('lost');
      const nearest = Math.min(
        ...Array.from({ length: 21 }, (_, j) =>
          Math.hypot(...[0, 1, 2].map((axis) => position[axis] - truth.positions[3 * j + axis])),
        ),
      );
      expect(nearest).toBeLessThan(0.1);
    }
  });

  it('see nothing in a frame without depth, and leave the network alone', async () => {
    const [{ frame }] = of('right');
    const { inferences } = stages.networks.detector.status();
    const empty: DepthFrame = { ...frame, depth: new Float32Array(frame.depth.length) };
    expect(await stages.detector.detect(empty)).toEqual({ hands: [], depth: false });
    expect(stages.networks.detector.status().inferences).toBe(inferences);
  });
});
