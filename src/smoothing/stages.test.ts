import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FRAME, handAt, lostAt, OPEN_HAND, xOf } from '../../test/helpers/hands.js';
import { randomPoses } from '../../test/helpers/random-poses.js';
import type { HandJoints } from '../hand/hand-joints.js';
import { fitPosePrior } from './fit-pose-prior.js';
import type { HandStage } from './hand-stage.js';
import { oneEuroStage } from './one-euro.js';
import { gateStage } from './outlier-gate.js';
import { priorStage } from './prior-stage.js';
import { type SmoothingConfig, smoothingStage } from './smoothing-stage.js';
import { windowStage } from './temporal-window.js';

const misconfigured = expect.objectContaining({ code: 'CONFIG_INVALID' });

/** All that comes out, each with the index of the push it came with (-1: the flush). */
function drive(stage: HandStage, hands: readonly HandJoints[]): [number, HandJoints][] {
  const results = hands.flatMap((hand, at) => stage.push(hand).map((result): [number, HandJoints] => [at, result]));
  return [...results, ...stage.flush().map((result): [number, HandJoints] => [-1, result])];
}

const run = (stage: HandStage, hands: readonly HandJoints[]) => drive(stage, hands).map(([, hand]) => hand);
const moving = (...xs: number[]) => xs.map((x, frame) => handAt({ frame, x }));
const frameOf = (hand: HandJoints) => Number(hand.stamp / FRAME);

describe('the temporal window', () => {
  it('centred, delays by k frames and says so', () => {
    const results = drive(windowStage({ mode: 'centred', k: 2 }), moving(0, 1, 2, 3, 4, 5));
    expect(results.map(([at, hand]) => [at, frameOf(hand)])).toEqual([
      [2, 0],
      [3, 1],
      [4, 2],
      [5, 3],
      [-1, 4],
      [-1, 5],
    ]);
    expect(results.every(([, hand]) => hand.lagFrames === 2)).toBe(true);
  });

  it('centred, leaves a steady movement as it is, at its ends too', () => {
    run(windowStage({ mode: 'centred', k: 3 }), moving(0, 1, 2, 3, 4, 5, 6, 7, 8)).forEach((hand, frame) => {
      expect(xOf(hand)).toBeCloseTo(frame, 9);
    });
  });

  it.each([
    { mode: 'centred', method: 'mean', expected: [0, 4, 4, 4, 0, 0] },
    { mode: 'centred', method: 'median', expected: [0, 0, 0, 0, 0, 0] },
    { mode: 'causal', method: 'mean', expected: [0, 0, 6, 6, 0, 0] },
    { mode: 'causal', method: 'median', expected: [0, 0, 6, 6, 0, 0] },
  ] as const)('$mode $method of an impulse with k = 1', ({ mode, method, expected }) => {
    const results = run(windowStage({ mode, method, k: 1 }), moving(0, 0, 12, 0, 0, 0));
    results.forEach((hand, at) => {
      expect(xOf(hand)).toBeCloseTo(expected[at], 9);
    });
    expect(results).toHaveLength(expected.length);
  });

  it('causal, gives each result at once, with no lag', () => {
    const results = drive(windowStage({ mode: 'causal', k: 3 }), moving(0, 1, 2, 3, 4, 5));
    expect(results.map(([at]) => at)).toEqual([0, 1, 2, 3, 4, 5]);
    expect(results.map(([, hand]) => xOf(hand))).toEqual([0, 0.5, 1, 1.5, 2.5, 3.5].map((x) => expect.closeTo(x, 9)));
    expect(results.every(([, hand]) => hand.lagFrames === 0)).toBe(true);
  });

  it('adds its lag to that of the stage before', () => {
    const [hand] = run(windowStage({ mode: 'centred', k: 2 }), [handAt({ frame: 0, more: { lagFrames: 3 } })]);
    expect(hand.lagFrames).toBe(5);
  });

  it('weights a mean by confidences, and takes the plain one where all are 0', () => {
    const [, hand] = run(windowStage({ mode: 'causal', k: 1 }), [
      handAt({ frame: 0, x: 0, confidence: 0.25 }),
      handAt({ frame: 1, x: 1, confidence: 0.75 }),
    ]);
    expect(xOf(hand)).toBeCloseTo(0.75, 6);
    expect(hand.confidences[0]).toBe(0.75);
    const [, unsure] = run(
      windowStage({ mode: 'causal', k: 1 }),
      [0, 1].map((x) => handAt({ frame: x, x, confidence: 0 })),
    );
    expect(xOf(unsure)).toBeCloseTo(0.5, 9);
  });

  it('gives what it holds back before a loss, lets the loss pass at once, and never averages across it', () => {
    const hands = [...moving(0, 0, 0, 0), lostAt(4), handAt({ frame: 5, x: 9 }), handAt({ frame: 6, x: 9 })];
    const results = drive(windowStage({ mode: 'centred', k: 2 }), hands);
    expect(results.map(([at, hand]) => [at, frameOf(hand), xOf(hand)])).toEqual([
      [2, 0, 0],
      [3, 1, 0],
      [4, 2, 0],
      [4, 3, 0],
      [4, 4, undefined],
      [-1, 5, 9],
      [-1, 6, 9],
    ]);
    expect(results[4][1]).toBe(hands[4]);
  });

  it.each([
    ['a step back in time', { stamp: 0n }],
    ['a stamp that stands still', { stamp: 2n * FRAME }],
    ['a gap', { stamp: 2n * FRAME + 600_000_000n }],
    ['another hand', { handId: 1 }],
    ['another frame of reference', { frameId: 'other' }],
  ])('is reset at %s', (_, more) => {
    for (const mode of ['centred', 'causal'] as const) {
      const hands = [...moving(0, 0, 0), handAt({ frame: 3, x: 9, more })];
      expect(run(windowStage({ mode, k: 2 }), hands).map((hand) => xOf(hand))).toEqual([0, 0, 0, 9]);
    }
  });

  it('with k = 0 changes nothing', () => {
    for (const mode of ['centred', 'causal'] as const) {
      const hands = moving(0, 3, 1);
      expect(drive(windowStage({ mode, k: 0 }), hands)).toEqual(hands.map((hand, at) => [at, hand]));
    }
  });

  it.each([{ k: -1 }, { k: 1.5 }, { k: 61 }, { k: Number.NaN }, { maxGap: -1 }])('refuses %o', (options) => {
    expect(() => windowStage(options)).toThrow(misconfigured);
  });
});

