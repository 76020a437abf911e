import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VoxhandError } from '../errors/voxhand-error.js';
import { rotationX } from '../geometry/matrix.js';
import { CAMERAS } from './cameras.js';
import { box, capsule, ellipsoid, type Primitive, plane } from './primitives.js';
import { rayIntersection } from './ray-intersection.js';
import { rayTable } from './ray-table.js';
import { viewBounds } from './view-bounds.js';

const within = (min: number, max: number): fc.Arbitrary<number> => fc.double({ min, max, noNaN: true });
const point = fc.tuple(within(-0.6, 0.6), within(-0.6, 0.6), within(-0.2, 1));
const radius = within(0.01, 0.3);
const solid: fc.Arbitrary<Primitive> = fc.oneof(
  fc.tuple(point, point, radius, radius).map(([a, b, ra, rb]) => capsule(a, b, ra, rb)),
  fc.tuple(point, fc.tuple(radius, radius, radius)).map(([center, radii]) => ellipsoid(center, radii)),
  fc.tuple(point, fc.tuple(radius, radius, radius), within(-3, 3)).map(([c, half, a]) => box(c, half, rotationX(a))),
);
const camera = { width: 40, height: 30, fx: 30, fy: 30, cx: 19.5, cy: 14.5 };

describe('the box of pixels that can see a solid', () => {
  it.each([
    ['a pinhole', camera],
    ['a lens given by its rays', { ...camera, rays: rayTable(camera).rays }],
  ])('holds every pixel that does, of %s', (_, model) => {
    const { rays, pixelBox } = rayTable(model);
    fc.assert(
      fc.property(solid, (primitive) => {
        const bounds = viewBounds(primitive);
        const { left, right, top, bottom } = pixelBox(...bounds.x, ...bounds.y);
        const intersect = rayIntersection(primitive);
        for (let v = 0; v < 30; v++) {
          for (let u = 0; u < 40; u++) {
            const inside = u >= left && u < right && v >= top && v < bottom;
            if (inside) continue;
            expect(intersect(rays[2 * (v * 40 + u)]!, rays[2 * (v * 40 + u) + 1]!)).toBe(Infinity);
          }
        }
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it('is tight around a sphere', () => {
    const { pixelBox } = rayTable(CAMERAS.sr305);
    const bounds = viewBounds(capsule([0, 0, 1], [0, 0, 1], 0.1));
    const { left, right, top, bottom } = pixelBox(...bounds.x, ...bounds.y);
    const reach = (0.1 / Math.sqrt(1 - 0.01)) * 476; // a tangent, not the radius over the depth
    expect([left, right, top, bottom]).toEqual([
      Math.ceil(319.5 - reach),
      Math.floor(319.5 + reach) + 1,
      Math.ceil(239.5 - reach),
      Math.floor(239.5 + reach) + 1,
    ]);
  });

  it('is empty for a solid behind the camera and the whole image for a plane', () => {
    const { pixelBox } = rayTable(camera);
    const behind = viewBounds(capsule([0, 0, -1], [0.1, 0, -1], 0.1));
    expect(pixelBox(...behind.x, ...behind.y)).toEqual({ left: 0, right: 0, top: 0, bottom: 0 });
    const wall = viewBounds(plane([0, 0, 1], [0, 0, -1]));
    expect(pixelBox(...wall.x, ...wall.y)).toEqual({ left: 0, right: 40, top: 0, bottom: 30 });
  });
});

describe('a camera that cannot be', () => {
  it.each([
    ['no width', { ...camera, width: 0 }],
    ['a broken height', { ...camera, height: 1.5 }],
    ['an absurd size', { ...camera, width: 100_000, height: 100_000 }],
    ['no focal length', { ...camera, fx: 0 }],
    ['a principal point that is no number', { ...camera, cy: Number.NaN }],
    ['too few rays', { ...camera, rays: new Float32Array(10) }],
  ])('is refused: %s', (_, model) => {
    expect(() => rayTable(model)).toThrow(VoxhandError);
    expect(() => rayTable(model)).toThrow(/expected .*found/);
  });
});
