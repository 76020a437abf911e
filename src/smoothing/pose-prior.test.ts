import { Matrix, SingularValueDecomposition, solve } from 'ml-matrix';
import { beforeAll, describe, expect, it } from 'vitest';
import { meanDistance, randomPoses, withNoise } from '../../test/helpers/random-poses.js';
import { PALM_JOINTS } from '../hand/skeleton.js';
import { type ApplyPosePriorOptions, applyPosePrior } from './apply-pose-prior.js';
import { fitPosePrior } from './fit-pose-prior.js';
import { type PosePrior, PRIOR_FRAMES, PRIOR_ROOTS } from './pose-prior.js';
import { posePriorsFromJson, posePriorsToJson } from './pose-prior-json.js';

const invalid = expect.objectContaining({ code: 'PRIOR_INVALID' });
const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const poseAt = (poses: Float64Array, index: number) => poses.subarray(63 * index, 63 * index + 63);

/** Every pose through the prior, with the same confidences. */
function applyToAll(poses: Float64Array, prior: PosePrior, options: ApplyPosePriorOptions, confidences?: number[]) {
  const result = new Float64Array(poses.length);
  for (let i = 0; 63 * i < poses.length; i++) {
    result.set(
      applyPosePrior(poseAt(poses, i), prior, { blend: 1, ...options }, confidences ? { confidences } : {}),
      63 * i,
    );
  }
  return result;
}

describe('fitPosePrior', () => {
  it.each([
    { root: 'wrist', joint: 0 },
    { root: 'middle_mcp', joint: 9 },
  ] as const)('finds the singular vectors that ml-matrix finds, about the $root', ({ root, joint }) => {
    const poses = randomPoses(300);
    const prior = fitPosePrior(poses, { frame: 'camera', root, components: 10 });
    const relative = Matrix.zeros(300, 63).apply(function (this: Matrix, i, j) {
      this.set(i, j, poses[63 * i + j] - poses[63 * i + 3 * joint + (j % 3)]);
    });
    const mean = relative.mean('column');
    const oracle = new SingularValueDecomposition(relative.clone().subRowVector(mean), { autoTranspose: true });
    mean.forEach((value, i) => {
      expect(prior.mean[i]).toBeCloseTo(value, 12);
    });
    prior.components.forEach((component, i) => {
      expect(prior.singularValues[i]).toBeCloseTo(oracle.diagonal[i], 9);
      const product = sum(component.map((value, row) => value * oracle.rightSingularVectors.get(row, i)));
      expect(Math.abs(product)).toBeCloseTo(1, 9); // a singular vector's sign is anybody's choice
    });
    const variance = sum(oracle.diagonal.map((value) => value ** 2));
    prior.explainedVariance.forEach((share, i) => {
      expect(share).toBeCloseTo(oracle.diagonal[i] ** 2 / variance, 9);
    });
  });

  it('needs fewer components when palms are aligned', () => {
    const poses = randomPoses(500);
    const [camera, palm] = PRIOR_FRAMES.map((frame) => fitPosePrior(poses, { frame, components: 5 }));
    const spread = ({ explainedVariance, singularValues }: PosePrior) =>
      (singularValues[0] ** 2 / explainedVariance[0]) * (1 - sum(explainedVariance));
    expect(spread(palm)).toBeLessThan(0.3 * spread(camera));
  });

  it('aligns palms whatever way they were turned', () => {
    const poses = randomPoses(50, 1, 0);
    const turned = poses.map((_, i) => [-poses[i], -poses[i], poses[i]][i % 3]); // half a turn about z
    const [a, b] = [poses, turned].map((list) => fitPosePrior(list, { components: 5 }));
    a.singularValues.forEach((value, i) => {
      expect(b.singularValues[i]).toBeCloseTo(value, 9);
    });
    a.mean.forEach((value, i) => {
      expect(b.mean[i]).toBeCloseTo(value, 9);
    });
  });

  it('keeps no more components than the poses span', () => {
    const prior = fitPosePrior(randomPoses(4), { frame: 'camera', components: 25 });
    expect(prior.components).toHaveLength(3);
    expect(sum(prior.explainedVariance)).toBeCloseTo(1, 9);
  });

  it.each([
    ['a length that is no multiple of 63', new Float64Array(64), {}],
    ['no poses', new Float64Array(0), {}],
    ['one pose', randomPoses(1), {}],
    ['the same pose twice', Float64Array.of(...randomPoses(1), ...randomPoses(1)), {}],
    ['a NaN', randomPoses(3).fill(Number.NaN, 70, 71), {}],
    ['no components', randomPoses(3), { components: 0 }],
    ['too many components', randomPoses(3), { components: 64 }],
  ])('refuses %s', (_, poses, options) => {
    expect(() => fitPosePrior(poses, options)).toThrow(invalid);
  });
});