describe('the One-Euro filter', () => {
  it('follows algorithms 1 and 2 of the paper', () => {
    const xs = [0, 0.01, 0.012, 0.05, 0.04, 0.04];
    const [minCutoff, beta, derivativeCutoff] = [1.5, 30, 1];
    const results = run(oneEuroStage({ minCutoff, beta, derivativeCutoff }), moving(...xs));
    const dt = Number(FRAME) / 1e9;
    const alpha = (cutoff: number) => 1 / (1 + 1 / (2 * Math.PI * cutoff * dt));
    let [filtered, speed] = [xs[0], 0];
    xs.slice(1).forEach((x, i) => {
      speed = alpha(derivativeCutoff) * ((x - filtered) / dt) + (1 - alpha(derivativeCutoff)) * speed;
      const a = alpha(minCutoff + beta * Math.abs(speed));
      filtered = a * x + (1 - a) * filtered;
      expect(xOf(results[i + 1])).toBeCloseTo(filtered, 12);
    });
  });

  it('gives each result at once, its first as it is', () => {
    const hands = moving(1, 2, 3);
    const results = drive(oneEuroStage(), hands);
    expect(results.map(([at]) => at)).toEqual([0, 1, 2]);
    expect(results[0][1]).toBe(hands[0]);
  });

  it('calms a resting hand and keeps up with a moving one', () => {
    const jitter = Array.from({ length: 60 }, (_, i) => (i % 2 ? 0.002 : -0.002));
    const rest = run(oneEuroStage(), moving(...jitter)).slice(10);
    expect(Math.max(...rest.map((hand) => Math.abs(xOf(hand)!)))).toBeLessThan(0.0015);
    const steady = Array.from({ length: 60 }, (_, i) => (i / 30) * 1.0); // 1 m/s
    const late = steady[59] - xOf(run(oneEuroStage(), moving(...steady))[59])!;
    expect(late).toBeLessThan(0.005);
  });

  it('takes the time from the stamps: half the rate, the larger step', () => {
    const step = (frames: number) =>
      xOf(run(oneEuroStage({ beta: 0 }), [handAt({ frame: 0 }), handAt({ frame: frames, x: 1 })])[1])!;
    expect(step(2)).toBeGreaterThan(1.5 * step(1));
  });

  it.each([
    ['a loss', [lostAt(3)], 4],
    ['a step back in time', [], 1],
    ['a gap', [], 60],
  ])('is reset after %s', (_, between, frame) => {
    const hands = [...moving(0, 0, 0), ...between, handAt({ frame, x: 9 })];
    expect(xOf(run(oneEuroStage(), hands).at(-1)!)).toBe(9);
  });

  it('is reset after its flush', () => {
    const stage = oneEuroStage();
    stage.push(handAt({ frame: 0 }));
    expect(stage.flush()).toEqual([]);
    expect(xOf(stage.push(handAt({ frame: 1, x: 9 }))[0])).toBe(9);
  });

  it.each([{ minCutoff: 0 }, { beta: -1 }, { derivativeCutoff: Number.NaN }])('refuses %o', (options) => {
    expect(() => oneEuroStage(options)).toThrow(misconfigured);
  });
});

