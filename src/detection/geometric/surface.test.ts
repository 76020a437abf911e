import { describe, expect, it } from 'vitest';
import type { DepthFrame } from '../../depth/depth-frame.js';
import { DepthGrid } from './depth-grid.js';
import { Geodesic } from './geodesic.js';
import { limbBetween } from './limb.js';
import { domeHeight } from './surface-dome.js';
import { Thickness } from './thickness.js';
import { ThinArea } from './thin-area.js';

/** 1 mm a pixel at z = 0.5 m. */
const SIDE = 200;
const FOCAL = 500;

describe('DepthGrid', () => {
  it('puts the middle of each cell where the camera sees it', () => {
    for (const step of [1, 2, 3, 4]) {
      const grid = sample(() => 0.5, step);
      const cell = grid.cols + 1;
      const middle = (step - 1) / 2;
      expect(grid.x[cell]).toBeCloseTo(((middle - SIDE / 2) / FOCAL) * 0.5, 6);
      expect(grid.y[cell]).toBeCloseTo(((middle - SIDE / 2) / FOCAL) * 0.5, 6);
      expect(grid.filled).toBe(Math.ceil(SIDE / step) ** 2);
    }
  });

  it('takes the nearer surface where a cell sees two, and nothing where it sees a single pixel', () => {
    const split = sample((u) => (u % 4 < 2 ? 0.4 : 0.6), 4);
    expect(split.z[split.cols + 1]).toBeCloseTo(0.4, 6);
    const lonely = sample((u, v) => (u % 4 === 1 && v % 4 === 1 ? 0.5 : 0), 4);
    expect(lonely.filled).toBe(0);
    expect(lonely.seen).toBe((SIDE / 4) ** 2);
  });

  it('forgets the frame before, also when the window shrinks', () => {
    const grid = sample(() => 0.5, 2);
    grid.sample(
      image(() => 0),
      [0, 0, 50, 50],
      2,
      { z: [0.1, 1] },
      0.03,
    );
    expect(grid.filled).toBe(0);
    expect(grid.z.subarray(0, grid.cells).every((value) => value === 0)).toBe(true);
  });
});

describe('Thickness', () => {
  it('is half the width in the middle of a bar', () => {
    const { grid, thickness } = measured((u) => (Math.abs(u - 100) < 20 ? 0.5 : 0), 2);
    expect(thickness.half[cellAt(grid, 100, 100)]).toBeCloseTo(0.02, 2);
    expect(thickness.half[cellAt(grid, 60, 100)]).toBe(0);
  });

  it('goes on under what hides it, but ends before what is farther', () => {
    const hiding = measured((u) => (u < 60 ? 0.3 : u < 160 ? 0.5 : 0), 2);
    expect(hiding.thickness.half[cellAt(hiding.grid, 90, 100)]).toBeGreaterThan(0.055);
    const before = measured((u) => (u < 60 ? 0.7 : u < 160 ? 0.5 : 0), 2);
    expect(before.thickness.half[cellAt(before.grid, 90, 100)]).toBeLessThan(0.035);
  });

  it('does not end at a small hole, but at a large one', () => {
    const hole = (radius: number) =>
      measured((u, v) => (Math.hypot(u - 100, v - 100) < radius || Math.abs(u - 100) > 60 ? 0 : 0.5), 2);
    const small = hole(6);
    expect(small.thickness.half[cellAt(small.grid, 110, 100)]).toBeGreaterThan(0.04);
    const large = hole(25);
    expect(large.thickness.half[cellAt(large.grid, 130, 100)]).toBeLessThan(0.01);
  });

  it.each([
    ['directly', 0],
    ['with a ring of missing pixels', 3],
  ])('of an island enclosed by nearer surface %s goes on a little under it', (_, ring) => {
    const depth = (u: number, v: number) => {
      const radius = Math.hypot(u - 100, v - 100);
      return radius < 30 ? 0.6 : radius < 30 + ring ? 0 : 0.5;
    };
    for (const step of [1, 2, 4]) {
      const { grid, thickness } = measured(depth, step);
      // 36 mm to its rim, 30 mm beyond
      expect(Math.abs(thickness.half[cellAt(grid, 100, 100)] - 0.066)).toBeLessThan(0.008);
    }
  });

  it('is that of the whole where a ring of missing pixels cuts out a part of one surface', () => {
    const depth = (ring: number) => (u: number, v: number) => {
      const radius = Math.hypot(u - 100, v - 100);
      return radius > 80 || (radius > 30 && radius < 30 + ring) ? 0 : 0.5;
    };
    const [whole, cut] = [0, 3].map((ring) => measured(depth(ring), 1));
    expect(cut.thickness.half[cellAt(cut.grid, 100, 100)]).toBeCloseTo(
      whole.thickness.half[cellAt(whole.grid, 100, 100)],
      3,
    );
  });

  it('calls fingers thin, and neither the palm nor its corners', () => {
    const { grid, thickness } = measured(
      (u, v) => (v >= 100 ? (Math.abs(u - 100) < 40 ? 0.5 : 0) : Math.abs(u - 100) < 7 ? 0.5 : 0),
      2,
    );
    expect(thickness.thin[cellAt(grid, 100, 40)]).toBe(1);
    expect(thickness.thin[cellAt(grid, 100, 150)]).toBe(0);
    expect(thickness.thin[cellAt(grid, 62, 102)]).toBe(0);
  });
});

