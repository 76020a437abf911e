import { describe, expect, it } from 'vitest';
import { CAMERAS } from '../synthetic/cameras.js';
import { syntheticStream } from '../synthetic/synthetic-stream.js';
import { trackerConfig } from './config.js';
import { PresenceGate } from './presence-gate.js';

const [{ truth }] = syntheticStream({ preset: 'demo', frames: 1, camera: CAMERAS.small, seed: 5 });
const PERIOD = 100_000_000n;
const point = { position: [0, 0, 0.6], arm: undefined, confidence: 0.8, source: 'acquired' } as const;

const config = trackerConfig({ detection: { method: 'learned' } });
const newGate = () => new PresenceGate(config, { name: 'compact' });
const jointsOf = (confidence: number) => ({
  positions: truth.positions,
  confidences: new Float32Array(21).fill(confidence),
});
/** The least confidence, in hundredths, with a higher presence score. */
const above = (presence: number) =>
  Array.from({ length: 100 }, (_, k) => k / 100).find(
    (confidence) => newGate().score(0n, point, jointsOf(confidence))! > presence,
  )!;
/** Of a score between those that a tracked and a new hand need, in a hand's first frame and later; of one that a new hand needs, which is not sure yet (0.9). */
const LOW = above(config.detection.acquirePresence / 3);
const BETTER = above(0.75);

/** Whether a hand is believed in each of the frames in which the network is so sure of its joints. */
function believed(confidences: readonly number[], trusted = false): boolean[] {
  const gate = newGate();
  return confidences.map((confidence, k) => {
    const joints = jointsOf(confidence);
    const isBelieved = gate.believes(gate.score(BigInt(k) * PERIOD, point, joints), joints, trusted);
    gate.settle(isBelieved);
    return isBelieved;
  });
}

describe('the rule of presence', () => {
  it('believes a new hand at once, and one that is sure wherever it is', () => {
    expect(believed([0.55, 0.55])).toEqual([true, true]);
    expect(believed([0.3, 0.3, 0.3, 0.8])).toEqual([false, false, false, true]);
  });

  it('does not believe what is refused and looks a little better for a moment, unless it was surely a hand', () => {
    const robot = [0.3, 0.3, 0.3, BETTER, BETTER, 0.3, 0.3, BETTER];
    expect(believed(robot)).toEqual(robot.map(() => false));
    expect(believed([0.3, ...Array(20).fill(BETTER)]).slice(-10)).toEqual(Array(10).fill(true));
    expect(believed(robot, true)).toEqual(robot.map((confidence) => confidence === BETTER));
  });

  it('keeps what was surely a hand through frames that are not enough for a new one', () => {
    expect(believed([0.55, LOW, 0.55], true)).toEqual([true, true, true]);
    expect(believed([0.55, LOW, 0.55])[1]).toBe(false);
    expect(believed([LOW], true)).toEqual([false]);
  });
});