describe('the outlier gate', () => {
  /** A tip, 0.2 m further to the right. */
  const wildTip = (positions: Float64Array) => {
    positions[3 * 8] += 0.2;
  };

  it('lets a hand pass that moves as hands do', () => {
    const hands = moving(0, 0.01, 0.03, 0.06, 0.1, 0.13);
    run(gateStage(), hands).forEach((hand, i) => {
      expect([...hand.positions]).toEqual([...hands[i].positions]);
      expect([...hand.confidences]).toEqual([...hands[i].confidences]);
    });
  });

  it('replaces a wild joint by where it was, moved along with the hand, and is less sure of it', () => {
    const [, hand] = run(gateStage(), [
      handAt({ frame: 0, confidence: 0.8 }),
      handAt({ frame: 1, x: 0.01, confidence: 0.9, change: wildTip }),
    ]);
    OPEN_HAND.forEach((value, i) => {
      expect(hand.positions[i]).toBeCloseTo(value + (i % 3 === 0 ? 0.01 : 0), 9);
    });
    expect(hand.confidences[8]).toBeCloseTo(0.4, 6);
    expect(hand.confidences[7]).toBeCloseTo(0.9, 6);
  });

  it('replaces for at most maxFrames in a row, ever less sure, then believes', () => {
    const hands = [handAt({ frame: 0 }), ...[1, 2, 3, 4, 5].map((frame) => handAt({ frame, change: wildTip }))];
    const results = run(gateStage({ maxFrames: 3 }), hands);
    expect(results.map((hand) => hand.positions[24] - OPEN_HAND[24])).toEqual(
      [0, 0, 0, 0, 0.2, 0.2].map((x) => expect.closeTo(x, 9)),
    );
    expect(results.map((hand) => hand.confidences[8])).toEqual([1, 0.5, 0.25, 0.125, 1, 1]);
  });

  it('sees a bone that grows too slowly for the speed limit', () => {
    const grow = (by: number) => (positions: Float64Array) => {
      positions[3 * 8 + 1] -= by;
    };
    const hands = [0, 0.015, 0.03, 0.045].map((by, frame) => handAt({ frame, change: grow(by) }));
    const results = run(gateStage({ maxJointSpeed: 100 }), hands);
    expect(results.map((hand) => hand.confidences[8] < 1)).toEqual([false, false, true, true]);
    expect(results[3].confidences[7]).toBe(1);
  });

  it('blames the wrist, and not five fingers, when the wrist is wrong', () => {
    const hands = [handAt({ frame: 0 }), handAt({ frame: 1, change: (positions) => (positions[1] += 0.04) })];
    const [, hand] = run(gateStage({ maxJointSpeed: 100 }), hands);
    expect([...hand.confidences].map((confidence) => confidence < 1)).toEqual([true, ...new Array(20).fill(false)]);
    expect(hand.positions[1]).toBeCloseTo(OPEN_HAND[1], 9);
  });

  it('holds a whole hand together, also where one of its joints was replaced before', () => {
    const hands = [
      handAt({ frame: 0 }),
      ...[1, 2, 3].map((frame) => handAt({ frame, change: wildTip })),
      handAt({ frame: 4, x: 1, change: wildTip }),
    ];
    const result = run(gateStage({ maxFrames: 3 }), hands)[4];
    OPEN_HAND.forEach((value, i) => {
      expect(result.positions[i]).toBeCloseTo(value, 9);
    });
  });

  it('holds a whole hand that jumps, then believes it', () => {
    const hands = [handAt({ frame: 0 }), ...[1, 2, 3].map((frame) => handAt({ frame, x: 1 }))];
    const results = run(gateStage({ maxFrames: 2 }), hands);
    expect(results.map(xOf)).toEqual([0, 0, 0, 1].map((x) => expect.closeTo(x, 9)));
    expect(results.map((hand) => hand.confidences[20])).toEqual([1, 0.5, 0.25, 1]);
  });

  it('believes a hand that jumps at once if it is clearly surer than the one before', () => {
    const unsure = { ...handAt({ frame: 0 }), confidences: new Float32Array(21).fill(0.5) };
    const elsewhere = handAt({ frame: 1, x: 1 });
    expect(run(gateStage(), [unsure, elsewhere])).toEqual([unsure, elsewhere]);
  });

  it.each([
    ['a loss', [lostAt(1)], 2],
    ['a gap', [], 60],
    ['a step back in time', [], -5],
  ])('believes the first frame after %s', (_, between, frame) => {
    const results = run(gateStage(), [handAt({ frame: 0 }), ...between, handAt({ frame, x: 1, change: wildTip })]);
    expect(xOf(results.at(-1)!)).toBe(1);
    expect(results.at(-1)!.confidences[8]).toBe(1);
  });

  it('with maxFrames 0 changes nothing', () => {
    const hands = [handAt({ frame: 0 }), handAt({ frame: 1, x: 1, change: wildTip })];
    expect(run(gateStage({ maxFrames: 0 }), hands)).toEqual(hands);
  });

  it.each([{ maxHandSpeed: -1 }, { maxJointSpeed: Number.NaN }, { maxFrames: 1.5 }, { decay: 2 }])(
    'refuses %o',
    (options) => {
      expect(() => gateStage(options)).toThrow(misconfigured);
    },
  );
});