describe('applyPosePrior', () => {
  let priors: PosePrior[];
  const truth = randomPoses(100, 77);

  beforeAll(() => {
    const poses = randomPoses(3000);
    priors = PRIOR_FRAMES.flatMap((frame) => PRIOR_ROOTS.map((root) => fitPosePrior(poses, { frame, root })));
  });

  it('projects on mean and components as ml-matrix does', () => {
    const [prior] = priors; // camera, wrist
    const pose = poseAt(truth, 0);
    const basis = new Matrix(prior.components.map((component) => [...component]));
    const centred = Matrix.rowVector([...pose].map((value, i) => value - pose[i % 3] - prior.mean[i]));
    const expected = centred.mmul(basis.transpose()).mmul(basis).to1DArray();
    applyPosePrior(pose, prior, { method: 'project', blend: 1 }).forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i] + prior.mean[i] + pose[i % 3], 12);
    });
  });

  it('solves the weighted least squares as ml-matrix does', () => {
    const [prior] = priors;
    const pose = poseAt(truth, 1);
    const confidences = Float32Array.from({ length: 21 }, (_, joint) => (joint % 5) / 5);
    const noise = 0.004;
    const rows = Matrix.zeros(63 + 28, 28);
    const right = Matrix.zeros(63 + 28, 1);
    for (let i = 0; i < 63; i++) {
      const weight = Math.sqrt(confidences[Math.floor(i / 3)]) / noise;
      prior.components.forEach((component, c) => {
        rows.set(i, c, weight * component[i]);
      });
      rows.set(i, 25 + (i % 3), weight);
      right.set(i, 0, weight * (pose[i] - pose[i % 3] - prior.mean[i]));
    }
    for (let c = 0; c < 25; c++) rows.set(63 + c, c, Math.sqrt(prior.poses - 1) / prior.singularValues[c]);
    for (let c = 25; c < 28; c++) rows.set(63 + c, c, 1 / 0.1);
    const x = solve(rows, right, true).to1DArray();
    applyPosePrior(pose, prior, { noise, blend: 1 }, { confidences }).forEach((value, i) => {
      const fitted = prior.components.reduce((total, component, c) => total + x[c] * component[i], prior.mean[i]);
      expect(value).toBeCloseTo(pose[i % 3] + fitted + x[25 + (i % 3)], 8);
    });
  });

  it('keeps poses that it knows nearly as they are', () => {
    for (const prior of priors) {
      const projected = applyToAll(truth, prior, { method: 'project' });
      const weighted = applyToAll(truth, prior, { noise: 0.001 });
      expect(meanDistance(projected, truth)).toBeLessThan(0.006);
      expect(meanDistance(weighted, truth)).toBeLessThan(0.006);
    }
  });

  it('takes noise off, the weighted method on aligned palms by most', () => {
    const noisy = withNoise(truth, 0.008);
    const before = meanDistance(noisy, truth);
    const remaining = (frame: string, method: 'project' | 'weighted') => {
      const prior = priors.find((candidate) => candidate.frame === frame && candidate.root === 'palm')!;
      return meanDistance(applyToAll(noisy, prior, { method, noise: 0.008 }), truth);
    };
    expect(remaining('camera', 'project')).toBeLessThan(0.9 * before);
    expect(remaining('camera', 'weighted')).toBeLessThan(0.8 * before);
    expect(remaining('palm', 'weighted')).toBeLessThan(0.65 * before);
  });

  it('fills in joints of confidence 0 from the others', () => {
    const hidden = [8, 12, 0];
    const spoilt = truth.slice();
    for (let i = 0; i < spoilt.length; i++) if (hidden.includes(Math.floor(i / 3) % 21)) spoilt[i] += 0.05;
    const confidences = Array.from({ length: 21 }, (_, joint) => (hidden.includes(joint) ? 0 : 0.9));
    for (const prior of priors) {
      const filled = applyToAll(spoilt, prior, { noise: 0.002 }, confidences);
      expect(meanDistance(spoilt, truth)).toBeGreaterThan(0.012);
      expect(meanDistance(filled, truth)).toBeLessThan(0.006);
    }
  });

  it('falls back to the mean pose about the root where nothing is sure', () => {
    for (const prior of priors) {
      const pose = applyPosePrior(poseAt(truth, 0), prior, {}, { confidences: new Float32Array(21) });
      expect(pose.every(Number.isFinite)).toBe(true);
      expect(meanDistance(pose, poseAt(truth, 0))).toBeLessThan(0.15);
    }
  });

  it('moves with the hand, and turns with it where palms are aligned', () => {
    const pose = poseAt(truth, 3);
    const moved = pose.map((value, i) => [-value, -value, value][i % 3] + [0.3, -0.1, 0.2][i % 3]);
    for (const prior of priors.filter(({ frame }) => frame === 'palm')) {
      const result = applyPosePrior(pose, prior);
      applyPosePrior(moved, prior).forEach((value, i) => {
        expect(value).toBeCloseTo([-result[i], -result[i], result[i]][i % 3] + [0.3, -0.1, 0.2][i % 3], 9);
      });
    }
  });

  it('mirrors a left hand for a prior of right hands, and only then', () => {
    const pose = poseAt(truth, 5);
    const left = pose.map((value, i) => (i % 3 === 0 ? -value : value));
    for (const prior of priors) {
      const asRight = applyPosePrior(pose, prior, {}, { handedness: 'right' });
      const asLeft = applyPosePrior(left, prior, {}, { handedness: 'left' });
      asLeft.forEach((value, i) => {
        expect(value).toBeCloseTo(i % 3 === 0 ? -asRight[i] : asRight[i], 9);
      });
    }
    expect([...applyPosePrior(pose, priors[0], {}, { handedness: 'unknown' })]).toEqual([
      ...applyPosePrior(pose, priors[0]),
    ]);
  });

  it('blends between measurement and prior', () => {
    const pose = poseAt(withNoise(truth, 0.01), 2);
    expect([...applyPosePrior(pose, priors[5], { blend: 0 })]).toEqual([...pose]);
    const full = applyPosePrior(pose, priors[5], { blend: 1 });
    applyPosePrior(pose, priors[5], { blend: 0.25 }).forEach((value, i) => {
      expect(value).toBeCloseTo(0.75 * pose[i] + 0.25 * full[i], 12);
    });
  });

  it('leaves its input alone', () => {
    const pose = poseAt(truth, 0).slice();
    const before = [...pose];
    applyPosePrior(pose, priors[5]);
    expect([...pose]).toEqual(before);
  });

  it.each([
    ['62 numbers', new Float64Array(62)],
    ['no numbers', new Float64Array(0)],
    ['an infinite number', new Float64Array(63).fill(Infinity, 62)],
  ])('refuses %s', (_, pose) => {
    expect(() => applyPosePrior(pose, priors[0])).toThrow(invalid);
  });
});