describe('Geodesic', () => {
  it('measures around a gap, not across it', () => {
    const grid = sample((u, v) => (Math.abs(u - 100) < 6 && v < 150 ? 0 : 0.5), 2);
    const geodesic = new Geodesic();
    geodesic.run(grid, cellAt(grid, 80, 50), 0.5);
    const across = geodesic.at(cellAt(grid, 120, 50));
    expect(across).toBeGreaterThan(0.2);
    expect(across).toBeLessThan(0.24);
  });

  it('visits in the order of distance, stops at the limit and at jumps, and can run again', () => {
    const grid = sample((u) => (u < 100 ? 0.5 : 0.6), 2);
    const geodesic = new Geodesic();
    for (let run = 0; run < 2; run++) {
      geodesic.run(grid, cellAt(grid, 80, 100), 0.05);
      expect(geodesic.at(cellAt(grid, 110, 100))).toBe(Infinity);
      expect(geodesic.at(cellAt(grid, 20, 100))).toBe(Infinity);
      expect(geodesic.at(cellAt(grid, 60, 100))).toBeCloseTo(0.02, 3);
      const distances = Array.from(geodesic.order.subarray(0, geodesic.count), (cell) => geodesic.at(cell));
      // In buckets of a millimetre.
      for (let i = 1; i < distances.length; i++) expect(distances[i]).toBeGreaterThan(distances[i - 1] - 0.001);
    }
  });
});

describe('ThinArea', () => {
  it('adds up what is thin around a cell, and no more than lies in its square', () => {
    // a palm with two fingers, of 28 mm x 100 mm together without their ends
    const { grid, thickness } = measured((u, v) => {
      if (v >= 100) return Math.abs(u - 100) < 40 ? 0.5 : 0;
      return Math.abs(Math.abs(u - 100) - 20) < 7 ? 0.5 : 0;
    }, 2);
    const thin = new ThinArea();
    thin.fill(grid, thickness);
    const all = thin.around(grid, cellAt(grid, 100, 140), 0.15);
    expect(all).toBeGreaterThan(0.002);
    expect(all).toBeLessThan(0.0028);
    expect(thin.around(grid, cellAt(grid, 120, 140), 0.15)).toBeCloseTo(all, 6);
    expect(thin.around(grid, cellAt(grid, 100, 170), 0.06)).toBe(0);
    expect(thin.around(grid, cellAt(grid, 3, 3), 0.01)).toBe(0);
  });
});

describe('limbBetween', () => {
  /** A palm at the left, a wrist, and a forearm that widens to an elbow at the right, half-widths in pixels. */
  const arm = (wrist: number) => (u: number, v: number) => {
    const half = u < 10 ? 0 : u < 70 ? 35 : u < 90 ? wrist : wrist + ((35 - wrist) * (u - 90)) / 100;
    return Math.abs(v - 100) < half && u < 195 ? 0.8 : 0;
  };
  const between = (depthAt: (u: number, v: number) => number, from: number, to: number) => {
    const { grid, thickness } = measured(depthAt, 2);
    return limbBetween(grid, thickness, cellAt(grid, from, 100), cellAt(grid, to, 100));
  };

  it('runs from the palm to the elbow and not back', () => {
    expect(between(arm(20), 40, 165)).toEqual({ long: true });
    expect(between(arm(20), 165, 40)).toBeUndefined();
  });

  it('is not there without a wrist, with a finger for a wrist, across a gap, or where the ends are too near', () => {
    expect(between(arm(35), 40, 165)).toBeUndefined();
    expect(between(arm(5), 40, 165)).toBeUndefined();
    expect(between((u, v) => (Math.abs(u - 80) < 4 ? 0 : arm(20)(u, v)), 40, 165)).toBeUndefined();
    expect(between((u, v) => (u > 75 ? arm(20)(u, v) / 2 : arm(20)(u, v)), 40, 165)).toBeUndefined();
    expect(between(arm(20), 40, 110)).toBeUndefined();
  });
});

describe('domeHeight', () => {
  it('is nothing on a tilted plane and the height of the cap on a ball', () => {
    const geodesic = new Geodesic();
    const tilted = sample((u) => 0.5 + (u - 100) * 0.0003, 2);
    geodesic.run(tilted, cellAt(tilted, 100, 100), 0.05);
    expect(Math.abs(domeHeight(tilted, geodesic, cellAt(tilted, 100, 100)))).toBeLessThan(0.002);
    const ball = sample(
      (u, v) => 0.6 - Math.sqrt(Math.max(0, 0.1 ** 2 - (u - 100) ** 2 * 1e-6 - (v - 100) ** 2 * 1e-6)),
      2,
    );
    geodesic.run(ball, cellAt(ball, 100, 100), 0.05);
    expect(domeHeight(ball, geodesic, cellAt(ball, 100, 100))).toBeCloseTo(0.013, 2);
  });
});

function image(depthAt: (u: number, v: number) => number): DepthFrame {
  const depth = Float32Array.from({ length: SIDE * SIDE }, (_, i) => depthAt(i % SIDE, Math.floor(i / SIDE)));
  const camera = { width: SIDE, height: SIDE, fx: FOCAL, fy: FOCAL, cx: SIDE / 2, cy: SIDE / 2 };
  return { stamp: 0n, frameId: 'camera', width: SIDE, height: SIDE, depth, camera };
}

function sample(depthAt: (u: number, v: number) => number, step: number): DepthGrid {
  const grid = new DepthGrid();
  grid.sample(image(depthAt), [0, 0, SIDE, SIDE], step, { z: [0.1, 1] }, 0.03);
  return grid;
}

function measured(depthAt: (u: number, v: number) => number, step: number) {
  const grid = sample(depthAt, step);
  const thickness = new Thickness();
  thickness.compute(grid);
  return { grid, thickness };
}

function cellAt(grid: DepthGrid, u: number, v: number): number {
  return (Math.floor(v / grid.step) + 1) * grid.cols + Math.floor(u / grid.step) + 1;
}
