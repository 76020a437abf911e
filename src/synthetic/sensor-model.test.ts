import { describe, expect, it } from 'vitest';
import type { CameraModel } from '../depth/depth-frame.js';
import { depthCamera } from './depth-camera.js';
import { box, type Primitive, plane } from './primitives.js';
import type { SensorModel } from './sensor-model.js';

const camera: CameraModel = { width: 320, height: 240, fx: 240, fy: 240, cx: 159.5, cy: 119.5 };
const wall = (z: number): Primitive => plane([0, 0, z], [0, 0, -1]);

function shoot(sensor: SensorModel | undefined, ...primitives: Primitive[]): Float32Array {
  const scene = { objects: [{ name: 'things', primitives }] };
  return depthCamera(camera, sensor === undefined ? {} : { sensor, seed: 3 }).render(scene).frame.depth;
}

function statistics(depth: Float32Array): { mean: number; deviation: number } {
  const mean = depth.reduce((sum, z) => sum + z, 0) / depth.length;
  return { mean, deviation: Math.sqrt(depth.reduce((sum, z) => sum + (z - mean) ** 2, 0) / depth.length) };
}

const missing = (depth: Float32Array): number => depth.filter((z) => z === 0).length / depth.length;

describe('noise', () => {
  it.each([
    [0.3, 0.001 + 0.004 * 0.09],
    [0.6, 0.001 + 0.004 * 0.36],
    [1.2, 0.001 + 0.004 * 1.44],
  ])('at %f m has the deviation %f m that was asked for, and no bias', (z, expected) => {
    const { mean, deviation } = statistics(shoot({ noise: { constant: 0.001, quadratic: 0.004 } }, wall(z)));
    expect(deviation / expected).toBeGreaterThan(0.98);
    expect(deviation / expected).toBeLessThan(1.02);
    expect(Math.abs(mean - z)).toBeLessThan((4 * expected) / Math.sqrt(320 * 240));
  });

  it('of neighbours is independent', () => {
    const depth = shoot({ noise: { constant: 0.01, quadratic: 0 } }, wall(1));
    let product = 0;
    for (let i = 1; i < depth.length; i++) product += (depth[i]! - 1) * (depth[i - 1]! - 1);
    expect(Math.abs(product / depth.length / 0.0001)).toBeLessThan(0.02);
  });
});

describe('quantisation', () => {
  it('leaves multiples of the depth step', () => {
    const depth = shoot({ noise: { constant: 0.01, quadratic: 0 }, depthStep: 0.005 }, wall(0.7));
    for (const z of depth) expect(Math.abs(z / 0.005 - Math.round(z / 0.005))).toBeLessThan(1e-4);
    expect(new Set(depth).size).toBeGreaterThan(8);
  });

  it('by inverse depth has steps that grow with the square of the depth', () => {
    const stepAt = (z: number): number => {
      const sensor = { noise: { constant: 0.01, quadratic: 0 }, inverseDepthStep: 0.01 };
      const values = [...new Set(shoot(sensor, wall(z)))].sort((a, b) => a - b);
      return (values.at(-1)! - values[0]!) / (values.length - 1);
    };
    expect(stepAt(0.5) / 0.0025).toBeCloseTo(1, 1);
    expect(stepAt(1) / 0.01).toBeCloseTo(1, 1);
  });
});

describe('missing depth', () => {
  it('by drop-out has the share that was asked for', () => {
    expect(missing(shoot({ dropout: 0.1 }, wall(1)))).toBeCloseTo(0.1, 2);
  });

  it('outside of the range is all depth', () => {
    expect(missing(shoot({ range: [0.2, 0.9] }, wall(1)))).toBe(1);
    expect(missing(shoot({ range: [0.2, 1.1] }, wall(1)))).toBe(0);
  });

  it('at edges lies beside a jump in depth, and nowhere else', () => {
    const card = box([0, 0, 0.51], [0.1, 0.1, 0.01]); // 96 pixels wide and high
    const exact = shoot(undefined, card, wall(1));
    const depth = shoot({ edges: { step: 0.05, hole: 1, flying: 0 } }, card, wall(1));
    let holes = 0;
    for (let v = 1; v < 239; v++) {
      for (let u = 1; u < 319; u++) {
        const i = v * 320 + u;
        const jump = Math.max(...[i - 1, i + 1, i - 320, i + 320].map((n) => Math.abs(exact[n]! - exact[i]!)));
        expect(depth[i] === 0).toBe(jump >= 0.05);
        if (depth[i] === 0) holes++;
      }
    }
    expect(holes).toBeGreaterThan(700); // the outline from both sides
  });

  it('at grazing angles is on the steep surface only', () => {
    const sensor = { grazing: { angle: 1, probability: 1 } };
    const tilted = (angle: number): Primitive => plane([0, 0, 1], [Math.sin(angle), 0, -Math.cos(angle)]);
    expect(missing(shoot(sensor, tilted(0.5)))).toBe(0);
    const steep = shoot(sensor, tilted(1.25)); // 1.25 rad from the axis: grazing at the image's middle
    expect(steep[120 * 320 + 160]).toBe(0);
  });

  it('in the shadow of structured light is a band beside the nearer thing, on the side away from the projector', () => {
    const card = box([0, 0, 0.51], [0.1, 0.1, 0.01]);
    const row = (baseline: number): number[] => {
      const depth = shoot({ baseline }, card, wall(1)).subarray(120 * 320, 121 * 320);
      return [...depth].flatMap((z, u) => (z === 0 ? [u] : []));
    };
    const width = 240 * 0.05 * (1 / 0.5 - 1 / 1); // fx baseline (1/near - 1/far) = 12 pixels
    const [left, right] = [row(0.05), row(-0.05)];
    expect(Math.abs(left.length - width)).toBeLessThanOrEqual(1);
    expect(Math.abs(right.length - width)).toBeLessThanOrEqual(1);
    expect(left.at(-1)).toBe(111); // up to the card's left border
    expect(right[0]).toBe(208);
  });
});

describe('outlines', () => {
  const card = box([0, 0, 0.51], [0.1, 0.1, 0.01]);

  it('fly between both sides', () => {
    const depth = shoot({ edges: { step: 0.05, hole: 0, flying: 1 } }, card, wall(1));
    const between = depth.filter((z) => z > 0.51 && z < 0.99).length;
    expect(between).toBeGreaterThan(600);
    expect(missing(depth)).toBe(0);
  });

  it('are ragged by the lateral noise, and surfaces stay as they are', () => {
    const exact = shoot(undefined, card, wall(1));
    const depth = shoot({ lateral: 0.7 }, card, wall(1));
    const wrong = [...depth].flatMap((z, i) => (Math.abs(z - exact[i]!) > 0.1 ? [i] : []));
    expect(wrong.length).toBeGreaterThan(100);
    for (const i of wrong) {
      const [du, dv] = [Math.abs((i % 320) - 159.5), Math.abs(Math.floor(i / 320) - 119.5)];
      expect(Math.abs(Math.max(du, dv) - 48)).toBeLessThan(5);
    }
  });
});