describe('every stage', () => {
  const model = fitPosePrior(randomPoses(60), { components: 8 });
  const configs: [string, SmoothingConfig][] = [
    ['none', {}],
    ['gate', { gate: {} }],
    ['prior', { prior: { model } }],
    ['centred window', { window: { mode: 'centred', k: 3 } }],
    ['causal median', { window: { mode: 'causal', k: 2, method: 'median' } }],
    ['oneEuro', { oneEuro: {} }],
    ['all', { gate: {}, prior: { model, method: 'project' }, window: { mode: 'centred', k: 2 }, oneEuro: {} }],
    [
      'all, window first',
      {
        gate: {},
        prior: { model },
        window: { mode: 'centred', k: 1 },
        oneEuro: {},
        order: ['window', 'oneEuro', 'prior', 'gate'],
      },
    ],
  ];

  const anyHand = fc.record({
    lost: fc.boolean(),
    step: fc.constantFrom(1, 1, 1, 2, 40, 0, -3),
    x: fc.double({ min: -0.2, max: 0.2, noNaN: true }),
    confidence: fc.constantFrom(0, 0.5, 1),
  });

  it.each(configs)(
    '%s: gives one result for each, in order, tracked or lost as it was, and writes to no input',
    (_, config) => {
      fc.assert(
        fc.property(fc.array(anyHand, { maxLength: 25 }), (steps) => {
          let frame = 100;
          const hands = steps.map(({ lost, step, x, confidence }) => {
            frame += step;
            return lost ? lostAt(frame) : handAt({ frame, x, confidence });
          });
          const before = hands.map(({ positions, confidences }) => [[...positions], [...confidences]]);
          const results = run(smoothingStage(config), hands);
          expect(results.map(({ stamp, tracked }) => [stamp, tracked])).toEqual(
            hands.map(({ stamp, tracked }) => [stamp, tracked]),
          );
          expect(results.every(({ tracked, positions }) => positions.length === (tracked ? 63 : 0))).toBe(true);
          expect(results.every(({ positions }) => positions.every(Number.isFinite))).toBe(true);
          expect(hands.map(({ positions, confidences }) => [[...positions], [...confidences]])).toEqual(before);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('refuses an order that misses, repeats or invents a stage, and options out of range', () => {
    const bad: SmoothingConfig[] = [
      { window: {}, order: ['gate'] },
      { window: {}, order: ['window', 'window'] },
      { order: ['blur' as 'gate'] },
      { prior: { model, blend: 2 } },
      { prior: { model, components: 9 } },
      { prior: { model, noise: 0 } },
    ];
    for (const config of bad) expect(() => smoothingStage(config), JSON.stringify(config.order)).toThrow(misconfigured);
  });

  it('runs in the configured order', () => {
    const hands = moving(0, 0, 0.4, 0, 0);
    const gateFirst = run(smoothingStage({ gate: {}, window: { k: 1 } }), hands);
    const windowFirst = run(
      smoothingStage({ gate: { maxFrames: 1 }, window: { k: 1 }, order: ['window', 'gate'] }),
      hands,
    );
    expect(gateFirst.map(xOf)).toEqual([0, 0, 0, 0, 0].map((x) => expect.closeTo(x, 9)));
    expect(windowFirst.map(xOf)).not.toEqual(gateFirst.map(xOf));
  });

  it('the prior leaves lost hands, confidences and lag as they are', () => {
    const hand = handAt({ frame: 0, confidence: 0.3, more: { lagFrames: 2 } });
    const [result, lost] = run(priorStage(model), [hand, lostAt(1)]);
    expect(result.confidences).toBe(hand.confidences);
    expect(result.lagFrames).toBe(2);
    expect([...result.positions]).not.toEqual([...hand.positions]);
    expect(lost).toEqual(lostAt(1));
  });
});
