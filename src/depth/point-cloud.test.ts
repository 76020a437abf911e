import { describe, expect, it } from 'vitest';
import { decodeDepthMessage } from './depth-message.js';
import { cameraOfCloud, depthOfCloud, type PointCloud } from './point-cloud.js';

const camera = { width: 16, height: 12, fx: 14, fy: 15, cx: 7.2, cy: 5.6 };
const depthAt = (u: number, v: number) => ((u + v) % 5 === 0 ? Number.NaN : 0.5 + 0.01 * u + 0.004 * v);

interface Layout {
  readonly organised?: boolean;
  readonly big?: boolean;
  readonly double?: boolean;
  readonly padding?: number;
}

/** What the camera sees, as a cloud: with a colour before z, and bytes between points and rows. */
function cloudOf({ organised = true, big = false, double = false, padding = 0 }: Layout = {}): PointCloud {
  const bytes = double ? 8 : 4;
  const step = 3 * bytes + 4 + padding;
  const { width, height, fx, fy, cx, cy } = camera;
  const rowStep = organised ? step * width + padding : step * width * height;
  const data = new Uint8Array(3 + (organised ? rowStep * height : rowStep)).subarray(3); // at an odd byte
  const view = new DataView(data.buffer, data.byteOffset);
  for (let v = 0; v < height; v++) {
    for (let u = 0; u < width; u++) {
      const at = organised ? v * rowStep + u * step : (v * width + u) * step;
      const z = depthAt(u, v);
      [((u - cx) / fx) * z, ((v - cy) / fy) * z, z].forEach((value, k) => {
        const place = at + k * bytes + (k === 2 ? 4 : 0);
        if (double) view.setFloat64(place, value, !big);
        else view.setFloat32(place, value, !big);
      });
    }
  }
  const field = (name: string, offset: number) => ({ name, offset, datatype: double ? 8 : 7 });
  const fields = [
    field('x', 0),
    field('y', bytes),
    { name: 'rgb', offset: 2 * bytes, datatype: 6 },
    field('z', 2 * bytes + 4),
  ];
  const size = organised ? { width, height } : { width: width * height, height: 1 };
  return { ...size, fields, is_bigendian: big, point_step: step, row_step: rowStep, data };
}

const expected = Float32Array.from({ length: 16 * 12 }, (_, i) => {
  const z = depthAt(i % 16, Math.floor(i / 16));
  return Number.isNaN(z) ? 0 : z;
});

describe('a point cloud', () => {
  it.each<[string, Layout]>([
    ['organised', {}],
    ['organised, with padding', { padding: 5 }],
    ['organised, big endian', { big: true }],
    ['in doubles', { double: true }],
    ['without order', { organised: false, padding: 3 }],
    ['without order, big endian', { organised: false, big: true }],
  ])('%s is the depth image of its camera', (_, layout) => {
    const { depth, width, height } = depthOfCloud(cloudOf(layout), camera);
    expect([width, height]).toEqual([16, 12]);
    expect(depth).toEqual(expected);
  });

  it('shows the nearest of several points in a pixel, and none behind the camera', () => {
    const data = new Uint8Array(Float32Array.of(0, 0, 0.9, 0, 0, 0.4, 0, 0, -1, 0, 0, 0.7).buffer);
    const fields = ['x', 'y', 'z'].map((name, i) => ({ name, offset: 4 * i, datatype: 7 }));
    const { depth } = depthOfCloud({ width: 4, height: 1, fields, point_step: 12, row_step: 48, data }, camera);
    expect(depth.filter((z) => z > 0)).toEqual(Float32Array.of(0.4));
    expect(depth[6 * 16 + 7]).toBeCloseTo(0.4, 6);
  });

  it('that is organised tells its camera; another one is looked at by a usual one', () => {
    const { fx, fy, cx, cy, width, height } = cameraOfCloud(cloudOf());
    expect([width, height]).toEqual([16, 12]);
    [fx - 14, fy - 15, cx - 7.2, cy - 5.6].forEach((off) => {
      expect(off).toBeCloseTo(0, 3);
    });
    expect(cameraOfCloud(cloudOf({ organised: false }))).toMatchObject({ width: 320, height: 240 });
  });

  it('is read like any depth message', () => {
    const context = { stamp: 5n, frameId: 'optical', camera };
    const frame = decodeDepthMessage('sensor_msgs/msg/PointCloud2', cloudOf(), context);
    expect(frame).toMatchObject({ stamp: 5n, frameId: 'optical', width: 16, height: 12 });
    expect(frame.depth).toEqual(expected);
  });

  it.each<[string, Partial<PointCloud>, string, RegExp]>([
    ['without z', { fields: [{ name: 'x', offset: 0, datatype: 7 }] }, 'DEPTH_FORMAT', /x, y and z.*found x \(7\)/],
    [
      'of integers',
      { fields: ['x', 'y', 'z'].map((name) => ({ name, offset: 0, datatype: 3 })) },
      'DEPTH_FORMAT',
      /FLOAT32/,
    ],
    ['without fields', { fields: undefined as never }, 'DEPTH_FORMAT', /found undefined/],
    ['with a step that is too small', { point_step: 8 }, 'DEPTH_SIZE', /point_step >= 16.*point_step 8/],
    ['with a row that is too small', { row_step: 10 }, 'DEPTH_SIZE', /row_step 10/],
    ['cut short', { data: new Uint8Array(100) }, 'DEPTH_SIZE', /found 100 bytes/],
    ['of a size that cannot be', { width: 1e9 }, 'DEPTH_SIZE', /width, height/],
  ])('%s is refused', (_, change, code, message) => {
    expect(() => depthOfCloud({ ...cloudOf(), ...change }, camera)).toThrow(expect.objectContaining({ code }));
    expect(() => cameraOfCloud({ ...cloudOf(), ...change })).toThrow(message);
  });
});
