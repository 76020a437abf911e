import { describe, expect, it } from 'vitest';
import type { CameraModel } from '../depth/depth-frame.js';
import { add, dot, multiply, rotate, rotationX, rotationY, type Vec3 } from '../geometry/matrix.js';
import { SeededRandom } from '../geometry/random.js';
import { CAMERAS } from './cameras.js';
import { depthCamera } from './depth-camera.js';
import { drawTriangles, type Picture } from './draw-triangles.js';
import { box } from './primitives.js';
import { rayTable } from './ray-table.js';

/** Its rays, and corners at depths 0.5 and 1 on them, are exact in binary. */
const pinhole: CameraModel = { width: 60, height: 40, fx: 64, fy: 64, cx: 30, cy: 20 };

/** A lens that sees 10 % more at its edge. */
function bulging(camera: CameraModel): CameraModel {
  const rays = rayTable(camera).rays.slice();
  for (let i = 0; i < rays.length; i += 2) {
    const stretch = 1 + 0.15 * (rays[i]! ** 2 + rays[i + 1]! ** 2);
    rays[i]! *= stretch;
    rays[i + 1]! *= stretch;
  }
  return { ...camera, rays };
}

function blank(camera: CameraModel): Picture {
  const pixels = camera.width * camera.height;
  return {
    table: rayTable(camera),
    width: camera.width,
    depth: new Float32Array(pixels).fill(Infinity),
    labels: new Uint8Array(pixels),
  };
}

/** Draw triangles given by their corners. */
function drawn(triangles: readonly (readonly Vec3[])[], camera = pinhole, picture = blank(camera), label = 1): Picture {
  const corners = triangles.flat(2);
  drawTriangles(
    Float64Array.from(corners),
    Uint16Array.from({ length: corners.length / 3 }, (_, i) => i),
    label,
    picture,
  );
  return picture;
}

const covered = ({ depth }: Picture): number => depth.filter((z) => z < Infinity).length;

describe.each([
  ['a pinhole', pinhole],
  ['a lens that distorts', bulging(pinhole)],
])('triangles before %s', (_, camera) => {
  it('have at each pixel the depth at which its ray meets their plane', () => {
    const corners: Vec3[] = [
      [-0.4, -0.3, 0.6],
      [0.5, -0.1, 1.4],
      [-0.1, 0.45, 0.9],
    ];
    const [a, b, c] = corners as [Vec3, Vec3, Vec3];
    const [u, v] = [
      [b[0] - a[0], b[1] - a[1], b[2] - a[2]],
      [c[0] - a[0], c[1] - a[1], c[2] - a[2]],
    ] as [Vec3, Vec3];
    const normal: Vec3 = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    const { depth, table } = drawn([corners], camera);
    let seen = 0;
    depth.forEach((z, i) => {
      if (z === Infinity) return;
      seen++;
      expect(z).toBeCloseTo(dot(normal, a) / dot(normal, [table.rays[2 * i]!, table.rays[2 * i + 1]!, 1]), 6);
    });
    expect(seen).toBeGreaterThan(300);
  });

  it('leave no pixel between neighbours, even where edges run through pixels', () => {
    const random = new SeededRandom(3);
    const [columns, rows] = [12, 8];
    for (const jitter of [0, 0.3]) {
      // The corners of a curved surface that is larger than the picture; without jitter they lie on pixel rays.
      const corner = Array.from({ length: (columns + 1) * (rows + 1) }, (_, k): Vec3 => {
        const u = 10 * (k % (columns + 1)) - 30 + 7 * jitter * random.normal();
        const v = 10 * Math.floor(k / (columns + 1)) - 20 + 7 * jitter * random.normal();
        const z = jitter === 0 ? [0.5, 1][random.integer(2)]! : random.uniform(0.5, 0.9);
        return [((u - pinhole.cx) / pinhole.fx) * z, ((v - pinhole.cy) / pinhole.fy) * z, z];
      });
      const triangles = Array.from({ length: columns * rows }, (_, k) => {
        const first = Math.floor(k / columns) * (columns + 1) + (k % columns);
        const [a, b, c, d] = [0, 1, columns + 1, columns + 2].map((step) => corner[first + step]!) as [
          Vec3,
          Vec3,
          Vec3,
          Vec3,
        ];
        return [
          [a, b, c],
          [b, d, c],
        ];
      }).flat();
      expect(covered(drawn(triangles, camera))).toBe(60 * 40);
    }
  });

  it('show a turned box as ray casting does', () => {
    const rotation = multiply(rotationX(0.6), rotationY(0.5));
    const [center, half]: [Vec3, Vec3] = [
      [0.05, -0.02, 0.7],
      [0.15, 0.1, 0.08],
    ];
    const corner = (k: number): Vec3 =>
      add(
        center,
        rotate(rotation, [k & 1 ? half[0] : -half[0], k & 2 ? half[1] : -half[1], k & 4 ? half[2] : -half[2]]),
      );
    const quads = [
      [0, 1, 3, 2],
      [4, 5, 7, 6],
      [0, 1, 5, 4],
      [2, 3, 7, 6],
      [0, 2, 6, 4],
      [1, 3, 7, 5],
    ];
    const { depth } = drawn(
      quads.flatMap(([a, b, c, d]) => [[a, b, c].map((k) => corner(k!)), [a, c, d].map((k) => corner(k!))]),
      camera,
    );
    const cast = depthCamera(camera).render({ objects: [{ name: 'box', primitives: [box(center, half, rotation)] }] });
    let seen = 0;
    cast.frame.depth.forEach((z, i) => {
      if (z > 0) seen++;
      expect(depth[i] === Infinity ? 0 : depth[i]!).toBeCloseTo(z, 6);
    });
    expect(seen).toBeGreaterThan(200);
  });
});