/** As much of a file as the tests change. */
interface PriorFile {
  readonly priors: readonly { readonly components: readonly number[][] }[];
}

describe('pose priors as JSON', () => {
  const poses = randomPoses(400);
  const written = PRIOR_FRAMES.map((frame) => fitPosePrior(poses, { frame, components: 12 }));
  const text = posePriorsToJson(written);

  it('read back as they were written, within the rounding', () => {
    const read = posePriorsFromJson(text);
    expect(read.map(({ frame, root, handedness, poses }) => [frame, root, handedness, poses])).toEqual([
      ['camera', 'palm', 'right', 400],
      ['palm', 'palm', 'right', 400],
    ]);
    read.forEach((prior, p) => {
      prior.mean.forEach((value, i) => {
        expect(Math.abs(value - written[p].mean[i])).toBeLessThanOrEqual(5.001e-7);
      });
      prior.components.forEach((component, c) => {
        expect(sum(component.map((value) => value * value))).toBeCloseTo(1, 12);
        component.forEach((value, i) => {
          expect(Math.abs(value - written[p].components[c][i])).toBeLessThan(5e-5);
        });
      });
      const [a, b] = [prior, written[p]].map((model) => applyPosePrior(poseAt(poses, 1), model));
      expect(meanDistance(a, b)).toBeLessThan(1e-4);
    });
  });

  it('are small, and the same text for the same poses', () => {
    expect(text.length).toBeLessThan(2 * 13 * 63 * 10 + 2000);
    expect(posePriorsToJson(PRIOR_FRAMES.map((frame) => fitPosePrior(poses, { frame, components: 12 })))).toBe(text);
  });

  it.each<[string, (file: PriorFile) => unknown, RegExp]>([
    ['another format', (file) => ({ ...file, format: 'other' }), /format/],
    ['a later version', (file) => ({ ...file, version: 2 }), /version/],
    ['another skeleton', (file) => ({ ...file, skeleton: 'mano16' }), /skeleton/],
    ['an unknown key', (file) => ({ ...file, surprise: 1 }), /surprise/],
    ['no priors', (file) => ({ ...file, priors: [] }), /priors/],
    ['an unknown frame', (file) => withPrior(file, { frame: 'world' }), /priors\.0\.frame/],
    ['a mean that is too short', (file) => withPrior(file, { mean: [0] }), /priors\.0\.mean/],
    ['a number that is missing', (file) => withPrior(file, { mean: new Array(63).fill(null) }), /priors\.0\.mean\.0/],
    ['singular values of another length', (file) => withPrior(file, { singularValues: [1] }), /singularValues/],
    ['components that are not unit vectors', (file) => withPrior(file, halved(file)), /not orthonormal/],
    ['components that are parallel', (file) => withPrior(file, parallel(file)), /not orthonormal/],
    ['a text that is no JSON', () => '{', /not JSON/],
    ['a text that is absurdly long', () => ' '.repeat(5 << 20), /too long/],
    ['nothing', () => undefined, /./],
  ])('refuse %s and say where', (_, change, message) => {
    const read = () => posePriorsFromJson(change(JSON.parse(text)));
    expect(read).toThrow(invalid);
    expect(read).toThrow(message);
  });

  const withPrior = (file: PriorFile, change: object) => ({ ...file, priors: [{ ...file.priors[0], ...change }] });
  const halved = (file: PriorFile) => ({
    components: file.priors[0].components.map((row) => row.map((value) => value / 2)),
  });
  const parallel = (file: PriorFile) => ({
    components: file.priors[0].components.map(() => file.priors[0].components[0]),
  });
});

it('the palm is the wrist and the roots of the four fingers', () => {
  expect(PALM_JOINTS).toEqual([0, 5, 9, 13, 17]);
});