describe('a triangle', () => {
  const near: Vec3[] = [
    [-0.2, -0.2, 0.5],
    [0.2, -0.2, 0.5],
    [0, 0.2, 0.5],
  ];
  const far = near.map(([x, y]): Vec3 => [x, y, 0.8]);

  it.each([
    ['first', [near, far], [1, 2], 1],
    ['last', [far, near], [2, 1], 1],
  ] as const)('hides what is behind it, drawn %s', (_, order, labels, expected) => {
    const picture = blank(pinhole);
    order.forEach((triangle, i) => {
      drawn([triangle], pinhole, picture, labels[i]);
    });
    expect(picture.depth[20 * 60 + 30]).toBe(0.5);
    expect(picture.labels[20 * 60 + 30]).toBe(expected);
  });

  it('is seen from both sides', () => {
    expect(covered(drawn([[...near].reverse()]))).toBe(covered(drawn([near])));
    expect(covered(drawn([near]))).toBeGreaterThan(100);
  });

  it('of no area, or with a corner nearer than 2 cm or behind the camera, is not drawn', () => {
    const [a, b, c] = near as [Vec3, Vec3, Vec3];
    expect(covered(drawn([[a, b, [0, -0.2, 0.5]]]))).toBe(0);
    expect(covered(drawn([[a, b, a]]))).toBe(0);
    for (const z of [0.019, 0, -0.5]) expect(covered(drawn([[a, b, [c[0], c[1], z]]]))).toBe(0);
    expect(covered(drawn([[a, b, [0, 0.01, 0.02]]]))).toBeGreaterThan(0);
  });

  it('outside the picture leaves it as it is', () => {
    expect(covered(drawn([near.map(([x, y, z]): Vec3 => [x + 2, y, z])]))).toBe(0);
    expect(covered(drawn([near.map(([x, y, z]): Vec3 => [x, y - 2, z])]))).toBe(0);
  });

  it('larger than the picture fills it', () => {
    const large: Vec3[] = [
      [-9, -9, 0.5],
      [9, -9, 0.5],
      [0, 18, 0.5],
    ];
    const { depth } = drawn([large], CAMERAS.small);
    expect(depth.every((z) => z === 0.5)).toBe(true);
  });
});
